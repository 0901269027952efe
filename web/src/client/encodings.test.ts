import { expect, test } from "vitest";
import { cameraEncodings, screenEncodings } from "./encodings.js";

const rids = (width: number, height: number) =>
  cameraEncodings(width, height).map(({ rid }) => rid);

test("a large capture has three layers", () => {
  expect(rids(1280, 720)).toEqual(["q", "h", "f"]);
  expect(rids(960, 540)).toEqual(["q", "h", "f"]);
});

test("below 960x540 the largest comes first, for browsers leave out the last", () => {
  expect(rids(640, 360)).toEqual(["f", "h"]);
});

test("a tiny capture has one layer without a name", () => {
  expect(rids(320, 180)).toEqual([undefined]);
});

test("a shared screen has one layer at full size", () => {
  expect(screenEncodings()).toHaveLength(1);
  expect(screenEncodings()[0]?.scaleResolutionDownBy).toBeUndefined();
});
