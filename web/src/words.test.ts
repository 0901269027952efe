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

test("every language says everything, with the same placeholders", () => {
  const other = ar as Catalogue;
  for (const [key, entry] of Object.entries(en as Catalogue)) {
    const translated = other[key];
    expect(translated, key).toBeDefined();
    if (typeof entry === "string" && typeof translated === "string") {
      expect(holes(translated), key).toEqual(holes(entry));
    } else {
      expect(typeof translated, key).toBe(typeof entry);
    }
  }
});

test("every plural has a form for each category of its language", () => {
  for (const [language, catalogue] of [
    ["en", en],
    ["ar", ar],
  ] as const) {
    const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, entry] of Object.entries(catalogue as Catalogue)) {
      if (typeof entry !== "string") {
        expect(Object.keys(entry).sort(), `${language} ${key}`).toEqual([...categories].sort());
      }
    }
  }
});
