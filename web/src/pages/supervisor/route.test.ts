import { expect, test } from "vitest";
import { fragmentOf, routeOf, sectionsOf } from "./route.js";

test("an address names a place and the one thing in it", () => {
  expect(routeOf("#/queues/QU1")).toEqual({ section: "queues", id: "QU1" });
  expect(routeOf("#agents")).toEqual({ section: "agents", id: "" });
});

test("an address that names no place is the live view", () => {
  expect(routeOf("")).toEqual({ section: "live", id: "" });
  expect(routeOf("#/nowhere/x")).toEqual({ section: "live", id: "" });
});

test("an address comes back as it was, and a broken one breaks nothing", () => {
  expect(routeOf(fragmentOf("sites", "a/b c"))).toEqual({ section: "sites", id: "a/b c" });
  expect(routeOf("#/sites/%E0%A4%A")).toEqual({ section: "sites", id: "%E0%A4%A" });
});

test("a supervisor sees the places that the permissions open, and an agent none", () => {
  expect(sectionsOf(["desk.watch", "queues.read", "users.read"])).toEqual([
    "live",
    "queues",
    "users",
  ]);
  expect(sectionsOf(["desk.own", "queues.read", "agents.read"])).toEqual([]);
});
