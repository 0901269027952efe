// Which objects name another, so that it cannot be deleted before them. Pure.
import { type Known, nameOf } from "./editing.js";
import type { Plural } from "./objects.js";

/** An object that names another. */
export interface Dependent {
  readonly plural: Plural;
  readonly id: string;
  readonly name: string;
}

/** What of `known` names the object with this id, itself left out. */
export function dependents(known: Known, id: string): Dependent[] {
  return Object.entries(known).flatMap(([plural, items]) =>
    (items ?? [])
      .filter((item) => item.id !== id && names(item, id))
      .map((item) => ({ plural: plural as Plural, id: item.id, name: nameOf(item) })),
  );
}

function names(value: unknown, id: string): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).some((each) => names(each, id));
  }
  return value === id;
}
