import { expect, test } from "vitest";
import ar from "../../offhook/core/words/ar.json";
import en from "../../offhook/core/words/en.json";
import { type Catalogue, firstLanguage, Words } from "./words.js";

const english = new Words("en", en);
const arabic = new Words("ar", ar);
const holes = (entry: string) => [...entry.matchAll(/\{\w+\}/g)].map(([hole]) => hole).sort();

test("a placeholder is filled with its value", () => {
  expect(english.say("room.joined", { name: "Ada" })).toBe("Ada joined.");
});

test("a plural is chosen by the rules of the language", () => {
  expect(english.say("people.count", { count: 1 })).toBe("1 person");
  expect(english.say("people.count", { count: 3 })).toBe("3 people");
  expect(arabic.say("people.count", { count: 2 })).toBe("شخصان");
});

test("a name keeps its own direction inside a sentence of the other", () => {
  expect(arabic.say("room.joined", { name: "Ada" })).toContain("\u2068Ada\u2069");
  expect(english.say("room.joined", { name: "ليلى" })).toContain("\u2068ليلى\u2069");
});

test("what a language lacks is said in English", () => {
  const empty = new Words("fr", {});
  expect(empty.say("join.join")).toBe("Join");
  expect(empty.direction).toBe("ltr");
});

test("Arabic runs from right to left", () => {
  expect(arabic.direction).toBe("rtl");
});

test("the address decides the language, then the choice, then the reader's own", () => {
  const known = ["ar", "en"];
  expect(firstLanguage("ar", "en", ["en"], known)).toBe("ar");
  expect(firstLanguage(null, "ar", ["en"], known)).toBe("ar");
  expect(firstLanguage(null, null, ["fr-FR", "ar-EG"], known)).toBe("ar");
  expect(firstLanguage("xx", null, ["fr"], known)).toBe("en");
});

const catalogues = import.meta.glob<Catalogue>("../../offhook/core/words/*.json", {
  eager: true,
  import: "default",
});
const all = Object.entries(catalogues).map(
  ([path, catalogue]) => [path.replace(/^.*\/|\.json$/g, ""), catalogue] as const,
);

test("there are seven languages", () => {
  const known = all.map(([language]) => language).sort();
  expect(known).toEqual(["ar", "de", "en", "es", "fr", "hi", "it"]);
});

test.each(all)("%s says everything, with the same placeholders", (_, catalogue) => {
  expect(Object.keys(catalogue)).toEqual(Object.keys(en));
  for (const [key, entry] of Object.entries(en as Catalogue)) {
    const translated = catalogue[key];
    if (typeof entry === "string" && typeof translated === "string") {
      expect(holes(translated), key).toEqual(holes(entry));
    } else {
      expect(typeof translated, key).toBe(typeof entry);
    }
  }
});

test.each(all)("every plural has a form for each category of %s", (language, catalogue) => {
  const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  for (const [key, entry] of Object.entries(catalogue)) {
    if (typeof entry !== "string") {
      expect(Object.keys(entry).sort(), key).toEqual([...categories].sort());
    }
  }
});
