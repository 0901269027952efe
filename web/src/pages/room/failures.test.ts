import { expect, test } from "vitest";
import { Refused, Unreachable } from "../../client/errors.js";
import type { Left } from "../../protocol.js";
import { problem } from "../../testing/wire.js";
import { ending, refusal, wordsFor } from "./failures.js";

const refused = (status: number, code: string) => new Refused(problem(status, code));

test.each([
  [409, "room_full", "The room is full", "Try again"],
  [403, "room_locked", "The room is locked", "Try again"],
  [403, "banned", "You cannot come back", null],
  [403, "removed", "You were removed", null],
  [404, "room_not_found", "Check the link", null],
  [403, "not_invited", "Ask for an invitation", null],
  [401, "token_expired", "Ask for a new link", null],
  [503, "no_media_node", "You cannot come in", "Try again"],
])("%i %s has its own page", (status, code, title, action) => {
  const shown = refusal(refused(status, code));
  expect(shown.title).toBe(title);
  expect(shown.action).toBe(action);
  expect(shown.code).toBe(code);
  expect(shown.words).not.toBe("");
});

test("a server that does not answer can be tried again", () => {
  const shown = refusal(new Unreachable("away"));
  expect(shown.title).toBe("The server does not answer");
  expect(shown.action).toBe("Try again");
});

test("guests never read a code in a sentence", () => {
  expect(wordsFor(refused(418, "teapot"))).toBe("Something went wrong. Try again.");
  expect(wordsFor(refused(503, "no_media_node"))).toContain("A part of the server is away");
});

test("how long to wait is said in seconds", () => {
  const limited = new Refused({ ...problem(429, "rate_limited"), retry_after: 2.2 });
  expect(wordsFor(limited)).toBe("Too many tries. Wait 3 seconds.");
});

test.each<[Left["reason"], string, string | null]>([
  ["client_initiated", "You left the room", "Rejoin"],
  ["duplicate_identity", "You are in another window", "Use this tab"],
  ["participant_removed", "You were removed", "Rejoin"],
  ["participant_banned", "You were removed", null],
  ["room_deleted", "The room has ended", null],
  ["room_closed", "The room has ended", null],
  ["connection_timeout", "You are out of the room", "Rejoin"],
  ["media_failure", "You are out of the room", "Rejoin"],
  ["server_shutdown", "You are out of the room", "Rejoin"],
  ["join_failure", "You are out of the room", "Rejoin"],
])("%s ends on a page of its own", (reason, title, action) => {
  const shown = ending({ reason, action: "disconnect" });
  expect(shown.title).toBe(title);
  expect(shown.action).toBe(action);
});
