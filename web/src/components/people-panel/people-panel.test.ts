// @vitest-environment jsdom
import { expect, test } from "vitest";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./people-panel.js";
import type { Menu } from "../menu/menu.js";
import type { ModerateDetail, PeoplePanel, PersonRow } from "./people-panel.js";

const ada: PersonRow = {
  key: "PA1",
  name: "Ada",
  identity: "ada",
  mine: true,
  moderator: true,
  muted: false,
  camera: true,
  sharing: false,
  quality: null,
  allowed: { microphone: true, camera: true, screen: true },
};
const ben: PersonRow = {
  ...ada,
  key: "PA2",
  name: "Ben",
  identity: "ben",
  mine: false,
  moderator: false,
  muted: true,
  camera: false,
  quality: "poor",
};

const rows = (panel: PeoplePanel) =>
  [...panel.renderRoot.querySelectorAll("li")].map((row) => tidy(row.textContent));

test("everybody stands there with what is to be known, in words", async () => {
  const panel = await drawn<PeoplePanel>("oh-people-panel", { people: [ada, ben] });
  const [first, second] = rows(panel);
  expect(first).toContain("You · Host");
  expect(first).toContain("not muted");
  expect(second).toContain("Connection weak");
  expect(second).toContain("muted");
  expect(second).toContain("camera off");
});

test("the link can be copied and the panel closed", async () => {
  const panel = await drawn<PeoplePanel>("oh-people-panel", { people: [ada] });
  const copies = heard(panel, "copy-link");
  const closes = heard(panel, "close");
  button(panel, "Copy link").click();
  button(panel, "Close").click();
  expect([copies.length, closes.length]).toEqual([1, 1]);
});

const names = (panel: PeoplePanel) =>
  [...panel.renderRoot.querySelectorAll("button")].map(
    (each) => each.getAttribute("aria-label") ?? tidy(each.textContent),
  );

test("who does not moderate finds nothing to moderate with", async () => {
  const banned = [{ identity: "eve", name: "Eve" }];
  const panel = await drawn<PeoplePanel>("oh-people-panel", { people: [ada, ben], banned });
  expect(panel.renderRoot.querySelector("oh-menu")).toBeNull();
  expect(names(panel)).toEqual(["Close", "Copy link"]);
});

test("a moderator mutes somebody with one press, and never themselves", async () => {
  const speaking = { ...ben, muted: false };
  const panel = await drawn<PeoplePanel>("oh-people-panel", {
    people: [ada, speaking],
    moderates: true,
  });
  const chosen = heard<ModerateDetail>(panel, "moderate");
  button(panel, "Mute Ben").click();
  expect(chosen).toEqual([{ action: "mute", key: "PA2" }]);
  expect(names(panel)).not.toContain("Mute Ada");
});

test("the menu of a person names what it does, by what is so now", async () => {
  const allowed = { microphone: false, camera: true, screen: true };
  const panel = await drawn<PeoplePanel>("oh-people-panel", {
    people: [ada, { ...ben, allowed }],
    moderates: true,
  });
  const menu = inside<Menu>(panel, "oh-menu");
  expect(menu.name).toBe("Actions for Ben");
  expect(menu.items.map(({ words }) => words)).toEqual([
    "Allow microphone",
    "Forbid camera",
    "Forbid screen sharing",
    "Make Ben host",
    "Remove Ben",
    "Remove and ban Ben",
  ]);
  const chosen = heard<ModerateDetail>(panel, "moderate");
  menu.dispatchEvent(new CustomEvent("choose", { detail: "remove", bubbles: true }));
  expect(chosen).toEqual([{ action: "remove", key: "PA2" }]);
});

test("who is banned is listed, to be let in again", async () => {
  const panel = await drawn<PeoplePanel>("oh-people-panel", {
    people: [ada],
    banned: [{ identity: "eve", name: "Eve" }],
    moderates: true,
  });
  const chosen = heard<ModerateDetail>(panel, "moderate");
  button(panel, "Unban Eve").click();
  expect(chosen).toEqual([{ action: "unban", key: "eve" }]);
});
