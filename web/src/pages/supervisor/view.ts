// What the live view draws, made from what the server says of the contact centre. Pure.
import type { DecisionRow } from "../../components/explain/explain.js";
import type { ActivityView, AgentView, Live, TalkView, WaitingView } from "../../desk-protocol.js";
import type { LineState } from "../../icons.js";
import { type Key, say } from "../../words.js";
import { decisionRow, offeredTo, REQUIREMENT } from "../desk/deciding.js";
import { type Clock, clockOf } from "../desk/times.js";

/** One number that is looked at from afar, with what it is seen beside. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  readonly beside: string;
  readonly late: boolean;
}

/** A task that waits. `since`: from when on, as `Date.now()` counts. */
export interface TaskRow {
  readonly task: string;
  readonly name: string;
  readonly small: string;
  readonly why: string;
  readonly since: number;
  readonly late: boolean;
  readonly priority: number;
}

/** An agent. `since`: from when on they do so; null when that is not counted. */
export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly small: string;
  readonly line: LineState;
  readonly words: string;
  readonly since: number | null;
  readonly activity: string;
}

/** A session in progress. */
export interface TalkRow {
  readonly session: string;
  readonly name: string;
  readonly small: string;
  readonly line: LineState;
  readonly words: string;
  readonly since: number;
  readonly recording: boolean;
}

/** The queues, agents, tasks and sessions of one queue, by its name; empty: of all. */
export function onlyOf(live: Live, queue: string): Live {
  if (!queue) {
    return live;
  }
  return {
    ...live,
    queues: live.queues.filter(({ name }) => name === queue),
    waiting: live.waiting.filter((task) => task.queue === queue),
    talks: live.talks.filter((talk) => talk.queue === queue),
  };
}

/** The view after so many seconds in which nothing was told: who waits has waited longer. */
export function aged(live: Live, seconds: number): Live {
  const waiting = live.waiting.map((task) => ({ ...task, age: task.age + seconds }));
  return { ...live, waiting };
}

/** Five numbers. Those of the day are of all queues. */
export function figuresOf(live: Live, activities: readonly ActivityView[]): Figure[] {
  const waiting = waitingOf(live);
  const longest = Math.max(0, ...waiting.map(({ age }) => age));
  const held = live.talks.filter((talk) => talk.held).length;
  return [
    {
      name: say("live.waiting"),
      value: say("live.number", { number: waiting.length }),
      beside: waiting.length > 0 ? say("live.longest", { time: clockOf(longest) }) : "",
      late: waiting.some(isLate),
    },
    {
      name: say("live.calls"),
      value: say("live.number", { number: live.talks.length }),
      beside: held > 0 ? say("live.held", { count: held }) : "",
      late: false,
    },
    {
      name: say("live.answered"),
      value: say("live.number", { number: live.answered_today }),
      beside: say("live.today"),
      late: false,
    },
    abandoned(live),
    available(live, activities),
  ];
}

function abandoned({ answered_today, abandoned_today }: Live): Figure {
  const all = answered_today + abandoned_today;
  const share = all > 0 ? Math.round((abandoned_today / all) * 1000) / 10 : 0;
  return {
    name: say("live.abandoned"),
    value: say("live.percent", { number: share }),
    beside: say("live.abandoned.of", { count: abandoned_today, all }),
    late: false,
  };
}

function available({ agents, queues, talks }: Live, activities: readonly ActivityView[]): Figure {
  const here = agents.filter(({ there }) => there);
  // One queue knows who is available for it; an agent can be so for several.
  const free =
    queues.length === 1
      ? (queues[0]?.available ?? 0)
      : here.filter((agent) => doing(agent, activities).line === "open").length;
  return {
    name: say("live.available"),
    value: say("live.of", { count: free, all: here.length }),
    beside: talks.length > 0 ? say("live.talking", { count: talking(here) }) : "",
    late: false,
  };
}

function talking(agents: readonly AgentView[]): number {
  return agents.filter(({ load }) => load === "busy").length;
}

/** The tasks that wait for somebody, the oldest first. */
export function waitingOf(live: Live): readonly WaitingView[] {
  return live.waiting
    .filter(({ state }) => state === "pending" || state === "reserved")
    .sort((one, other) => other.age - one.age);
}

/** The waiting tasks as rows; `now` is when they are drawn. */
export function taskRows(live: Live, now: number): TaskRow[] {
  return waitingOf(live).map((task) => ({
    task: task.task,
    name: task.customer || say("desk.somebody"),
    small: [channelOf(task.channel), task.queue, urgency(task.priority)]
      .filter(Boolean)
      .join(" · "),
    why: whyWaiting(task),
    since: now - task.age * 1000,
    late: isLate(task),
    priority: task.priority,
  }));
}

/** Whether a task waits longer than its queue is to take. */
function isLate({ age, service_level }: WaitingView): boolean {
  return service_level !== null && age >= service_level;
}

function urgency(priority: number): string {
  return priority === 0 ? "" : say("live.priority", { count: priority });
}

