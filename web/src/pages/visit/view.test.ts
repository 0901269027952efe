import { expect, test } from "vitest";
import type { Capture } from "../../client/devices.js";
import { Refused, Unreachable } from "../../client/errors.js";
import { agent, site, visit } from "../../testing/visit.js";
import { problem } from "../../testing/wire.js";
import type { Visit } from "../../visit-protocol.js";
import type { VisitState } from "./controller.js";
import { type Around, type Body, lineOf, viewOf } from "./view.js";

const off: Capture = { track: null, wanted: false, asking: false, trouble: null };
const on = { ...off, wanted: true, track: {} as MediaStreamTrack };
const now = new Date("2026-11-21T12:00:00");

const around: Around = {
  now,
  locale: "en-GB",
  microphone: on,
  camera: off,
  canCall: true,
  soundBlocked: false,
  origin: "https://calls.example",
};

function state(shown: Visit | null, more: Partial<VisitState> = {}): VisitState {
  return {
    phase: "open",
    error: null,
    elsewhere: false,
    site: shown ? site() : null,
    visit: shown,
    step: null,
    busy: false,
    problems: {},
    failure: null,
    written: false,
    agreed: false,
    video: false,
    answers: null,
    ...more,
  };
}

const view = (of: VisitState, more: Partial<Around> = {}) => viewOf(of, { ...around, ...more });
const body = <Kind extends Body["kind"]>(
  of: VisitState,
  kind: Kind,
  more: Partial<Around> = {},
) => {
  const drawn = view(of, more).body;
  expect(drawn.kind).toBe(kind);
  return drawn as Extract<Body, { kind: Kind }>;
};

test("every state of a contact has a panel with a title", () => {
  const kinds: Record<Visit["state"], Body["kind"]> = {
    created: "form",
    form: "form",
    consent: "form",
    queued: "waiting",
    offering: "waiting",
    connecting: "talking",
    live: "talking",
    ended: "ended",
    abandoned: "ended",
    failed: "ended",
    closed: "instead",
    callback: "booked",
  };
  for (const [name, kind] of Object.entries(kinds)) {
    const drawn = view(state(visit(name as Visit["state"])));
    expect(drawn.body.kind, name).toBe(kind);
    expect(drawn.title, name).not.toBe("");
  }
});

test("before the contact is there, the panel says so, and says when nobody answers", () => {
  expect(body(state(null, { phase: "connecting" }), "notice").words).toBe("Connecting you.");
  const lost = body(state(null, { phase: "lost" }), "notice");
  expect([lost.line, lost.title]).toEqual(["lost", "We cannot be reached"]);
});

test("a refused site is named in words and can be tried again", () => {
  const error = new Refused(problem(404, "unknown_site"));
  const drawn = body(state(null, { error }), "notice");
  expect(drawn.words).toBe("This button does not work on this page.");
  expect(drawn.action?.id).toBe("reopen");
});

test("a contact that is in another window can be taken back", () => {
  const drawn = body(state(visit("live"), { elsewhere: true }), "notice");
  expect(drawn.action).toEqual({ id: "reopen", words: "Use this tab" });
});

test("the form asks its fields and never pre-ticks the consent", () => {
  const drawn = body(state(visit("form")), "form");
  expect(drawn.fields.map(({ name }) => name)).toEqual(["name", "email"]);
  expect(drawn.consent).toEqual({ text: "You may record this call.", required: false });
  expect(drawn.agreed).toBe(false);
});

test("a form that was filled in, or is not needed, leaves the consent alone", () => {
  expect(body(state(visit("consent")), "form").fields).toEqual([]);
});

test("the check lets a call start once there is a microphone", () => {
  const checking = state(visit("consent"), { step: "check" });
  expect(body(checking, "check").ready).toBe(true);
  const asking = body(checking, "check", { microphone: { ...off, asking: true } });
  expect([asking.ready, asking.asking]).toEqual([false, true]);
});

test.each(["blocked", "missing", "busy", "insecure", "failed"] as const)(
  "a microphone that is %s is explained in the check",
  (trouble) => {
    const checking = state(visit("consent"), { step: "check" });
    const drawn = body(checking, "check", { microphone: { ...off, trouble } });
    expect(drawn.trouble?.length).toBeGreaterThan(20);
    expect(drawn.retry).toBe(trouble !== "insecure");
    expect(drawn.ready).toBe(false);
  },
);

