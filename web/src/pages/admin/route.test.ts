import { expect, test } from "vitest";
import { fragmentOf, routeOf, SECTIONS, sectionsOf } from "./route.js";

test("a fragment and the place it names are each other's inverse", () => {
  for (const [section, id] of [
    ["rooms", ""],
    ["rooms", "غرفة/ا b"],
    ["webhooks", "WH1"],
  ] as const) {
    expect(routeOf(fragmentOf(section, id), SECTIONS)).toEqual({ section, id });
  }
});

test("what names no section is the first one that may be seen", () => {
  expect(routeOf("#nowhere", ["events", "keys"])).toEqual({ section: "events", id: "" });
  expect(routeOf("", SECTIONS)).toEqual({ section: "rooms", id: "" });
  expect(routeOf("#rooms/%zz", SECTIONS)).toEqual({ section: "rooms", id: "%zz" });
});

test("sections follow the permissions", () => {
  expect(sectionsOf(["rooms.read", "sign_in.own"])).toEqual(["rooms"]);
  expect(sectionsOf([])).toEqual([]);
});
