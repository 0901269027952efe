// Where one is on /supervisor: a place, named in the address behind #, and the one thing in it. Pure.
import type { SignedIn } from "../../rest.js";

/** The places there are, in their order. */
export const SECTIONS = [
  "live",
  "queues",
  "agents",
  "sites",
  "workflows",
  "activities",
  "dispositions",
  "replies",
  "users",
] as const;

export type Section = (typeof SECTIONS)[number];

export interface Route {
  readonly section: Section;
  /** The one thing that is looked at, `new` for one that is made; empty for the list. */
  readonly id: string;
}

/** What somebody must be allowed to see a place; whoever supervises may watch. */
const WATCHING = "desk.watch";

/** The places that somebody with these permissions may see. */
export function sectionsOf(permissions: SignedIn["permissions"]): Section[] {
  if (!permissions.includes(WATCHING)) {
    return [];
  }
  return SECTIONS.filter(
    (section) => section === "live" || permissions.includes(`${section}.read`),
  );
}

/** The place of an address, the live view when it names none: `#/queues/QU…`, `#queues`. */
export function routeOf(hash: string): Route {
  const [asked = "", ...rest] = hash.replace(/^#\/?/, "").split("/");
  const section = SECTIONS.find((each) => each === asked) ?? SECTIONS[0];
  return { section, id: section === "live" ? "" : decoded(rest.join("/")) };
}

/** The address of a place. */
export function fragmentOf(section: Section, id = ""): string {
  return id ? `#/${section}/${encodeURIComponent(id)}` : `#/${section}`;
}

/** The id of what is not there yet. */
export const NEW = "new";

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
