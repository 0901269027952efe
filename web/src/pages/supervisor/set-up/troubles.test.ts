import { expect, test } from "vitest";
import { Refused, Unreachable } from "../../../client/errors.js";
import type { Problem } from "../../../protocol.js";
import { troubleOf } from "./troubles.js";

const refused = (code: string, more: Partial<Problem> = {}) =>
  new Refused({ type: "", title: "", status: 422, code, detail: "Its own words.", ...more });
const SHOWN = ["name", "expression", "requirements[0].expression", "allowed_origins", "user"];

test("a wrong expression is told with its place, and the server's words beside it", () => {
  const more = { field: "requirements[0].expression", position: 7 };
  expect(troubleOf(refused("bad_expression", more), SHOWN)).toEqual({
    field: "requirements[0].expression",
    words: "Something is wrong at character 7.",
    position: 7,
    detail: "Its own words.",
  });
});

test("a line of a list is told by its number", () => {
  const trouble = troubleOf(refused("bad_origin", { field: "allowed_origins[1]" }), SHOWN);
  expect(trouble?.field).toBe("allowed_origins");
  expect(trouble?.words).toMatch(/^Line 2: This is no exact origin/);
});

test("a name that is taken is told at the name, whoever is an agent already at the person", () => {
  expect(troubleOf(refused("queue_exists", { status: 409 }), SHOWN)?.field).toBe("name");
  expect(troubleOf(refused("agent_exists", { status: 409 }), SHOWN)?.field).toBe("user");
});

test("what has no words of ours is told in the server's", () => {
  expect(troubleOf(refused("invalid", { field: "name" }), SHOWN)?.words).toBe("Its own words.");
});

test("what is about no field that is shown is no trouble of one", () => {
  expect(troubleOf(refused("invalid", { field: "weight" }), SHOWN)).toBeNull();
  expect(troubleOf(refused("in_use", { status: 409 }), SHOWN)).toBeNull();
  expect(troubleOf(new Unreachable(""), SHOWN)).toBeNull();
});
