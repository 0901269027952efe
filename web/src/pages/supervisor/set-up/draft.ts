// An object while it is edited: as it was read, as it is written, and what changed between. Pure.
import { at, put, same } from "./paths.js";

/** What the server says of an object; the names that are not settings are left alone. */
export type Body = Readonly<Record<string, unknown>>;

/** Both of us changed these fields. */
export interface Rebased {
  readonly draft: Draft;
  readonly both: readonly string[];
}

export class Draft {
  private constructor(
    readonly original: Body,
    readonly values: Body,
    /** The ETag of what was read; empty for what is not there yet. */
    readonly etag: string,
  ) {}

  /** An object as it was read. */
  static of(original: Body, etag = ""): Draft {
    return new Draft(original, original, etag);
  }

  at(path: string): unknown {
    return at(this.values, path);
  }

  with(path: string, value: unknown): Draft {
    return new Draft(this.original, put(this.values, path, value), this.etag);
  }

  /** The fields that are others now, with their values. */
  get changes(): Body {
    const changed = Object.entries(this.values).filter(
      ([name, value]) => !same(value, this.original[name]),
    );
    return Object.fromEntries(changed);
  }

  get dirty(): boolean {
    return Object.keys(this.changes).length > 0;
  }

  /** The same changes to what somebody else made of it, and the fields that both of us changed. */
  onto(theirs: Body, etag: string): Rebased {
    const { changes, original } = this;
    const both = Object.keys(changes).filter(
      (name) => !same(theirs[name], original[name]) && !same(theirs[name], changes[name]),
    );
    return { draft: new Draft(theirs, { ...theirs, ...changes }, etag), both };
  }
}
