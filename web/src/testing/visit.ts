// Sites, contacts and the visitor's wire for tests.
import type { Commands, Events, FieldView, Opened, SiteView, Visit } from "../visit-protocol.js";
import { WireInMemory } from "./wire.js";

export function field(name: string, more: Partial<FieldView> = {}): FieldView {
  return { name, kind: "text", label: name, required: false, max_length: 80, choices: [], ...more };
}

export function site(more: Partial<SiteView> = {}): SiteView {
  return {
    name: "Marrow & Pine",
    language: "en",
    languages: ["en"],
    theme: { accent: "", ink: "", launcher: "", side: "end" },
    hours: { open: true, opens_at: null, closes_at: null, time_zone: "Europe/Lisbon" },
    fields: [field("name", { required: true }), field("email", { kind: "email" })],
    consent: { version: "v1", text: "You may record this call.", required: false },
    video: true,
    callback_now: true,
    callback_later: true,
    message: true,
    callback_times: [],
    ...more,
  };
}

export function visit(state: Visit["state"], more: Partial<Visit> = {}): Visit {
  return {
    seq: 1,
    session: "SE1",
    state,
    position: null,
    wait: null,
    wait_more: false,
    offers_callback: false,
    music: false,
    ringing: false,
    agent: null,
    others: [],
    call: null,
    held: false,
    recording: false,
    callback: null,
    ended: null,
    seconds: null,
    may_rate: false,
    rated: null,
    ...more,
  };
}

export const agent = { identity: "agent-1", name: "Inès Moreau" };
export const call = { room: "call-SE1", identity: "visitor-1", token: "token" };

export function opened(shown: Visit, more: Partial<SiteView> = {}): Opened {
  return { site: site(more), visit: shown, resume: "secret" };
}

/** The visitor's socket; its other end is in the test's hands. */
export class VisitWire extends WireInMemory {
  /** What a command is answered with from now on. */
  answer<Name extends keyof Commands>(
    name: Name,
    with_: (payload: Commands[Name]["send"]) => unknown,
  ): void {
    (this.answers as Record<string, unknown>)[name] = with_;
  }

  /** The server tells the page something. */
  tell<Name extends keyof Events>(name: Name, detail: Events[Name]): void {
    this.serve(name as never, detail as never);
  }

  /** What the last command of this name carried. */
  last<Name extends keyof Commands>(name: Name): Commands[Name]["send"] | undefined {
    return this.sent.findLast((sent) => sent.name === name)?.payload as Commands[Name]["send"];
  }
}
