import { expect, test } from "vitest";
import { at, nearest, put, same, steps, within } from "./paths.js";

const queue = { name: "A", requirements: [{ expression: "x" }, { expression: "y" }] };

test("a path is names and places in lists", () => {
  expect(steps("week.monday[1].opens")).toEqual(["week", "monday", 1, "opens"]);
});

test("what stands at a path is found, and nothing where nothing is", () => {
  expect(at(queue, "requirements[1].expression")).toBe("y");
  expect(at(queue, "hours.week.monday")).toBeUndefined();
});

test("one place is written, and all else stays the same object", () => {
  const changed = put(queue, "requirements[1].expression", "z");
  expect(changed.requirements[1]).toEqual({ expression: "z" });
  expect(changed.requirements[0]).toBe(queue.requirements[0]);
  expect(queue.requirements[1]).toEqual({ expression: "y" });
});

test("what holds a place is made where it is missing, and undefined takes a name away", () => {
  expect(put({}, "week.monday[0].opens", "09:00")).toEqual({
    week: { monday: [{ opens: "09:00" }] },
  });
  expect(put({ skills: { fr: 3, en: 1 } }, "skills.fr", undefined)).toEqual({ skills: { en: 1 } });
});

test("a name that begins alike is not inside", () => {
  expect(within("form[0].label.fr", "form[0].label")).toBe(true);
  expect(within("form[10]", "form[1]")).toBe(false);
  expect(within("wrap_up_extension", "wrap_up")).toBe(false);
});

test("the nearest place that is shown is the closest holder, else what is first inside", () => {
  expect(nearest(["form", "form[0].label"], "form[0].label.fr")).toBe("form[0].label");
  expect(nearest(["name", "target.queue"], "target")).toBe("target.queue");
  expect(nearest(["name"], "target")).toBeUndefined();
});

test("the order of names does not count, that of a list does", () => {
  expect(same({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
  expect(same({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  expect(same({ a: null }, { b: null })).toBe(false);
  expect(same([], {})).toBe(false);
});
