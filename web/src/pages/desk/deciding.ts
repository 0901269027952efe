// Why work went where it went, in words: a whole decision, and what it means to the agent who is asked.
import type { DecisionRow } from "../../components/explain/explain.js";
import type { DecisionView } from "../../desk-protocol.js";
import { type Key, say } from "../../words.js";
import type { Clock } from "./times.js";

/** With what a reason begins that names what is lacking. */
export const REQUIREMENT = "requirement:";

const REASONS: Readonly<Record<string, Key>> = {
  offered: "live.reason.offered",
  absent: "live.reason.absent",
  activity: "live.reason.activity",
  wrap_up: "live.reason.wrap_up",
  backing_off: "live.reason.backing_off",
  capacity: "live.reason.capacity",
  not_preferred: "live.reason.not_preferred",
  expression: "live.reason.expression",
  declined: "live.reason.declined",
  order_by: "live.reason.order_by",
  longer_idle: "live.reason.longer_idle",
  turn: "live.reason.turn",
  fewer_tasks: "live.reason.fewer_tasks",
  less_talk: "live.reason.less_talk",
  draw: "live.reason.draw",
  earlier: "live.reason.earlier",
};

/** What the one who was asked had over those who could have been; the first that is true counts. */
const AHEAD: readonly (readonly [string, Key])[] = [
  ["not_preferred", "desk.why.kept"],
  ["order_by", "desk.why.order_by"],
  ["longer_idle", "desk.why.longer_idle"],
  ["turn", "desk.why.turn"],
  ["fewer_tasks", "desk.why.fewer_tasks"],
  ["less_talk", "desk.why.less_talk"],
  ["draw", "desk.why.draw"],
  ["earlier", "desk.why.earlier"],
  ["declined", "desk.why.declined"],
];

/** A decision with everybody who was considered. */
export function decisionRow(decision: DecisionView, clock: Clock): DecisionRow {
  const asked = offeredTo(decision);
  return {
    at: clock.local(decision.at),
    queue: decision.queue,
    words: asked ? say("live.decision.offered", { name: asked }) : say("live.decision.nobody"),
    considered: decision.considered.map(({ name, agent, reason }) => ({
      name: name || agent,
      why: reasonWords(reason),
    })),
    others: decision.others > 0 ? say("live.others", { count: decision.others }) : "",
  };
}

/** Why an agent was asked, or not. A word that is not known is shown as it is. */
export function reasonWords(reason: string): string {
  if (reason.startsWith(REQUIREMENT)) {
    return say("live.reason.requirement", { skill: reason.slice(REQUIREMENT.length) });
  }
  const key = REASONS[reason];
  return key ? say(key) : reason;
}

/** The names of those who were asked. */
export function offeredTo(decision: DecisionView): string {
  const asked = decision.considered.filter(({ reason }) => reason === "offered");
  return asked.map(({ name, agent }) => name || agent).join(", ");
}

/** Why it is this agent who is asked, in one sentence; empty when no decision is known. */
export function whyMine(decision: DecisionView | null): string {
  if (!decision) {
    return "";
  }
  const reasons = decision.considered.map(({ reason }) => reason);
  if (reasons.filter((reason) => reason === "offered").length > 1) {
    return say("desk.why.all");
  }
  const ahead = AHEAD.find(([reason]) => reasons.includes(reason));
  return say(ahead?.[1] ?? "desk.why.only");
}
