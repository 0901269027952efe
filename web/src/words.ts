// The words for people: one catalogue for each language, shared with the server.
import en from "../../offhook/core/words/en.json";
import { memory } from "./memory.js";

export type Key = keyof typeof en;
export type Values = Readonly<Record<string, string | number>>;

type Entry = string | Readonly<Record<string, string>>;
export type Catalogue = Readonly<Record<string, Entry>>;

const CHOICE = "offhook.language";
const SOURCE = "en";
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;

const files = import.meta.glob<Catalogue>(
  ["../../offhook/core/words/*.json", "!../../offhook/core/words/en.json"],
  { import: "default" },
);
const loaders = new Map(
  Object.entries(files).map(([path, load]) => [path.replace(/^.*\/|\.json$/g, ""), load]),
);

/** The languages there are, by their codes. */
export const languages: readonly string[] = [SOURCE, ...loaders.keys()].sort();

/** The words of one language, with English behind them. */
export class Words {
  readonly #plurals: Intl.PluralRules;
  readonly #numbers: Intl.NumberFormat;

  constructor(
    readonly language: string,
    private readonly entries: Catalogue,
  ) {
    this.#plurals = new Intl.PluralRules(language);
    this.#numbers = new Intl.NumberFormat(language);
  }

  /** `ltr` or `rtl`. */
  get direction(): "ltr" | "rtl" {
    return this.entries["language.direction"] === "rtl" ? "rtl" : "ltr";
  }

  /** The sentence of a key; a plural is chosen by the value `count`. */
  say(key: Key, values: Values = {}): string {
    const entry = this.entries[key] ?? (en as Catalogue)[key] ?? key;
    const sentence = typeof entry === "string" ? entry : this.#form(entry, values.count);
    return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => {
      const value = values[name];
      return value === undefined ? hole : this.#shown(value);
    });
  }

  #form(forms: Readonly<Record<string, string>>, count: string | number | undefined): string {
    return forms[this.#plurals.select(Number(count))] ?? forms.other ?? "";
  }

  #shown(value: string | number): string {
    if (typeof value === "number") {
      return this.#numbers.format(value);
    }
    const mixed = this.direction === "rtl" || RIGHT_TO_LEFT.test(value);
    return mixed ? `\u2068${value}\u2069` : value;
  }
}

let current = new Words(SOURCE, en);
const listeners = new Set<() => void>();

/** The words in use. */
export function words(): Words {
  return current;
}

/** The sentence of a key in the language in use. */
export function say(key: Key, values?: Values): string {
  return current.say(key, values);
}

/** The locale for dates and numbers: the reader's own region of the language in use. */
export function locale(own: readonly string[] = navigator.languages): string {
  return own.find((each) => base(each) === current.language) ?? current.language;
}

/** Be told when another language is used; call what is returned to stop. */
export function onWordsChanged(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Use this language (or English), in this document too. */
export async function useLanguage(language: string): Promise<void> {
  const load = loaders.get(language);
  current = load ? new Words(language, await load()) : new Words(SOURCE, en);
  document.documentElement.lang = current.language;
  document.documentElement.dir = current.direction;
  for (const listener of listeners) {
    listener();
  }
}

/** Use a language from now on, here and the next time. */
export async function chooseLanguage(language: string): Promise<void> {
  memory("localStorage").setItem(CHOICE, language);
  await useLanguage(language);
}

/** The language to begin with: of the address, chosen before, or the reader's own. */
export function firstLanguage(
  asked: string | null,
  chosen: string | null,
  own: readonly string[],
  known: readonly string[] = languages,
): string {
  const wishes = [asked, chosen, ...own].flatMap((wish) => (wish ? [base(wish)] : []));
  return wishes.find((wish) => known.includes(wish)) ?? SOURCE;
}

/** Use the language to begin with. */
export async function loadWords(): Promise<void> {
  const asked = new URLSearchParams(location.search).get("lang");
  const chosen = memory("localStorage").getItem(CHOICE);
  await useLanguage(firstLanguage(asked, chosen, navigator.languages));
}

/** The word of a language for itself. */
export function nameOfLanguage(language: string): string {
  const name = new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

function base(language: string): string {
  return language.toLowerCase().split("-")[0] ?? SOURCE;
}
