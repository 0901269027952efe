import { expect, test } from "vitest";
import { Refused, Unreachable } from "../../client/errors.js";
import type { Problem } from "../../protocol.js";
import { isGone, isSignedOut, wordsFor } from "./words.js";

const refused = (status: number, code: string, more: Partial<Problem> = {}) =>
  new Refused({ type: "", title: "", detail: "As it is.", status, code, ...more } as Problem);

test("a refusal is said in our words, and in the server's where we have none", () => {
  expect(wordsFor(refused(401, "bad_login"))).toBe("The login or the password is wrong.");
  expect(wordsFor(refused(422, "something_new"))).toBe("As it is.");
  expect(wordsFor(refused(429, "too_many_tries", { retry_after: 7.2 }))).toContain("8 seconds");
  expect(wordsFor(new Unreachable("x"))).toContain("does not answer");
  expect(wordsFor(new Error("x"))).toContain("went wrong");
});

test("who is unknown signs in again, and what is gone is gone", () => {
  expect([isSignedOut(refused(401, "x")), isSignedOut(refused(403, "x"))]).toEqual([true, false]);
  expect([isGone(refused(404, "x")), isGone(new Error("x"))]).toEqual([true, false]);
});
