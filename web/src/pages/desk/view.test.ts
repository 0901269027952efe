import { expect, test } from "vitest";
import { agent, contact, customer, desk, entered, offer, wrapping } from "../../testing/desk.js";
import { Clock } from "./times.js";
import {
  aboutOf,
  activityMenu,
  answersOf,
  colleagueRows,
  doingOf,
  frontOf,
  kindOf,
  nameOf,
  nextOf,
  offerModels,
  sessionRows,
  standing,
  talks,
} from "./view.js";

const NOW = Date.parse("2026-11-21T12:00:00.000Z");
const { activities } = entered;
const held = contact(NOW, { session: "SE2", held: true });

test("a callback that is being made rings", () => {
  expect(standing(contact(NOW, { state: "callback", answered_at: null }))).toEqual({
    line: "ringing",
    words: "Ringing",
  });
});

test("an agent in an available activity has an open line", () => {
  expect(doingOf(agent, activities)).toEqual({ line: "open", words: "Available" });
  expect(doingOf({ ...agent, activity: "AV2" }, activities)).toEqual({
    line: "flat",
    words: "Break",
  });
});

test("what is chosen while there is work in hand comes next, and is checked in the menu", () => {
  const busy = { ...agent, load: "busy" as const, next_activity: "AV2" };
  expect(nextOf(busy, activities)).toBe("Break");
  expect(activityMenu(busy, activities).filter(({ checked }) => checked)).toMatchObject([
    { id: "AV2" },
  ]);
});

test("in wrap-up the present activity is what comes next", () => {
  const wraps = { ...agent, load: "wrapping" as const };
  expect(doingOf(wraps, activities).line).toBe("wrap");
  expect(nextOf(wraps, activities)).toBe("Available");
  expect(nextOf(agent, activities)).toBe("");
});

test("the session that was chosen is in front, else the one that talks", () => {
  const both = desk(NOW, { contacts: [held, contact(NOW)] });
  expect(frontOf(both, null)?.session).toBe("SE1");
  expect(frontOf(both, "SE2")?.session).toBe("SE2");
  expect(frontOf(both, "gone")?.session).toBe("SE1");
  expect(frontOf(desk(NOW), null)).toBeNull();
});

test("an agent speaks in a session that is not held, and with a colleague while it is", () => {
  const transfer = { agent: "AG2", name: "Tom", state: "consulting", failed: null } as const;
  expect(talks(contact(NOW))).toBe(true);
  expect(talks(held)).toBe(false);
  expect(talks({ ...held, transfer })).toBe(true);
  expect(talks({ ...held, transfer: { ...transfer, state: "ringing" } })).toBe(false);
  expect(talks({ ...contact(NOW), transfer: { ...transfer, state: "ringing" } })).toBe(false);
  expect(talks({ ...contact(NOW), transfer: { ...transfer, state: "conference" } })).toBe(true);
  expect(talks({ ...held, mine: "consulted" })).toBe(true);
  expect(talks(wrapping(NOW))).toBe(false);
});

test("a session says how it stands, as a shape and a word", () => {
  const ringing = { agent: "AG2", name: "Tom", state: "ringing", failed: null } as const;
  const lost = [{ ...contact(NOW).parties[0], there: false }] as ReturnType<
    typeof contact
  >["parties"];
  expect(standing(contact(NOW))).toEqual({ line: "live", words: "Talking" });
  expect(standing(held)).toEqual({ line: "hold", words: "On hold" });
  expect(standing(wrapping(NOW))).toEqual({ line: "wrap", words: "Wrap-up" });
  expect(standing({ ...held, transfer: ringing })).toEqual({ line: "hold", words: "Asking Tom" });
  expect(standing(contact(NOW, { state: "connecting" })).line).toBe("open");
  expect(standing(contact(NOW, { parties: lost })).line).toBe("lost");
});

test("only the time of a talk counts beside a name", () => {
  const rows = sessionRows(desk(NOW, { contacts: [contact(NOW), held] }), "SE1", new Clock(500));
  expect(rows.map(({ front, since }) => [front, since])).toEqual([
    [true, NOW - 222_000 + 500],
    [false, null],
  ]);
});

test("an offer says who, about what, how long they waited, and until when", () => {
  const [model] = offerModels(desk(NOW, { offers: [offer(NOW)] }), {
    clock: new Clock(1000),
    first: () => NOW - 6000,
    accepting: "RS1",
    shortcuts: true,
  });
  expect(model).toMatchObject({
    name: "Marta Silva",
    kind: "Video call from Lamp shop",
    about: "Delivery and returns, from Halden desk lamp",
    until: NOW + 15_000,
    busy: true,
  });
  expect(model?.facts.map(({ value }) => value)).toEqual([
    "0:48",
    "English",
    "Tom Becker · Question answered",
    "Support, English",
  ]);
});

test("who asks or passes on is named in the offer", () => {
  expect(kindOf(offer(NOW, { transfer_from: "Tom" }))).toBe("Transfer from Tom");
  expect(kindOf(offer(NOW, { transfer_from: "Tom", consult: true }))).toBe("Tom wants to ask you");
  expect(kindOf(offer(NOW, { consult: true }))).toBe("A colleague wants to ask you");
  expect(kindOf(offer(NOW, { channel: "callback" }))).toBe("Call back");
});

test("a customer without a name is called by what is known", () => {
  expect(nameOf({ ...customer, name: "" })).toBe("marta.silva@example.org");
  expect(nameOf({ ...customer, name: "", email: "" })).toBe("Visitor");
  expect(aboutOf({ ...customer, answers: [] })).toBe("Halden desk lamp");
});

test("an answer that says who it is, is not what it is about", () => {
  const answers = [
    { name: "name", label: "Name", value: customer.name },
    { name: "mail", label: "Mail", value: customer.email },
    { name: "reason", label: "Reason", value: "A return" },
  ];
  expect(answersOf({ ...customer, answers })).toEqual([{ name: "Reason", value: "A return" }]);
  expect(aboutOf({ ...customer, answers })).toBe("A return, from Halden desk lamp");
});

test("colleagues who can be rung come first", () => {
  const rows = colleagueRows(desk(NOW));
  expect(rows.map(({ name, line }) => [name, line])).toEqual([
    ["Tom Becker", "open"],
    ["Aiko Mori", "flat"],
    ["Salma Haddad", "live"],
  ]);
});
