// @vitest-environment jsdom
import { expect, test } from "vitest";
import { drawn, heard, inside, tidy } from "../../testing/dom.js";
import { settled } from "../../testing/wire.js";
import "./menu.js";
import type { Menu } from "./menu.js";

const items = [
  { id: "devices", words: "Devices" },
  { id: "people", words: "People" },
  { id: "light", words: "Light", checked: true },
];

async function open() {
  const menu = await drawn<Menu>("oh-menu", { name: "More", items });
  inside(menu, "button").click();
  await settled();
  return menu;
}

const focused = (menu: Menu) => tidy(menu.shadowRoot?.activeElement?.textContent ?? "");

function press(menu: Menu, key: string) {
  const init = { key, bubbles: true, composed: true, cancelable: true };
  menu.shadowRoot?.activeElement?.dispatchEvent(new KeyboardEvent("keydown", init));
}

test("it says how it looks, so that its sheet knows", async () => {
  const menu = await drawn<Menu>("oh-menu", { name: "More", items });
  expect(menu.getAttribute("look")).toBe("plain");
});

test("opening goes to the first item", async () => {
  const menu = await open();
  expect(focused(menu)).toBe("Devices");
  expect(inside(menu, "[aria-haspopup]").getAttribute("aria-expanded")).toBe("true");
});

test("arrows go round, Home and End to the ends, a letter to its item", async () => {
  const menu = await open();
  press(menu, "ArrowUp");
  expect(focused(menu)).toBe("Light");
  press(menu, "ArrowDown");
  expect(focused(menu)).toBe("Devices");
  press(menu, "End");
  expect(focused(menu)).toBe("Light");
  press(menu, "p");
  expect(focused(menu)).toBe("People");
});

test("Escape closes and gives the focus back", async () => {
  const menu = await open();
  press(menu, "Escape");
  await settled();
  expect(menu.renderRoot.querySelector("[role=menu]")).toBeNull();
  expect(focused(menu)).toBe("More");
});

test("a choice is reported, and choices are radio items", async () => {
  const menu = await open();
  const chosen = heard<string>(menu, "choose");
  const light = inside(menu, "[role=menuitemradio]");
  expect(light.getAttribute("aria-checked")).toBe("true");
  light.click();
  expect(chosen).toEqual(["light"]);
});
