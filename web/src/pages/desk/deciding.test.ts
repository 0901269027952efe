import { expect, test } from "vitest";
import type { DecisionView } from "../../desk-protocol.js";
import { contact, decision, offer } from "../../testing/desk.js";
import { decisionRow, reasonWords, whyMine } from "./deciding.js";
import { Clock } from "./times.js";
import { offerModels, whyContact } from "./view.js";

const NOW = Date.parse("2026-11-21T12:00:00.000Z");

/** A decision in which this agent was asked, and others were not for these reasons. */
function among(...reasons: string[]): DecisionView {
  const considered = ["offered", ...reasons].map((reason, place) => ({
    agent: `AG${place}`,
    name: `Agent ${place}`,
    reason,
  }));
  return { ...decision, considered };
}

function modelOf(more: Parameters<typeof offer>[1]) {
  const first = () => NOW;
  const desk = { offers: [offer(NOW, more)] } as unknown as Parameters<typeof offerModels>[0];
  return offerModels(desk, { clock: new Clock(), first, accepting: null, shortcuts: false })[0];
}

test("what one has over the others is said in one sentence", () => {
  expect(whyMine(among("longer_idle", "absent"))).toBe("You have been idle the longest.");
  expect(whyMine(among("turn"))).toBe("It is your turn.");
  expect(whyMine(among("fewer_tasks"))).toBe("You have had the fewest contacts.");
  expect(whyMine(among("less_talk"))).toBe("You have talked the least.");
  expect(whyMine(among("not_preferred", "absent"))).toBe("It is kept for you.");
});

test("who is free alone is told so, and so are those who are asked together", () => {
  expect(whyMine(among("absent", "capacity", "requirement:French"))).toBe(
    "You are the only one free who fits.",
  );
  expect(whyMine(among("offered"))).toBe("Everybody who fits is asked at once.");
  expect(whyMine(null)).toBe("");
});

test("the whole decision names everybody who was considered", () => {
  const row = decisionRow(decision, new Clock(1000));
  expect(row.at).toBe(Date.parse(decision.at) + 1000);
  expect(row.words).toBe("Offered to Inès Moreau.");
  expect(row.considered.map(({ name, why }) => `${name} ${why}`)).toEqual([
    "Inès Moreau was asked",
    "Salma Haddad has no room for another contact",
    "Tom Becker has been idle for less time",
  ]);
});

test("an offer says why it came, but not when a colleague chose this agent", () => {
  expect(modelOf({})?.why).toBe("You have been idle the longest.");
  expect(modelOf({ consult: true, transfer_from: "Tom", decision: null })?.why).toBe("");
  expect(modelOf({ transfer_from: "Tom", decision: among() })?.why).toBe("");
  expect(whyContact(contact(NOW))).toBe("You have been idle the longest.");
  expect(whyContact(contact(NOW, { mine: "consulted", decision: null }))).toBe("");
});

test("what was written is read before the answer: a message, or a colleague's notes", () => {
  const { customer } = offer(NOW);
  expect(modelOf({})?.said).toBeNull();
  expect(modelOf({ transfer_from: "Tom", notes: "Size 38." })?.said).toEqual({
    name: "Note from Tom",
    value: "Size 38.",
  });
  expect(modelOf({ customer: { ...customer, message: "Please write." } })?.said).toEqual({
    name: "Message",
    value: "Please write.",
  });
});

test("every reason of the router has its words, and an unknown one is shown as it is", () => {
  const known =
    "offered absent activity wrap_up backing_off capacity not_preferred expression declined " +
    "order_by longer_idle turn fewer_tasks less_talk draw earlier requirement:French";
  for (const reason of known.split(" ")) {
    expect(reasonWords(reason)).not.toBe(reason);
  }
  expect(reasonWords("moon_phase")).toBe("moon_phase");
});
