import { expect, test } from "vitest";
import { levelOf } from "./level.js";

test("silence is nothing, full scale is all, and half of it is in between", () => {
  expect(levelOf(new Float32Array(64))).toBe(0);
  expect(levelOf(new Float32Array(64).fill(1))).toBe(1);
  expect(levelOf(new Float32Array(64).fill(0.0316))).toBeCloseTo(0.5, 2);
});