test("a browser without calls is told to write instead", () => {
  const drawn = body(state(visit("consent"), { step: "check" }), "check", { canCall: false });
  expect([drawn.ready, drawn.retry, drawn.write]).toEqual([false, false, true]);
  expect(drawn.trouble).toContain("cannot make calls");
});

test.each([
  [45, false, "Less than a minute."],
  [60, false, "About 1 minute."],
  [61, false, "About 2 minutes."],
  [500, true, "More than 8 minutes."],
  [null, false, "Someone will answer as soon as possible."],
])("a wait of %s seconds (longer: %s) reads %s", (wait, wait_more, words) => {
  const drawn = body(state(visit("queued", { position: 2, wait, wait_more })), "waiting");
  expect(drawn.position).toBe(2);
  expect(drawn.words).toBe(`${words} You keep your place if you change pages.`);
});

test("a callback is offered only when the server says the wait is long", () => {
  expect(body(state(visit("queued")), "waiting").callback).toBe(false);
  expect(body(state(visit("queued", { offers_callback: true })), "waiting").callback).toBe(true);
});

test("while an agent is rung the place in the queue gives way to the ringing", () => {
  const drawn = body(state(visit("offering", { position: 1, offers_callback: true })), "waiting");
  expect([drawn.position, drawn.callback, drawn.write]).toEqual([null, false, false]);
  expect(drawn.words).toContain("ringing");
});

test("the call is titled after the agent, and says who else is there", () => {
  const others = [{ identity: "t", name: "Tom" }];
  const drawn = view(state(visit("live", { agent, others, held: true, recording: true })));
  expect(drawn.title).toBe("Inès Moreau");
  expect(drawn.body).toMatchObject({ others: "Also here: Tom", held: true, recording: true });
  expect(view(state(visit("connecting", { agent }))).title).toBe("Connecting you");
});

test("when closed the panel says from when on somebody answers, and what else there is", () => {
  const hours = { ...site().hours, open: false, opens_at: "2026-11-23T08:00:00" };
  const closed = visit("closed", { ended: "closed" });
  const drawn = body(state(closed, { site: site({ hours }) }), "instead");
  expect(drawn.title).toBe("We are closed");
  expect(drawn.words).toBe("We answer again Monday 23 November at 8:00.");
  expect([drawn.callback, drawn.write]).toEqual([true, true]);
});

test.each([
  ["queue_full", "Everyone is talking"],
  ["waited_too_long", "Everyone is talking"],
  ["nobody_there", "Nobody answers now."],
] as const)("a side exit by %s is titled %s", (ended, title) => {
  expect(body(state(visit("closed", { ended })), "instead").title).toBe(title);
});

test("when closed nobody is asked for the form or the microphone first", () => {
  const hours = { ...site().hours, open: false, opens_at: "2026-11-23T08:00:00" };
  const closed = state(visit("form"), { site: site({ hours }) });
  expect(body(closed, "instead").title).toBe("We are closed");
  const later = new Date("2026-11-23T08:00:01");
  expect(body(closed, "form", { now: later }).lead).not.toBe("");
});

test("when closed a callback is for later, not for now", () => {
  const hours = { ...site().hours, open: false };
  const closed = state(visit("closed", { ended: "closed" }), {
    step: "book",
    site: site({ hours }),
  });
  const drawn = body(closed, "book");
  expect(drawn.now).toBe(false);
  expect(drawn.days.length).toBeGreaterThan(6);
});

test("a callback can be asked for now, later, or both, as the site allows", () => {
  const waiting = (more: object) =>
    body(state(visit("queued"), { step: "book", site: site(more) }), "book");
  expect(waiting({ callback_later: false })).toMatchObject({ now: true, days: [] });
  expect(waiting({ callback_now: false }).now).toBe(false);
  expect(waiting({}).now).toBe(true);
});

test("what was answered before is not asked again", () => {
  const writing = state(visit("queued"), { step: "write", answers: { name: "Marta" } });
  expect(body(writing, "write").fields).toEqual([]);
});

test("a booked callback says when, and gives its link", () => {
  const callback = {
    state: "requested",
    at: "2026-11-21T14:30:00",
    link: "/visit/k?resume=s",
  } as const;
  const drawn = body(state(visit("callback", { callback })), "booked");
  expect(drawn.words).toBe("We call you 14:30, on this page or by your link.");
  expect(drawn.link).toBe("https://calls.example/visit/k?resume=s");
  expect([drawn.stay, drawn.change]).toEqual([true, true]);
});

