// Which part of /admin the address names: `#rooms`, `#rooms/<name>`, `#webhooks/<id>`. Pure.
import type { SignedIn } from "../../rest.js";

export const SECTIONS = ["rooms", "events", "webhooks", "keys"] as const;

export type Section = (typeof SECTIONS)[number];

export interface Route {
  readonly section: Section;
  /** The one thing that is looked at; empty for the list. */
  readonly id: string;
}

const NEEDS = {
  rooms: "rooms.read",
  events: "events.read",
  webhooks: "webhooks.read",
  keys: "keys.read",
} as const satisfies Record<Section, SignedIn["permissions"][number]>;

/** The sections that somebody with these permissions may see. */
export function sectionsOf(permissions: SignedIn["permissions"]): Section[] {
  return SECTIONS.filter((section) => permissions.includes(NEEDS[section]));
}

/** The place that a fragment names; the first section when it names none. */
export function routeOf(fragment: string, sections: readonly Section[]): Route {
  const [named = "", ...rest] = fragment.replace(/^#/, "").split("/");
  const section = sections.find((each) => each === named);
  if (!section) {
    return { section: sections[0] ?? "rooms", id: "" };
  }
  return { section, id: decoded(rest.join("/")) };
}

/** The fragment of a place. */
export function fragmentOf(section: Section, id = ""): string {
  return id ? `#${section}/${encodeURIComponent(id)}` : `#${section}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
