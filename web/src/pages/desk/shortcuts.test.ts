// @vitest-environment jsdom
import { expect, test } from "vitest";
import { loudness } from "./ringing.js";
import { shortcutOf } from "./shortcuts.js";

/** The shortcut of a key that is pressed in an element. */
function pressed(code: string, more: KeyboardEventInit = {}, where = "body"): string | null {
  const element = document.createElement(where === "body" ? "div" : where);
  document.body.append(element);
  let found: string | null = null;
  document.addEventListener(
    "keydown",
    (event) => {
      found = shortcutOf(event);
    },
    { once: true },
  );
  const key = more.key ?? code.replace("Key", "").toLowerCase();
  element.dispatchEvent(new KeyboardEvent("keydown", { code, key, bubbles: true, ...more }));
  return found;
}

test("Alt with a letter works where one writes, whatever the letter becomes there", () => {
  expect(pressed("KeyA", { altKey: true, key: "å" }, "textarea")).toBe("accept");
  expect(pressed("KeyE", { altKey: true }, "input")).toBe("hang-up");
});

test("each key of the desk has its meaning", () => {
  const keys = ["KeyA", "KeyR", "KeyH", "KeyT", "KeyE", "KeyF"];
  const meanings = ["accept", "reject", "hold", "transfer", "hang-up", "finish"];
  expect(keys.map((code) => pressed(code, { altKey: true }))).toEqual(meanings);
});

test("AltGr, with which letters are written, is no shortcut", () => {
  expect(pressed("KeyE", { altKey: true, ctrlKey: true, key: "€" }, "textarea")).toBeNull();
});

test("a single letter is a shortcut only where nobody writes", () => {
  expect(pressed("KeyM")).toBe("microphone");
  expect(pressed("KeyM", {}, "textarea")).toBeNull();
  expect(pressed("KeyP")).toBeNull();
});

test("a key that is held down acts once", () => {
  expect(pressed("KeyE", { altKey: true, repeat: true })).toBeNull();
});

test("the ring begins six decibels softer", () => {
  expect(20 * Math.log10(loudness(1))).toBeCloseTo(-18);
  expect(20 * Math.log10(loudness(0))).toBeCloseTo(-24);
});
