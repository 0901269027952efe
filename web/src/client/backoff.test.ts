import { expect, test } from "vitest";
import { retryDelay } from "./backoff.js";

const never = () => 0;

test("the first attempt comes at once, then later and later, seven seconds at the most", () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 99].map((attempt) => retryDelay(attempt, never));
  expect(delays).toEqual([0, 300, 1200, 2700, 4800, 7000, 7000, 7000]);
});

test("from the third attempt on chance adds up to a second", () => {
  expect(retryDelay(1, () => 1)).toBe(300);
  expect(retryDelay(2, () => 1)).toBe(2200);
});
