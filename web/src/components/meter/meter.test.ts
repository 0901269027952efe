// @vitest-environment jsdom
import { expect, test } from "vitest";
import { drawn, inside } from "../../testing/dom.js";
import "./meter.js";
import type { Meter } from "./meter.js";

const verdict = (meter: Meter) => inside(meter, "[role=meter]").getAttribute("aria-valuetext");

test("the level is shown in twelve steps", async () => {
  const meter = await drawn<Meter>("oh-meter", { level: 0.5, listening: true });
  expect(meter.renderRoot.querySelectorAll("[data-lit]")).toHaveLength(6);
  expect(inside(meter, "[role=meter]").getAttribute("aria-valuenow")).toBe("6");
});

test("once heard, a pause does not take it back", async () => {
  const meter = await drawn<Meter>("oh-meter", { level: 0, listening: true });
  expect(verdict(meter)).toBe("Say something");
  meter.level = 0.5;
  await meter.updateComplete;
  meter.level = 0;
  await meter.updateComplete;
  expect(verdict(meter)).toBe("We can hear you");
});

test("a muted microphone shows nothing", async () => {
  const meter = await drawn<Meter>("oh-meter", { level: 1, listening: false });
  expect(meter.renderRoot.querySelectorAll("[data-lit]")).toHaveLength(0);
  expect(verdict(meter)).toBe("Muted");
});
