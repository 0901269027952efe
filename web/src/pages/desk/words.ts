// Clear words for what a desk is refused, and for why something on it is gone. Pure.
import { Refused } from "../../client/errors.js";
import { type Key, say } from "../../words.js";
import { wordsFor as adminWords } from "../admin/words.js";

const BY_CODE: Readonly<Record<string, Key>> = {
  offer_over: "desk.problem.offer_over",
  agent_unavailable: "desk.problem.agent_unavailable",
  agent_not_found: "desk.problem.agent_not_found",
  queue_not_found: "desk.problem.queue_not_found",
  disposition_required: "desk.problem.disposition_required",
  disposition_not_found: "desk.problem.disposition_required",
  no_more_time: "desk.problem.no_more_time",
  session_not_found: "desk.problem.session_gone",
  task_not_found: "live.problem.task_gone",
  activity_not_found: "desk.problem.activity_gone",
};

const TRANSFER_FAILURES: Readonly<Record<string, Key>> = {
  timeout: "desk.transfer.no_answer",
  no_answer: "desk.transfer.no_answer",
  rejected: "desk.transfer.rejected",
  busy: "desk.transfer.rejected",
};

/** One sentence for anything that went wrong on the desk. */
export function wordsFor(error: unknown): string {
  const key = error instanceof Refused ? BY_CODE[error.problem.code] : undefined;
  return key ? say(key) : adminWords(error);
}

/** Why a colleague who was asked did not come. */
export function transferFailed(name: string, why: string | null): string {
  return say(TRANSFER_FAILURES[why ?? ""] ?? "desk.transfer.failed", { name });
}

const NOT_PASSED_ON: Readonly<Record<string, Key>> = {
  timeout: "desk.passed.no_answer",
  no_answer: "desk.passed.no_answer",
  rejected: "desk.passed.rejected",
  busy: "desk.passed.rejected",
};

/** Why a customer who was passed on is back. */
export function passedOnInVain(why: string): string {
  return say(NOT_PASSED_ON[why] ?? "desk.passed.failed");
}

/** Why an offer is gone: its time was over, or somebody else was faster, or the customer left. */
export function offerGone(name: string, timeWasOver: boolean): string {
  return say(timeWasOver ? "desk.gone.missed" : "desk.gone", { name });
}
