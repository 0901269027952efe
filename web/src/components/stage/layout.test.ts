import { expect, test } from "vitest";
import { gridFor, lastRow, onPage, PAGE, pagesOf } from "./layout.js";

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

test("a last row that is not full stands in the middle", () => {
  const starts = [1, 3, 4, 5, 6, 7, 8, 9].map((count) => lastRow(count, gridFor(count, false)));
  expect(starts.map(({ first, start }) => `${first}:${start}`)).toEqual([
    "0:1",
    "2:2",
    "2:1",
    "3:2",
    "3:1",
    "6:3",
    "6:2",
    "6:1",
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
