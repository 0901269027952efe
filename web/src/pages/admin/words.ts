// Clear words for what the server refused: ours where there are some, else its own.
import { Refused, Unreachable } from "../../client/errors.js";
import { type Key, say } from "../../words.js";

const BY_CODE: Readonly<Record<string, Key>> = {
  address_refused: "admin.problem.address_refused",
  address_unknown: "admin.problem.address_unknown",
  api_key_not_found: "admin.problem.gone",
  bad_login: "signin.problem.bad_login",
  csrf: "admin.problem.csrf",
  not_allowed: "problem.forbidden",
  participant_not_found: "admin.problem.person_gone",
  password_too_short: "signin.problem.too_short",
  password_too_simple: "signin.problem.too_simple",
  password_unchanged: "signin.problem.unchanged",
  room_not_found: "admin.problem.room_gone",
  sign_in_over: "signin.over",
  token_missing: "signin.over",
  too_many_webhooks: "admin.problem.too_many_webhooks",
  track_not_found: "admin.problem.track_gone",
  unavailable: "problem.unavailable",
  webhook_disabled: "admin.problem.webhook_disabled",
  webhook_not_found: "admin.problem.gone",
  delivery_not_found: "admin.problem.gone",
  wrong_password: "signin.problem.wrong_password",
};

/** One sentence for anything that went wrong. */
export function wordsFor(error: unknown): string {
  if (error instanceof Unreachable) {
    return say("problem.unreachable");
  }
  if (!(error instanceof Refused)) {
    return say("problem.unknown");
  }
  const { problem } = error;
  if (problem.status === 429) {
    return say("problem.rate_limited", { count: Math.ceil(problem.retry_after ?? 1) });
  }
  const key = BY_CODE[problem.code];
  return key ? say(key) : problem.detail || say("problem.unknown");
}

/** Whether the server does not know who we are any more. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Refused && error.problem.status === 401;
}

/** Whether the thing that was asked for is not there. */
export function isGone(error: unknown): boolean {
  return error instanceof Refused && error.problem.status === 404;
}
