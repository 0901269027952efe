import { expect, test } from "vitest";
import { entered } from "../../testing/desk.js";
import { live, staff, waiting } from "../../testing/live.js";
import { Clock } from "../desk/times.js";
import {
  aged,
  agentRows,
  decisionRows,
  figuresOf,
  onlyOf,
  talkRows,
  taskRows,
  whyWaiting,
} from "./view.js";

const NOW = Date.parse("2026-11-21T12:00:00.000Z");
const { activities } = entered;
const CLOCK = new Clock();

test("the figures are those of the view", () => {
  const figures = figuresOf(live(NOW), activities);
  expect(figures.map(({ name, value, beside }) => [name, value, beside])).toEqual([
    ["Waiting", "2", "longest 3:12"],
    ["In progress", "1", ""],
    ["Answered", "124", "today"],
    ["Abandoned", "3.1 %", "4 of 128 today"],
    ["Available", "1 of 3", "1 talking"],
  ]);
  expect(figures[0]?.late).toBe(true);
});

test("a day on which nobody called has no share of the abandoned", () => {
  const quiet = live(NOW, { waiting: [], answered_today: 0, abandoned_today: 0 });
  expect(figuresOf(quiet, activities)[3]?.value).toBe("0 %");
  expect(figuresOf(quiet, activities)[0]).toMatchObject({ value: "0", late: false });
});

test("one queue shows only what is in it", () => {
  const french = onlyOf(live(NOW), "Support, French");
  expect(french.waiting.map(({ customer }) => customer)).toEqual(["Claire Petit"]);
  expect([french.talks, figuresOf(french, activities)[4]?.value]).toEqual([[], "0 of 3"]);
});

test("who waits longest comes first, and what is assigned waits no longer", () => {
  const busy = live(NOW, {
    waiting: [...live(NOW).waiting, waiting("Marta", {}, { state: "assigned", age: 900 })],
  });
  const rows = taskRows(busy, NOW);
  expect(rows.map(({ name, since, late }) => [name, since, late])).toEqual([
    ["Claire Petit", NOW - 192_000, true],
    ["Deng Wei", NOW - 40_000, false],
  ]);
});

test.each([
  [{ Tom: "capacity", Inès: "wrap_up", Joel: "activity" }, "2 agents fit, and all are busy."],
  [{ Tom: "requirement:French", Inès: "absent" }, "Nobody with French is free."],
  [{ Tom: "backing_off" }, "Those who fit have just not answered, and are asked again soon."],
  [{ Tom: "not_preferred" }, "Kept for a certain agent for now."],
  [{ Tom: "activity", Inès: "absent" }, "Nobody who fits is available."],
  [{ Tom: "expression" }, "No agent of this queue fits."],
])("why a task still waits follows from who was considered: %o", (reasons, words) => {
  expect(whyWaiting(waiting("Deng", reasons as unknown as Record<string, string>))).toBe(words);
});

test("who waits longer than the queue is to take is late", () => {
  const slow = live(NOW, {
    waiting: [
      waiting("Ann", {}, { age: 30, service_level: 30 }),
      waiting("Bob", {}, { age: 29, service_level: 30 }),
      waiting("Cy", {}, { age: 500, service_level: null }),
    ],
  });
  expect(taskRows(slow, NOW).map(({ name, late }) => [name, late])).toEqual([
    ["Cy", false],
    ["Ann", true],
    ["Bob", false],
  ]);
});

test("while nothing is told, who waits grows older, and late", () => {
  const later = aged(live(NOW), 90);
  expect(figuresOf(later, activities)[0]?.beside).toBe("longest 4:42");
  expect(taskRows(later, NOW + 90_000).map(({ since, late }) => [since, late])).toEqual([
    [NOW - 192_000, true],
    [NOW - 40_000, true],
  ]);
});

test("a task that rings says where, and a new one that it just came", () => {
  const ringing = waiting("Deng", { Tom: "offered", Inès: "longer_idle" }, { state: "reserved" });
  expect(whyWaiting(ringing)).toBe("Rings at Tom.");
  expect(whyWaiting(waiting("Deng", {}, { decisions: [] }))).toBe("Just came.");
});

test("each decision says who was asked, and why not the others", () => {
  const task = waiting("Deng", { Tom: "offered", Inès: "longer_idle" });
  const [row] = decisionRows(
    { ...task, decisions: task.decisions.map((d) => ({ ...d, others: 2 })) },
    CLOCK,
  );
  expect(row?.words).toBe("Offered to Tom.");
  expect(row?.considered).toEqual([
    { name: "Tom", why: "was asked" },
    { name: "Inès", why: "has been idle for less time" },
  ]);
  expect(row?.others).toBe("2 other agents do not fit.");
});

test("agents at work come first, those who are not there last", () => {
  const rows = agentRows(live(NOW), activities, CLOCK);
  expect(rows.map(({ name, line, words, small }) => [name, line, words, small])).toEqual([
    ["Inès Moreau", "live", "Talking", "Marta Silva"],
    ["Joel Otieno", "flat", "Break", "missed offers: 3"],
    ["Tom Becker", "open", "Available", ""],
    ["Aiko Mori", "flat", "not signed in", ""],
  ]);
});

test("an agent who did not choose to be away is shown with the reason", () => {
  const away = [
    staff("AG1", "Inès", { activity: "AV2", reason: "no_answer" }),
    staff("AG2", "Joel", { activity: "AV2", reason: "supervisor" }),
    staff("AG3", "Tom", { reason: "no_answer", load: "busy" }),
  ];
  const rows = agentRows(live(NOW, { agents: away, talks: [] }), activities, CLOCK);
  expect(rows.map(({ small }) => small)).toEqual([
    "",
    "set away: offers not answered",
    "set by a supervisor",
  ]);
});

test("a call on hold says so", () => {
  const [talk] = live(NOW).talks;
  const rows = talkRows(live(NOW, { talks: talk ? [{ ...talk, held: true }] : [] }), CLOCK);
  expect(rows).toMatchObject([{ line: "hold", small: "with Inès Moreau · Support, English" }]);
});
