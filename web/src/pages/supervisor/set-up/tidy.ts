// What is sent of what was written: without empty lines and the space around texts in lists. Pure.
import type { Body } from "./draft.js";

/** Lists of plain texts that are written one to a line or with commas between. */
const WRITTEN = ["allowed_origins", "tags"] as const;

/** A body as it is sent. */
export function tidied(body: Body): Body {
  const lists = WRITTEN.flatMap((name) => {
    const value = body[name];
    return Array.isArray(value) ? [[name, plain(value as unknown[])] as const] : [];
  });
  return { ...body, ...Object.fromEntries(lists) };
}

function plain(texts: readonly unknown[]): string[] {
  return texts.map((each) => String(each).trim()).filter(Boolean);
}