test.each([
  ["due", "We call you back", true],
  ["dialing", "We call you back", true],
  ["expired", "We called and did not reach you", false],
  ["canceled", "The callback is cancelled", false],
] as const)("a callback that is %s is titled %s", (now_, title, stay) => {
  const callback = { state: now_, at: null, link: "/visit/k" };
  const drawn = body(state(visit("callback", { callback })), "booked");
  expect([drawn.title, drawn.stay]).toEqual([title, stay]);
});

test.each([
  ["link_expired", "This link has expired"],
  ["link_unknown", "This link has expired"],
  ["link_used", "This link was used already"],
  ["link_over", "This callback is over"],
])("a link that opens nothing (%s) says why, and how to call", (code, title) => {
  const error = new Refused(problem(409, code));
  const drawn = body(state(null, { phase: "over", error }), "notice");
  expect([drawn.title, drawn.action?.id]).toEqual([title, "again"]);
});

test("a callback that rings names who calls", () => {
  expect(body(state(visit("callback", { ringing: true, agent })), "ringing").title).toBe(
    "Inès Moreau is calling you",
  );
  expect(body(state(visit("callback", { ringing: true })), "ringing").title).toBe(
    "Marrow & Pine is calling you",
  );
});

test.each([
  ["visitor_left", "You hung up."],
  ["agent_left", "Inès Moreau ended the call."],
  ["closed", "We have closed for today."],
  ["queue_full", "Too many people were waiting."],
  ["waited_too_long", "Nobody could answer in time. You did nothing wrong."],
  ["nobody_there", "Nobody is there just now."],
  ["connection_lost", "The connection was lost after 6 minutes."],
  ["canceled", "The call was cancelled."],
  ["not_allowed", "This site may not take calls from you."],
  ["server_error", "Something went wrong on our side."],
] as const)("an end by %s reads: %s", (ended, words) => {
  const drawn = body(state(visit("ended", { ended, agent, seconds: 372 })), "ended");
  expect(drawn.words).toBe(words);
  expect(drawn.title).toBe("You talked to Inès Moreau for 6 minutes");
});

test("a call is rated once", () => {
  const over = { agent, ended: "agent_left", may_rate: true } as const;
  expect(body(state(visit("ended", over)), "ended").rates).toBe(true);
  const rated = body(state(visit("ended", { ...over, rated: 4 })), "ended");
  expect([rated.rates, rated.rated]).toEqual([false, 4]);
});

test("who may not call is not asked to call again", () => {
  expect(body(state(visit("failed", { ended: "not_allowed" })), "ended").again).toBe(false);
});

test("a message that was left is confirmed, whatever the contact became", () => {
  expect(body(state(visit("ended"), { written: true }), "notice").title).toBe("Message sent");
});

test("a lost connection is said over the panel, with what stays safe", () => {
  expect(view(state(visit("queued"), { phase: "lost" })).lost).toContain("You keep your place");
  expect(view(state(visit("live"), { phase: "lost" })).lost).toContain("The call goes on");
  expect(view(state(visit("queued"))).lost).toBeNull();
});

test("what failed is said in one sentence", () => {
  const failure = (error: unknown) => view(state(visit("queued"), { failure: error })).failure;
  expect(failure(new Unreachable("x"))).toContain("does not answer");
  expect(failure(new Refused(problem(409, "rated")))).toBe("You have rated this call already.");
  expect(failure(new Refused({ ...problem(429, "rate_limited"), retry_after: 4.2 }))).toBe(
    "Too many tries. Wait 5 seconds.",
  );
  expect(failure(new Refused(problem(503, "anything")))).toContain("away");
});

test("the button shows the state of the line", () => {
  const line = (shown: Visit | null, more: Partial<VisitState> = {}) => lineOf(state(shown, more));
  expect(line(null)).toBe("none");
  expect(line(visit("form"))).toBe("none");
  expect(line(visit("queued"))).toBe("ringing");
  expect(line(visit("live"))).toBe("live");
  expect(line(visit("live", { held: true }))).toBe("hold");
  expect(line(visit("live"), { phase: "lost" })).toBe("lost");
  expect(line(visit("ended", { may_rate: true }))).toBe("ended");
  expect(line(visit("ended"), { phase: "lost" })).toBe("none");
  expect(line(visit("callback", { ringing: true }))).toBe("ringing");
});
