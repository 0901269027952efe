// The button's few words in every language; the build takes them out of the catalogue.
import table from "virtual:launcher-words";

export type LauncherWord = keyof (typeof table)[string];

/** The words of the first language that is known, else English. */
export function wordsOf(...wishes: (string | null | undefined)[]): (word: LauncherWord) => string {
  const bases = wishes.map((wish) => (wish ?? "").toLowerCase().split("-")[0] ?? "");
  const known = bases.find((base) => base in table) ?? "en";
  return (word) => table[known]?.[word] ?? table.en?.[word] ?? "";
}

/** Whether a language is written from right to left. */
export function isRightToLeft(...wishes: (string | null | undefined)[]): boolean {
  return wordsOf(...wishes)("direction") === "rtl";
}
