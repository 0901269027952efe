// The sentences of a visit: how long, who, and why it is over. Pure.
import { Refused, Unreachable } from "../../client/errors.js";
import type { SiteView, Visit } from "../../visit-protocol.js";
import { type Key, say } from "../../words.js";
import { whenIs } from "./times.js";

type EndReason = NonNullable<Visit["ended"]>;

const MINUTE = 60;

/** How long the wait is: "About 2 minutes." Seconds are rounded up to whole minutes. */
export function waitWords({ wait, wait_more: more }: Pick<Visit, "wait" | "wait_more">): string {
  if (wait === null) {
    return say("visit.wait.unknown");
  }
  if (!more && wait < MINUTE) {
    return say("visit.wait.soon");
  }
  const minutes = more ? Math.max(1, Math.floor(wait / MINUTE)) : Math.ceil(wait / MINUTE);
  return say(more ? "visit.wait.more" : "visit.wait.about", { count: minutes });
}

/** The agent's name, or a word for somebody. */
export function nameOf(visit: Visit): string {
  return visit.agent?.name || say("visit.somebody");
}

/** Why a visit is over. */
export function endWords(visit: Visit): string {
  const reason = visit.ended;
  if (visit.state === "abandoned") {
    return say("visit.ended.abandoned");
  }
  if (reason === "agent_left") {
    return visit.agent
      ? say("visit.ended.agent_left", { name: visit.agent.name })
      : say("visit.ended.agent_left.nobody");
  }
  const minutes = Math.round((visit.seconds ?? 0) / MINUTE);
  if (reason === "connection_lost" && minutes > 0) {
    return say("visit.ended.connection_lost.after", { count: minutes });
  }
  return say(reason ? ENDS[reason] : "visit.ended");
}

const ENDS: Readonly<Record<Exclude<EndReason, "agent_left">, Key>> = {
  visitor_left: "visit.ended.visitor_left",
  closed: "visit.ended.closed",
  queue_full: "visit.ended.queue_full",
  waited_too_long: "visit.ended.waited_too_long",
  nobody_there: "visit.ended.nobody_there",
  connection_lost: "visit.ended.connection_lost",
  canceled: "visit.ended.canceled",
  not_allowed: "visit.ended.not_allowed",
  server_error: "visit.ended.server_error",
};

/** The title of an ended visit: with whom one talked, and how long. */
export function endTitle(visit: Visit): string {
  if (!visit.agent || visit.seconds === null) {
    return say("visit.ended");
  }
  const { name } = visit.agent;
  const count = Math.round(visit.seconds / MINUTE);
  return count > 0
    ? say("visit.ended.talked", { name, count })
    : say("visit.ended.talked.short", { name });
}

/** Why nobody answers now, and from when on somebody does: title and sentence. */
export function closedWords(
  reason: Visit["ended"],
  { hours }: SiteView,
  now: Date,
  locale: string,
): { title: string; words: string } {
  if (reason === "queue_full") {
    return { title: say("visit.full"), words: say("visit.full.what") };
  }
  if (reason === "waited_too_long") {
    return { title: say("visit.long"), words: say("visit.long.what") };
  }
  if (reason === "nobody_there") {
    return { title: say("visit.closed.now"), words: say("visit.ended.nobody_there") };
  }
  const words = hours.opens_at
    ? say("visit.closed.until", { when: whenIs(hours.opens_at, now, locale) })
    : say("visit.closed.now");
  return { title: say("visit.closed"), words };
}

const CODES: Readonly<Record<string, Key>> = {
  unknown_site: "visit.problem.site",
  site_not_found: "visit.problem.site",
  not_found: "visit.problem.site",
  bad_identity: "visit.problem.identity",
  identity_required: "visit.problem.identity",
  identity_expired: "visit.problem.identity",
  token_invalid: "visit.problem.identity",
  token_expired: "visit.problem.identity",
  consent_changed: "visit.consent.changed",
  consent_required: "visit.consent.needed",
  outside_hours: "visit.problem.time",
  bad_time: "visit.problem.time",
  rated: "visit.problem.rated",
  wrong_state: "visit.problem.state",
  conflict: "visit.problem.state",
  not_offered: "visit.problem.not_offered",
  bad_email: "visit.field.email",
  callback_due: "visit.problem.state",
  too_large: "problem.too_large",
  forbidden: "problem.forbidden",
};

type LinkWords = { readonly title: Key; readonly words: Key };

const EXPIRED = { title: "visit.link.expired", words: "visit.link.expired.what" } as const;
const LINKS: Readonly<Record<string, LinkWords>> = {
  link_unknown: EXPIRED,
  link_expired: EXPIRED,
  link_used: { title: "visit.link.used", words: "visit.link.used.what" },
  link_over: { title: "visit.link.over", words: "visit.link.over.what" },
};

/** Why the link of a callback opens nothing; null when it is something else. */
export function linkWords(error: unknown): LinkWords | null {
  return error instanceof Refused ? (LINKS[error.code] ?? null) : null;
}

/** One sentence for what did not work. */
export function problemWords(error: unknown): string {
  if (error instanceof Unreachable) {
    return say("problem.unreachable");
  }
  if (!(error instanceof Refused)) {
    return say("problem.unknown");
  }
  const { code, status, retry_after: after } = error.problem;
  if (code === "rate_limited") {
    return say("problem.rate_limited", { count: Math.ceil(after ?? 1) });
  }
  const away: Key = status >= 500 ? "problem.unavailable" : "problem.unknown";
  return say(CODES[code] ?? away);
}