function channelOf(channel: string): string {
  const keys: Readonly<Record<string, Key>> = {
    video: "desk.offer.video",
    voice: "desk.offer.voice",
    chat: "desk.offer.chat",
    callback: "desk.offer.callback",
    message: "desk.offer.message",
  };
  const key = keys[channel];
  return key ? say(key) : channel;
}

/** Why a task still waits, in one sentence, from the last decision about it. */
export function whyWaiting(task: WaitingView): string {
  const last = task.decisions.at(-1);
  if (task.state === "reserved") {
    const asked = last ? offeredTo(last) : "";
    return asked ? say("live.why.rings", { name: asked }) : say("desk.ringing");
  }
  if (!last) {
    return say("live.why.new");
  }
  const reasons = last.considered.map(({ reason }) => reason);
  const busy = reasons.filter((reason) => reason === "capacity" || reason === "wrap_up").length;
  const lacking = reasons.find((reason) => reason.startsWith(REQUIREMENT));
  if (busy > 0) {
    return say("live.why.busy", { count: busy });
  }
  if (reasons.includes("backing_off") || reasons.includes("declined")) {
    return say("live.why.backing_off");
  }
  if (reasons.includes("not_preferred")) {
    return say("live.why.preferred");
  }
  if (lacking) {
    return say("live.why.requirement", { skill: lacking.slice(REQUIREMENT.length) });
  }
  const away = reasons.includes("activity") || reasons.includes("absent");
  return say(away ? "live.why.away" : "live.why.nobody");
}

/** The decisions about a task, the newest first. */
export function decisionRows(task: WaitingView, clock: Clock): DecisionRow[] {
  return task.decisions.toReversed().map((decision) => decisionRow(decision, clock));
}

const ORDER = ["busy", "offered", "wrapping", "idle"];

/** The agents: those at work first, those who are not there last. */
export function agentRows(
  live: Live,
  activities: readonly ActivityView[],
  clock: Clock,
): AgentRow[] {
  const place = ({ there, load }: AgentView) => (there ? ORDER.indexOf(load) : ORDER.length);
  return live.agents
    .toSorted((one, other) => place(one) - place(other) || one.name.localeCompare(other.name))
    .map((agent) => ({
      id: agent.id,
      name: agent.name,
      small: beside(agent, live.talks, activities),
      ...doing(agent, activities),
      since: agent.there ? clock.local(agent.since) : null,
      activity: agent.activity,
    }));
}

function doing(
  agent: AgentView,
  activities: readonly ActivityView[],
): Pick<AgentRow, "line" | "words"> {
  const chosen = activities.find(
    ({ id, name }) => id === agent.activity || name === agent.activity,
  );
  if (!agent.there) {
    return { line: "flat", words: say("live.absent") };
  }
  switch (agent.load) {
    case "busy":
      return { line: "live", words: say("desk.talking") };
    case "offered":
      return { line: "ringing", words: say("desk.ringing") };
    case "wrapping":
      return { line: "wrap", words: say("desk.wrap_up") };
    default:
      return { line: chosen?.available ? "open" : "flat", words: chosen?.name ?? agent.activity };
  }
}

function beside(
  agent: AgentView,
  talks: readonly TalkView[],
  activities: readonly ActivityView[],
): string {
  const mine = talks.filter(({ session }) => agent.sessions.includes(session));
  const next = activities.find(
    ({ id, name }) => id === agent.next_activity || name === agent.next_activity,
  );
  const with_ = mine.length > 1 ? say("live.contacts", { count: mine.length }) : mine[0]?.customer;
  return [with_ ?? "", whySet(agent), next ? say("desk.next", { activity: next.name }) : ""]
    .filter(Boolean)
    .join(" · ");
}

/** What a supervisor should know of how an agent came to be so. */
function whySet({ load, reason, strikes, there }: AgentView): string {
  if (!there || load !== "idle") {
    return "";
  }
  if (reason === "no_answer" || reason === "supervisor") {
    return say(`live.set.${reason}`);
  }
  return strikes > 0 ? say("live.struck", { count: strikes }) : "";
}

/** The sessions in progress, the longest first. */
export function talkRows(live: Live, clock: Clock): TalkRow[] {
  return live.talks
    .toSorted((one, other) => one.since.localeCompare(other.since))
    .map((talk) => ({
      session: talk.session,
      name: talk.customer || say("desk.somebody"),
      small: [talk.agent ? say("live.with", { name: talk.agent }) : "", talk.queue]
        .filter(Boolean)
        .join(" · "),
      ...standing(talk),
      since: clock.local(talk.since),
      recording: talk.recording,
    }));
}

function standing({ state, held }: TalkView): Pick<TalkRow, "line" | "words"> {
  if (held) {
    return { line: "hold", words: say("desk.on_hold") };
  }
  return state === "connecting"
    ? { line: "open", words: say("line.connecting") }
    : { line: "live", words: say("desk.talking") };
}
