// What a form knows of the object that is edited in it.
import type { Item, Plural } from "./objects.js";
import type { Trouble } from "./troubles.js";

/** The other objects that this one may name. */
export type Known = Readonly<Partial<Record<Plural, readonly Item[]>>>;

/** The object that is edited, by the paths of its fields. */
export interface Editing {
  readonly known: Known;
  /** It is not there yet. */
  readonly fresh: boolean;
  at(path: string): unknown;
  set(path: string, value: unknown): void;
  trouble(path: string): Trouble | undefined;
  /** Give the focus to the element with this id once it is drawn. */
  focusLater(id: string): void;
}

/** One of several to choose from. */
export interface Option {
  readonly value: string;
  readonly words: string;
}

/** The same object, read and written another way. */
export function seen(edit: Editing, at: Editing["at"], set: Editing["set"]): Editing {
  const { known, fresh } = edit;
  return {
    known,
    fresh,
    at,
    set,
    trouble: (path) => edit.trouble(path),
    focusLater: (id) => edit.focusLater(id),
  };
}

/** A list that stands at a path; empty where none does. */
export function listAt<Value = unknown>(edit: Editing, path: string): readonly Value[] {
  const found = edit.at(path);
  return Array.isArray(found) ? (found as Value[]) : [];
}

/** The names and values that stand at a path. */
export function entriesAt<Value = unknown>(edit: Editing, path: string): [string, Value][] {
  return Object.entries((edit.at(path) ?? {}) as Record<string, Value>);
}

export function textAt(edit: Editing, path: string): string {
  const found = edit.at(path);
  return found === undefined || found === null ? "" : String(found);
}

/** What an object is called. */
export function nameOf(item: Readonly<Record<string, unknown>>): string {
  return String(item.name || item.login || item.id || "");
}

/** Objects of a kind as something to choose from, by their names. */
export function optionsOf(items: readonly Item[] = []): Option[] {
  return items
    .map((item) => ({ value: item.id, words: nameOf(item) }))
    .sort((one, other) => one.words.localeCompare(other.words));
}
