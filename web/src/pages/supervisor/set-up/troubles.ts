// What is wrong with an object, and at which of its fields. Pure.
import { Refused } from "../../../client/errors.js";
import type { Problem } from "../../../protocol.js";
import { type Key, say } from "../../../words.js";
import { nearest } from "./paths.js";

/** What is wrong at a field. `position`: of the character, from 1; `detail`: the server's words. */
export interface Trouble {
  readonly field: string;
  readonly words: string;
  readonly position: number | null;
  readonly detail: string;
}

const BY_CODE: Readonly<Record<string, Key>> = {
  activity_available: "setup.problem.activity_available",
  activity_exists: "setup.problem.name_taken",
  agent_exists: "setup.problem.agent_exists",
  bad_origin: "setup.problem.bad_origin",
  disposition_exists: "setup.problem.name_taken",
  last_admin: "setup.problem.last_admin",
  login_taken: "setup.problem.login_taken",
  low_contrast: "setup.problem.low_contrast",
  queue_exists: "setup.problem.name_taken",
  reply_exists: "setup.problem.name_taken",
  site_exists: "setup.problem.name_taken",
  unknown_activity: "setup.problem.gone",
  unknown_agent: "setup.problem.gone",
  unknown_queue: "setup.problem.gone",
  unknown_time_zone: "setup.problem.time_zone",
  unknown_user: "setup.problem.unknown_user",
  unknown_workflow: "setup.problem.gone",
  workflow_exists: "setup.problem.name_taken",
};
/** Where a problem without a field belongs. */
const FIELD: Readonly<Record<string, string>> = { agent_exists: "user", login_taken: "login" };

/** The trouble that a refusal tells of; null when it is about no field that is shown. */
export function troubleOf(error: unknown, shown: readonly string[]): Trouble | null {
  if (!(error instanceof Refused)) {
    return null;
  }
  const { problem } = error;
  const named = problem.field || FIELD[problem.code] || (taken(problem) ? "name" : "");
  const field = named ? nearest(shown, named) : undefined;
  return field === undefined
    ? null
    : {
        field,
        words: wordsOf(problem, named, field),
        position: problem.position ?? null,
        detail: detailOf(problem),
      };
}

/** One sentence for a refusal. */
export function wordsOf(problem: Problem, named = "", field = named): string {
  if (problem.position) {
    return say("setup.problem.position", { position: problem.position });
  }
  const line = /\[(\d+)\]$/.exec(named.slice(field.length));
  const key = BY_CODE[problem.code];
  const words = key ? say(key) : problem.detail || say("problem.unknown");
  return line ? say("setup.problem.line", { line: Number(line[1]) + 1, words }) : words;
}

function detailOf({ position, detail }: Problem): string {
  return position ? detail : "";
}

function taken({ code }: Problem): boolean {
  return code.endsWith("_exists");
}
