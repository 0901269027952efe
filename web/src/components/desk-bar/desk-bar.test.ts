// @vitest-environment jsdom
import { expect, test } from "vitest";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./desk-bar.js";
import type { DeskAction, DeskBar, DeskBarModel } from "./desk-bar.js";

const model: DeskBarModel = {
  muted: false,
  camera: false,
  sharing: false,
  microphoneBusy: false,
  cameraBusy: false,
  canShare: true,
  leads: true,
  held: false,
  holdBusy: false,
  canHold: true,
  canTransfer: true,
  chatOpen: false,
  unread: 0,
  shortcuts: true,
  menu: [],
};
const shownWith = (more: Partial<DeskBarModel>) =>
  drawn<DeskBar>("oh-desk-bar", { model: { ...model, ...more } });
const names = (bar: DeskBar) =>
  [...bar.renderRoot.querySelectorAll("button")].map((each) => tidy(each.textContent));

test("the controls keep their order, and the way out is last", async () => {
  expect(names(await shownWith({}))).toEqual([
    "Mute",
    "Start camera",
    "Hold",
    "Share screen",
    "Transfer",
    "Chat",
    "Hang up",
  ]);
});

test("a name says what the next press does, and is never pressed", async () => {
  const bar = await shownWith({ muted: true, held: true, sharing: true, camera: true });
  expect(names(bar)).toEqual([
    "Unmute",
    "Stop camera",
    "Resume",
    "Stop sharing",
    "Transfer",
    "Chat",
    "Hang up",
  ]);
  expect(bar.renderRoot.querySelector("[aria-pressed]")).toBeNull();
});

test("who is only consulted neither holds nor passes on", async () => {
  const bar = await shownWith({ leads: false });
  expect(names(bar)).not.toContain("Hold");
  expect(names(bar)).not.toContain("Transfer");
});

test("what cannot be done now says so and does nothing", async () => {
  const bar = await shownWith({ canHold: false, canTransfer: false });
  const acts = heard<DeskAction>(bar, "act");
  button(bar, "Hold").click();
  button(bar, "Transfer").click();
  button(bar, "Hang up").click();
  expect(button(bar, "Hold").getAttribute("aria-disabled")).toBe("true");
  expect(acts).toEqual(["hang-up"]);
});

test("unread messages describe the chat and do not change its name", async () => {
  const bar = await shownWith({ unread: 100 });
  const chat = inside(bar, "[aria-describedby=unread]");
  expect(tidy(inside(bar, ".count").textContent)).toBe("99+");
  expect(tidy(chat.querySelector(".t")?.textContent ?? "")).toBe("Chat");
});

test("the keys are written on the controls while they are on", async () => {
  const keys = (bar: DeskBar) =>
    ["Hold", "Transfer", "Hang up"].map((name) =>
      button(bar, name).getAttribute("aria-keyshortcuts"),
    );
  expect(keys(await shownWith({}))).toEqual(["Alt+H", "Alt+T", "Alt+E"]);
  expect(keys(await shownWith({ shortcuts: false }))).toEqual([null, null, null]);
});
