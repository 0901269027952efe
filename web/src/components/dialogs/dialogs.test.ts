// @vitest-environment jsdom
import { beforeAll, expect, test } from "vitest";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./connection.js";
import type { ConnectionDialog } from "./connection.js";
import "./shortcuts.js";
import type { ShortcutsDialog } from "./shortcuts.js";

beforeAll(() => {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
    this.dispatchEvent(new Event("close"));
  };
});

test("a dialog opens with its title, and closing it is reported", async () => {
  const shown = await drawn<ShortcutsDialog>("oh-shortcuts", { open: true });
  const closes = heard(shown, "close");
  expect(inside<HTMLDialogElement>(shown, "dialog").open).toBe(true);
  expect(tidy(inside(shown, "h2").textContent)).toBe("Keyboard shortcuts");
  button(shown, "Close").click();
  expect(closes).toHaveLength(1);
});

test("the keys are listed, with the switch that turns them off", async () => {
  const shown = await drawn<ShortcutsDialog>("oh-shortcuts", { open: true, enabled: true });
  const keys = [...shown.renderRoot.querySelectorAll("kbd")].map((key) => key.textContent);
  expect(keys).toEqual(["M", "V", "S", "C", "P", "?"]);
  const toggles = heard(shown, "toggle-shortcuts");
  inside(shown, "[role=switch]").click();
  expect(toggles).toHaveLength(1);
});

test("the connection is told in a word and in figures", async () => {
  const flow = { bitrate: 2_500_000, loss: 0.013, width: 1280, height: 720, frameRate: 29.7 };
  const shown = await drawn<ConnectionDialog>("oh-connection", {
    open: true,
    grade: "good",
    figures: { roundTrip: 0.0234, up: flow, down: null },
  });
  const words = tidy(inside(shown, "dialog").textContent);
  expect(words).toContain("Connection good");
  expect(words).toContain("23 ms");
  expect(words).toContain("2.5 Mbit/s, 1280×720, 30 fps");
  expect(words).toContain("1.3%");
});
