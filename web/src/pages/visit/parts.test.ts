import { expect, test } from "vitest";
import { forgetful } from "../../memory.js";
import { agent, field, site, visit } from "../../testing/visit.js";
import { Announcer } from "./announcing.js";
import { problemsOf, refusedField } from "./answers.js";
import { siteOf } from "./front.js";
import { Secret } from "./secret.js";
import { daysOf, whenIs } from "./times.js";

const marrow = site();

test("only a better place or a shorter wait is said aloud", () => {
  const announcer = new Announcer();
  const hear = (position: number, wait: number) =>
    announcer.hear(visit("queued", { position, wait }), marrow).status;
  expect(hear(3, 120)).toBe("You are number 3. About 2 minutes.");
  expect(hear(3, 180)).toBeNull();
  expect(hear(4, 180)).toBeNull();
  expect(hear(3, 120)).toBeNull();
  expect(hear(2, 120)).toBe("You are number 2. About 2 minutes.");
  expect(hear(2, 50)).toBe("You are number 2. Less than a minute.");
});

test("an answer, a hold and a recording are each said once", () => {
  const announcer = new Announcer();
  const live = { agent, held: false };
  announcer.hear(visit("queued", { position: 1 }), marrow);
  expect(announcer.hear(visit("connecting", live), marrow).status).toContain("Inès Moreau answers");
  expect(announcer.hear(visit("live", live), marrow).status).toBe("Connected to Inès Moreau.");
  expect(announcer.hear(visit("live", live), marrow)).toEqual({ status: null, alert: null });
  const held = visit("live", { ...live, held: true });
  expect(announcer.hear(held, marrow).status).toContain("put you on hold");
  expect(announcer.hear(held, marrow).status).toBeNull();
  const recorded = visit("live", { ...live, held: true, recording: true });
  expect(announcer.hear(recorded, marrow).alert).toBe("This call is being recorded.");
});

test("a callback that rings is an alert", () => {
  const announcer = new Announcer();
  announcer.hear(visit("callback"), marrow);
  const said = announcer.hear(visit("callback", { ringing: true, agent }), marrow);
  expect(said.alert).toBe("Inès Moreau is calling you");
});

const fields = [
  field("name", { required: true, max_length: 5 }),
  field("email", { kind: "email" }),
  field("phone", { kind: "phone" }),
  field("topic", { kind: "choice", choices: ["A", "B"].map((value) => ({ value, label: value })) }),
];

test("what is required, too long or of another form is named by its field", () => {
  expect(problemsOf(fields, { name: " " })).toEqual({ name: "Fill this in." });
  expect(problemsOf(fields, { name: "Matilda" })).toEqual({ name: "At most 5 characters." });
  const wrong = { name: "Ada", email: "ada@", phone: "call me", topic: "C" };
  expect(Object.keys(problemsOf(fields, wrong))).toEqual(["email", "phone", "topic"]);
  const right = { name: "Ada", email: "a@b.example", phone: "+44 20 7946 0000", topic: "B" };
  expect(problemsOf(fields, right)).toEqual({});
});

test("a field that the server refused is found by its path", () => {
  expect(Object.keys(refusedField(fields, "answers.email"))).toEqual(["email"]);
  expect(refusedField(fields, "version")).toEqual({});
});

test("the times of the server are shown by day, and past ones are left out", () => {
  const now = new Date("2026-11-21T12:00:00");
  const given = ["2026-11-21T09:00:00", "2026-11-21T15:00:00", "2026-11-23T08:30:00"];
  const days = daysOf(given, now, "en-GB");
  expect(days.map(({ name }) => name)).toEqual(["Saturday 21 November", "Monday 23 November"]);
  expect(days[0]?.times).toEqual([{ at: "2026-11-21T15:00:00", name: "15:00" }]);
});

test("without times of the server there are half hours of the next week", () => {
  const days = daysOf([], new Date("2026-11-21T12:10:00"), "en-GB");
  expect(days[0]?.times[0]?.name).toBe("13:00");
  expect(days.length).toBe(8);
});

test("a time of today is said without its day", () => {
  const now = new Date("2026-11-21T12:00:00");
  expect(whenIs("2026-11-21T14:30:00", now, "en-GB")).toBe("14:30");
  expect(whenIs("2026-11-22T14:30:00", now, "en-GB")).toContain("Sunday");
});

test("the secret is kept for the site, and this tab is remembered apart", () => {
  const lasting = forgetful();
  const tab = new Secret("k", lasting, forgetful());
  const other = new Secret("k", lasting, forgetful());
  tab.keep("secret");
  expect([tab.isHere, other.isHere, other.value]).toEqual([true, false, "secret"]);
  other.keep("secret");
  tab.letGo();
  expect([tab.isHere, tab.value]).toEqual([false, "secret"]);
  tab.forget();
  expect(other.value).toBeNull();
  expect(new Secret("another", lasting, forgetful()).value).toBeNull();
});

test("the site's key is in the address", () => {
  expect(siteOf("/visit/site_a%2Fb")).toBe("site_a/b");
});
