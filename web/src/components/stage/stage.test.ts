// @vitest-environment jsdom
import { expect, test } from "vitest";
import { button, drawn, heard, tidy } from "../../testing/dom.js";
import type { Tile, TileModel } from "../tile/tile.js";
import "./stage.js";
import type { Stage } from "./stage.js";

const tile = (name: string, more: Partial<TileModel> = {}): TileModel => ({
  key: name,
  kind: "person",
  label: name,
  caption: name,
  name,
  identity: name,
  mine: false,
  sid: `TR-${name}`,
  video: null,
  muted: false,
  speaking: false,
  note: null,
  ...more,
});

const crowd = Array.from({ length: 12 }, (_, place) => tile(`P${place}`));
const shown = (stage: Stage) =>
  [...stage.renderRoot.querySelectorAll<Tile>("oh-tile")].map(({ model }) => model.label);

test("everybody stands on the stage while there is room", async () => {
  const stage = await drawn<Stage>("oh-stage", { people: crowd.slice(0, 9) });
  expect(shown(stage)).toHaveLength(9);
  expect(stage.renderRoot.querySelector("nav")).toBeNull();
});

test("more people stand on pages, and who is in sight is told", async () => {
  const stage = await drawn<Stage>("oh-stage", { people: crowd });
  const sights = heard<string[]>(stage, "in-sight");
  expect(shown(stage)).toHaveLength(9);
  button(stage, "Next page").click();
  await stage.updateComplete;
  expect(shown(stage)).toEqual(["P9", "P10", "P11"]);
  expect(sights.at(-1)).toEqual(["TR-P9", "TR-P10", "TR-P11"]);
  expect(tidy(stage.renderRoot.querySelector("nav")?.textContent ?? "")).toBe("2 of 2");
});

test("when people leave, a page that is gone gives way to the last", async () => {
  const stage = await drawn<Stage>("oh-stage", { people: crowd });
  button(stage, "Next page").click();
  await stage.updateComplete;
  stage.people = crowd.slice(0, 3);
  await stage.updateComplete;
  expect(shown(stage)).toEqual(["P0", "P1", "P2"]);
});

test("with a shared screen four people stand beside it", async () => {
  const screen = tile("Screen of Ben", { kind: "screen" });
  const stage = await drawn<Stage>("oh-stage", { people: crowd, screen });
  expect(shown(stage)).toEqual(["Screen of Ben", "P0", "P1", "P2", "P3"]);
});
