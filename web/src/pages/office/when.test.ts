// @vitest-environment jsdom
import { expect, test } from "vitest";
import { until, when } from "./when.js";

const now = new Date(2026, 10, 21, 15, 0, 0);
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();

test("today is told by the clock, another day by its date too", () => {
  expect(when(at(-60), now)).toContain("2:59:00");
  expect(when(at(-86_400 * 3), now)).toContain("18");
});

test("what is to come is told by how far away it is", () => {
  expect(until(at(4), now)).toBe("in 4 sec.");
  expect(until(at(360), now)).toBe("in 6 min.");
  expect(until(at(5 * 3600), now)).toBe("in 5 hr.");
  expect(until(at(-86_400 * 2), now)).toBe("2 days ago");
});
