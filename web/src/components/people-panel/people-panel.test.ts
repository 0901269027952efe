// @vitest-environment jsdom
import { expect, test } from "vitest";
import { button, drawn, heard, tidy } from "../../testing/dom.js";
import "./people-panel.js";
import type { PeoplePanel, PersonRow } from "./people-panel.js";

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
