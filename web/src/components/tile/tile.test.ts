// @vitest-environment jsdom
import { expect, test } from "vitest";
import { drawn, inside, tidy } from "../../testing/dom.js";
import { track } from "../../testing/peer.js";
import "./tile.js";
import type { Tile, TileModel } from "./tile.js";

const ben: TileModel = {
  key: "PA-Ben",
  kind: "person",
  label: "Ben",
  caption: "Ben",
  name: "Ben Okafor",
  identity: "ben",
  mine: false,
  sid: "TR1",
  video: null,
  muted: false,
  speaking: false,
  note: null,
};

const tile = (more: Partial<TileModel> = {}) =>
  drawn<Tile>("oh-tile", { model: { ...ben, ...more } });

test("the figure is named exactly after the person", async () => {
  expect(inside(await tile(), "figure").getAttribute("aria-label")).toBe("Ben");
});

test("without a picture the initials stand in", async () => {
  const shown = await tile();
  expect(tidy(inside(shown, ".av").textContent)).toBe("BO");
  expect(inside(shown, "video").hidden).toBe(true);
});

test("a picture is played without sound and out of the tab order", async () => {
  const shown = await tile({ video: track("video") });
  const video = inside<HTMLVideoElement>(shown, "video");
  expect(video.hidden).toBe(false);
  expect(video.muted).toBe(true);
  expect(video.tabIndex).toBe(-1);
});

test("muted, speaking and a weak connection are said in words", async () => {
  const shown = await tile({ muted: true, speaking: true, note: "weak" });
  const words = tidy(inside(shown, "figure").textContent);
  expect(words).toContain("muted");
  expect(words).toContain("speaking");
  expect(words).toContain("Weak connection");
});

test("a name is text, whatever is in it", async () => {
  const shown = await tile({ caption: "<img src=x>" });
  expect(shown.renderRoot.querySelector("img")).toBeNull();
});
