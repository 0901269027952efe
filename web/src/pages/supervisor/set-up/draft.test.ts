import { expect, test } from "vitest";
import { Draft } from "./draft.js";

const read = { name: "Support", wrap_up: 30, requirements: [{ expression: "x" }] };

test("only what is another now is a change", () => {
  const draft = Draft.of(read, '"1"').with("wrap_up", 60).with("name", "Support");
  expect(draft.changes).toEqual({ wrap_up: 60 });
  expect(draft.with("wrap_up", 30).dirty).toBe(false);
});

test("a change deep inside is a change of its field", () => {
  const draft = Draft.of(read).with("requirements[0].expression", "y");
  expect(draft.changes).toEqual({ requirements: [{ expression: "y" }] });
});

test("my changes are kept on top of theirs, with what both of us changed", () => {
  const mine = Draft.of(read, '"1"').with("wrap_up", 60).with("name", "Help");
  const { draft, both } = mine.onto({ ...read, wrap_up: 45, strategy: "fewest" }, '"2"');
  expect(draft.values).toEqual({ ...read, name: "Help", wrap_up: 60, strategy: "fewest" });
  expect([draft.etag, both]).toEqual(['"2"', ["wrap_up"]]);
  expect(draft.changes).toEqual({ name: "Help", wrap_up: 60 });
});

test("both having written the same is no conflict", () => {
  const mine = Draft.of(read).with("wrap_up", 60);
  const { draft, both } = mine.onto({ ...read, wrap_up: 60 }, '"2"');
  expect([draft.dirty, both]).toEqual([false, []]);
});
