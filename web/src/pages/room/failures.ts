// Clear words for every failure: what is, then what to do.
import { Refused, Unreachable } from "../../client/errors.js";
import type { OutcomeModel } from "../../components/outcome/outcome.js";
import type { Left, Problem } from "../../protocol.js";
import { type Key, say } from "../../words.js";

const BY_CODE: Readonly<Record<string, Key>> = {
  room_locked: "room.locked",
  room_not_found: "room.not_found",
  not_invited: "room.not_invited",
  token_expired: "token.expired",
  token_invalid: "token.invalid",
  token_missing: "token.invalid",
  wrong_room: "token.wrong_room",
  forbidden: "problem.forbidden",
  not_allowed: "problem.forbidden",
  banned: "room.banned",
  removed: "room.removed",
  last_moderator: "room.last_host",
  participant_not_found: "people.gone",
  too_large: "problem.too_large",
  too_many_connecting: "problem.too_many_connecting",
  too_many_connections: "problem.too_many_connections",
  too_many_sockets: "problem.too_many_sockets",
  too_many_waiting: "problem.too_many_waiting",
};

const TITLES: Readonly<Record<string, Key>> = {
  room_full: "outcome.full",
  room_locked: "outcome.locked",
  room_not_found: "outcome.not_found",
  not_invited: "outcome.not_invited",
  token_expired: "outcome.expired",
  banned: "outcome.banned",
  removed: "outcome.removed",
};

const WORTH_A_TRY = new Set([
  "room_full",
  "room_locked",
  "rate_limited",
  "too_many_connecting",
  "too_many_connections",
  "too_many_sockets",
]);

/** One sentence for anything that went wrong. */
export function wordsFor(error: unknown): string {
  if (error instanceof Unreachable) {
    return say("problem.unreachable");
  }
  return error instanceof Refused ? wordsForProblem(error.problem) : say("problem.unknown");
}

/** The page for somebody who could not come in. */
export function refusal(error: unknown): OutcomeModel {
  if (!(error instanceof Refused)) {
    return {
      line: "lost",
      title: say("outcome.unreachable"),
      words: wordsFor(error),
      action: say("control.retry"),
      code: null,
    };
  }
  const { problem } = error;
  const tryAgain = error.passes || WORTH_A_TRY.has(problem.code);
  return {
    line: "ended",
    title: say(TITLES[problem.code] ?? "outcome.refused"),
    words: wordsForProblem(problem),
    action: tryAgain ? say("control.retry") : null,
    code: problem.code,
  };
}

/** The page for somebody who is out. */
export function ending(left: Left): OutcomeModel {
  const elsewhere = left.reason === "duplicate_identity";
  const over = left.reason === "room_deleted" || left.reason === "room_closed";
  const mine = left.reason === "client_initiated";
  return {
    line: mine || over || elsewhere ? "ended" : "lost",
    title: say(titleOf(left.reason)),
    words: say(mine ? "outcome.come_back" : `leave.${left.reason}`),
    action:
      over || left.reason === "participant_banned"
        ? null
        : say(elsewhere ? "control.use_this_tab" : "control.rejoin"),
    code: mine ? null : left.reason,
  };
}

function titleOf(reason: Left["reason"]): Key {
  switch (reason) {
    case "client_initiated":
      return "outcome.left";
    case "duplicate_identity":
      return "outcome.elsewhere";
    case "room_deleted":
    case "room_closed":
      return "outcome.over";
    case "participant_removed":
    case "participant_banned":
      return "outcome.removed";
    default:
      return "outcome.lost";
  }
}

function wordsForProblem(problem: Problem): string {
  if (problem.code === "rate_limited") {
    return say("problem.rate_limited", { count: Math.ceil(problem.retry_after ?? 1) });
  }
  if (problem.code === "room_full") {
    return say("room.full.now");
  }
  const away: Key | undefined = problem.status >= 500 ? "problem.unavailable" : undefined;
  const key = BY_CODE[problem.code] ?? away;
  return key ? say(key) : say("problem.unknown");
}
