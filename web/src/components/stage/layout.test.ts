import { expect, test } from "vitest";
import { gridFor, onPage, PAGE, pagesOf } from "./layout.js";

const size = (count: number, upright = false) => {
  const { columns, rows } = gridFor(count, upright);
  return `${columns}x${rows}`;
};

test("the grid follows the number of people", () => {
  expect([1, 2, 3, 4, 5, 6, 7, 9].map((count) => size(count))).toEqual([
    "1x1",
    "2x1",
    "2x2",
    "2x2",
    "3x2",
    "3x2",
    "3x3",
    "3x3",
  ]);
});

test("upright it is turned", () => {
  expect([2, 4, 6, 9].map((count) => size(count, true))).toEqual(["1x2", "2x2", "2x3", "3x3"]);
});

test("more than nine stand on pages of nine", () => {
  const people = Array.from({ length: 20 }, (_, place) => place);
  expect(pagesOf(people.length, PAGE)).toBe(3);
  expect(onPage(people, 2, PAGE)).toEqual([18, 19]);
  expect(pagesOf(0, PAGE)).toBe(1);
});
