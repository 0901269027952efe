// Where one is on /supervisor: a section, named in the address behind #. Pure.

/** The sections there are, in their order. */
export const SECTIONS = ["live"] as const;

export type Section = (typeof SECTIONS)[number];

/** The section of an address; the first one when it names none. */
export function sectionOf(hash: string): Section {
  const asked = hash.replace(/^#/, "").split("/")[0];
  return SECTIONS.find((section) => section === asked) ?? SECTIONS[0];
}
