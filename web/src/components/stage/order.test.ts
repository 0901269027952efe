import { expect, test } from "vitest";
import { Order } from "./order.js";

test("newcomers come last and nobody else moves", () => {
  const order = new Order();
  order.arrange(["a", "b"], [], 8);
  expect(order.arrange(["c", "b", "a"], [], 8)).toEqual(["a", "b", "c"]);
});

test("who leaves makes room", () => {
  const order = new Order();
  order.arrange(["a", "b", "c"], [], 8);
  expect(order.arrange(["a", "c"], [], 8)).toEqual(["a", "c"]);
});

test("a speaker out of sight changes places with the longest silent in sight", () => {
  const order = new Order();
  order.arrange(["a", "b", "c", "d"], ["a"], 2);
  expect(order.arrange(["a", "b", "c", "d"], ["d"], 2)).toEqual(["a", "d", "c", "b"]);
});

test("a speaker in sight stays where they are", () => {
  const order = new Order();
  order.arrange(["a", "b", "c"], [], 2);
  expect(order.arrange(["a", "b", "c"], ["b"], 2)).toEqual(["a", "b", "c"]);
});
