// @vitest-environment jsdom
import { expect, test } from "vitest";
import { forgetful } from "../../memory.js";
import { setShortcuts, shortcutOf, shortcutsOn } from "./shortcuts.js";

function pressed(init: KeyboardEventInit, on: Element = document.body) {
  let found: ReturnType<typeof shortcutOf> = null;
  const listen = (event: Event) => {
    found = shortcutOf(event as KeyboardEvent);
  };
  document.addEventListener("keydown", listen);
  on.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, composed: true, ...init }));
  document.removeEventListener("keydown", listen);
  return found;
}

function within(html: string): Element {
  const [name = "div", ...attributes] = html.split(" ");
  const element = document.createElement(name);
  for (const attribute of attributes) {
    const [key = "", value = ""] = attribute.split("=");
    element.setAttribute(key, value);
  }
  document.body.append(element);
  return element;
}

test("single letters act, in either case", () => {
  expect(pressed({ key: "m" })).toBe("microphone");
  expect(pressed({ key: "V" })).toBe("camera");
  expect(pressed({ key: "?" })).toBe("help");
  expect(pressed({ key: "x" })).toBeNull();
});

test("letters in a field, a menu or a dialog are only letters", () => {
  for (const place of ["input", "textarea", "select", "div role=menu", "dialog open"]) {
    expect(pressed({ key: "m" }, within(place)), place).toBeNull();
  }
});

test("letters with a modifier belong to the browser", () => {
  expect(pressed({ key: "s", ctrlKey: true })).toBeNull();
  expect(pressed({ key: "m", metaKey: true })).toBeNull();
});

test("one switch turns them off", () => {
  const memory = forgetful();
  expect(shortcutsOn(memory)).toBe(true);
  setShortcuts(memory, false);
  expect(shortcutsOn(memory)).toBe(false);
});
