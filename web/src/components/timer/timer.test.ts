// @vitest-environment jsdom
import { expect, test } from "vitest";
import { drawn, inside, tidy } from "../../testing/dom.js";
import "./timer.js";
import { lasted, type Timer } from "./timer.js";

test("minutes and seconds, and from one hour hours too", () => {
  expect(lasted(0)).toBe("0:00");
  expect(lasted(83_400)).toBe("1:23");
  expect(lasted(3_600_000)).toBe("1:00:00");
  expect(lasted(-5)).toBe("0:00");
});

test("what the number means is said before it", async () => {
  const timer = await drawn<Timer>("oh-timer", { since: Date.now() - 61_000 });
  expect(tidy(inside(timer, ".timer").textContent)).toBe("Connected for 1:01");
});
