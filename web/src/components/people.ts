// How people are drawn without a picture: initials on one of six quiet hues. Pure.
import { html, type TemplateResult } from "lit";

const HUES = 6;

const NUMBER = /^\+?[\d\s().-]+$/;

/** The first letters of at most two words of a name; of a phone number without a name "#". */
export function initials(name: string): string {
  if (NUMBER.test(name.trim())) {
    return "#";
  }
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const chosen = words.length > 2 ? [words[0], words.at(-1)] : words;
  const letters = chosen.map((word) => [...(word ?? "")][0] ?? "");
  return letters.join("").toLocaleUpperCase() || "?";
}

/** The hue of a person, from 1 to 6, always the same for the same identity. */
export function hue(identity: string): number {
  let hash = 0;
  for (const letter of identity) {
    hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0;
  }
  return (hash % HUES) + 1;
}

/** The picture of a person who shows none; the name stands beside it. */
export function avatar(name: string, identity: string, size = ""): TemplateResult {
  return html`<span class="av ${size}" data-p=${hue(identity)} aria-hidden="true"
    >${initials(name)}</span
  >`;
}
