// @vitest-environment jsdom
import { expect, test } from "vitest";
import { kindOf, valueAs } from "./agent-form.js";
import { Attempts } from "./attempts.js";
import { contrast, readableOn } from "./colours.js";
import { dependents } from "./dependents.js";
import { wantedOf } from "./list.js";
import { snippetOf } from "./site-embed.js";
import { blankQuestion } from "./site-questions.js";
import { span, unitOf } from "./spans.js";
import { tidied } from "./tidy.js";

test("contrast is that of WCAG, and one of white and black is always readable", () => {
  expect(contrast("#000000", "#FFFFFF")).toBeCloseTo(21);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  expect(contrast("#77", "#ffffff")).toBe(0);
  expect([readableOn("#0b5fff"), readableOn("#ffe066")]).toEqual(["#ffffff", "#000000"]);
});

test("who names an object is found however deep it stands, and itself is left out", () => {
  const known = {
    queues: [{ id: "QU1", name: "A", overflow: "QU1" }],
    sites: [{ id: "ST1", name: "Shop", target: { queue: "QU1" } }],
    workflows: [{ id: "WF1", name: "Way", filters: [{ targets: [{ queue: "QU2" }] }] }],
  };
  expect(dependents(known, "QU1")).toEqual([{ plural: "sites", id: "ST1", name: "Shop" }]);
  expect(dependents(known, "QU2").map(({ id }) => id)).toEqual(["WF1"]);
});

test("the same thing asked again has the same key, and something else another", () => {
  let drawn = 0;
  const attempts = new Attempts(() => `key ${++drawn}`);
  expect([attempts.keyFor({ a: 1 }), attempts.keyFor({ a: 1 })]).toEqual(["key 1", "key 1"]);
  expect(attempts.keyFor({ a: 2 })).toBe("key 2");
  attempts.done();
  expect(attempts.keyFor({ a: 2 })).toBe("key 3");
});

test("spans are said in the units one thinks in", () => {
  expect([span(0), span(90), span(3600)]).toEqual(["0 sec", "1 min 30 sec", "1 hr"]);
  expect(unitOf("second")).toBe("seconds");
});

test("an attribute becomes another sort of value", () => {
  expect(valueAs("list", "a, b,, c")).toEqual(["a", "b", "c"]);
  expect(valueAs("text", ["a", "b"])).toBe("a, b");
  expect([valueAs("number", "12"), valueAs("number", "x"), valueAs("yes_no", "true")]).toEqual([
    12,
    0,
    true,
  ]);
  expect([kindOf("a"), kindOf(1), kindOf(false), kindOf([])]).toEqual([
    "text",
    "number",
    "yes_no",
    "list",
  ]);
});

test("empty lines are not sent, and what is no list of texts is left alone", () => {
  expect(tidied({ allowed_origins: ["", " https://a.example "], tags: [], name: " x " })).toEqual({
    allowed_origins: ["https://a.example"],
    tags: [],
    name: " x ",
  });
});

test("a new question has a key that is free", () => {
  expect(blankQuestion([]).key).toBe("name");
  expect(blankQuestion(["name", "question_1"]).key).toBe("question_2");
});

test("a search finds names and logins in any case, and lists are by name", () => {
  const items = [
    { id: "2", name: "Zoé", login: "zoe" },
    { id: "1", name: "Ann", login: "ZOEANN" },
    { id: "3", name: "Ben", login: "ben" },
  ];
  expect(wantedOf(items, " zoe").map(({ id }) => id)).toEqual(["1", "2"]);
});

test("the line for pages names this server and the site", () => {
  expect(snippetOf("site_x", "https://calls.example")).toBe(
    '<script src="https://calls.example/widget.js" data-site="site_x" async></script>',
  );
});
