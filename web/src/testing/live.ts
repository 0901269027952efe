// Live views for tests.
import type { AgentView, Live, WaitingView } from "../desk-protocol.js";
import { agent } from "./desk.js";

/** An agent who is there, under a name of their own. */
export function staff(id: string, name: string, more: Partial<AgentView> = {}): AgentView {
  return { ...agent, id, name, ...more };
}

/** A task that waits; `reasons` are those of the agents who were considered, by name. */
export function waiting(
  customer: string,
  reasons: Readonly<Record<string, string>>,
  more: Partial<WaitingView> = {},
): WaitingView {
  const considered = Object.entries(reasons).map(([name, reason]) => ({
    agent: name,
    name,
    reason,
  }));
  const at = "2026-11-21T12:00:00.000Z";
  return {
    task: `TA-${customer}`,
    session: null,
    channel: "voice",
    state: "pending",
    queue: "Support, English",
    priority: 0,
    age: 40,
    service_level: 120,
    customer,
    language: "en",
    agent: null,
    decisions: [{ at, decision: "", queue: "Support, English", considered, others: 0 }],
    ...more,
  };
}

/** A contact centre in which somebody waits, somebody talks and somebody is away. */
export function live(now: number, more: Partial<Live> = {}): Live {
  const since = (seconds: number) => new Date(now - seconds * 1000).toISOString();
  return {
    seq: 1,
    queues: [
      { id: "QU1", name: "Support, English", open: true, waiting: 1, longest: 40, available: 1 },
      { id: "QU2", name: "Support, French", open: true, waiting: 1, longest: 192, available: 0 },
    ],
    agents: [
      staff("AG1", "Inès Moreau", { load: "busy", sessions: ["SE1"], since: since(222) }),
      staff("AG2", "Tom Becker", { since: since(151) }),
      staff("AG3", "Joel Otieno", { activity: "AV2", strikes: 3, since: since(664) }),
      staff("AG4", "Aiko Mori", { there: false }),
    ],
    waiting: [
      waiting("Deng Wei", { "Inès Moreau": "capacity", "Joel Otieno": "activity" }),
      waiting(
        "Claire Petit",
        { "Tom Becker": "requirement:French", "Inès Moreau": "requirement:French" },
        { queue: "Support, French", age: 192 },
      ),
    ],
    talks: [
      {
        session: "SE1",
        state: "live",
        queue: "Support, English",
        agent: "Inès Moreau",
        customer: "Marta Silva",
        since: since(222),
        held: false,
        recording: false,
      },
    ],
    answered_today: 124,
    abandoned_today: 4,
    at: new Date(now).toISOString(),
    ...more,
  };
}
