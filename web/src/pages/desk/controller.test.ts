// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Desk } from "../../desk-protocol.js";
import { contact, desk, offer, wrapping } from "../../testing/desk.js";
import { callsInMemory, deskInMemory } from "../../testing/desk-wire.js";
import "../../testing/dom.js";
import { problem, refusal, settled } from "../../testing/wire.js";
import { DeskController } from "./controller.js";

const NOW = Date.parse("2026-11-21T12:00:00.000Z");
const second = contact(NOW, { session: "SE2", held: true });

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

async function entered(first: Desk | null) {
  const { wire, connect } = deskInMemory(first);
  const { calls, rooms } = callsInMemory();
  const controller = new DeskController(connect, calls);
  const [failures, gone, offered, ended]: [unknown[], string[], string[], string[]] = [
    [],
    [],
    [],
    [],
  ];
  controller.on("failed", (error) => failures.push(error));
  controller.on("gone", (words) => gone.push(words));
  controller.on("offered", ({ reservation }) => offered.push(reservation));
  controller.on("ended", ({ session }) => ended.push(session));
  controller.begin();
  await settled();
  const sent = (name: string) =>
    wire.sent.filter((each) => each.name === name).map(({ payload }) => payload);
  return { wire, controller, calls, rooms, failures, gone, offered, ended, sent };
}

test("entering shows the desk, and says in which language", async () => {
  const { controller, sent } = await entered(desk(NOW));
  expect(controller.standing).toBe("in");
  expect(sent("enter")).toEqual([{ view: "desk", language: "en" }]);
  expect(controller.front).toBeNull();
});

test("an offer is announced once, however often the desk is told", async () => {
  const { wire, offered, controller } = await entered(desk(NOW));
  const told = desk(NOW, { seq: 2, offers: [offer(NOW)] });
  wire.serve("desk", told);
  wire.serve("desk", { ...told, seq: 3 });
  expect(offered).toEqual(["RS1"]);
  expect(controller.firstSeen("RS1")).toBe(NOW);
});

test("an older state of the desk changes nothing", async () => {
  const { wire, controller } = await entered(desk(NOW, { seq: 5 }));
  wire.serve("desk", desk(NOW, { seq: 4, offers: [offer(NOW)] }));
  expect(controller.offers).toEqual([]);
});

test("accepting holds whoever is spoken with, then takes the offer and shows it", async () => {
  const { wire, controller } = await entered(
    desk(NOW, { contacts: [contact(NOW)], offers: [offer(NOW, { session: "SE9" })] }),
  );
  await controller.accept("RS1");
  const after = wire.sent.slice(1).filter(({ name }) => name === "hold" || name === "accept");
  expect(after.map(({ name, payload }) => [name, payload])).toEqual([
    ["hold", { session: "SE1", held: true }],
    ["accept", { reservation: "RS1" }],
  ]);
  expect(controller.offers).toEqual([]);
  const session = "SE9";
  wire.serve("desk", desk(NOW, { seq: 2, contacts: [contact(NOW), contact(NOW, { session })] }));
  expect(controller.front?.session).toBe("SE9");
});

test("an offer that is over already is refused in words, and the desk goes on", async () => {
  const { wire, controller, failures } = await entered(desk(NOW, { offers: [offer(NOW)] }));
  wire.answers.accept = () => refusal(409, "offer_over");
  expect(await controller.accept("RS1")).toBe(false);
  expect(failures).toMatchObject([{ code: "offer_over" }]);
  expect(controller.busy("accept", "RS1")).toBe(false);
});

test("an offer that goes away while it rings says that the customer left", async () => {
  const { wire, gone } = await entered(desk(NOW, { offers: [offer(NOW)] }));
  wire.serve("desk", desk(NOW, { seq: 2 }));
  expect(gone).toEqual(["Marta Silva is not waiting for you any more."]);
});

test("an offer whose time is over says that it was missed", async () => {
  const { wire, gone } = await entered(desk(NOW, { offers: [offer(NOW)] }));
  vi.setSystemTime(NOW + 14_000);
  wire.serve("desk", desk(NOW + 14_000, { seq: 2 }));
  expect(gone).toEqual(["You did not answer; Marta Silva kept the place in the queue."]);
});

test("an offer that was rejected goes away without a word", async () => {
  const { wire, controller, gone, sent } = await entered(desk(NOW, { offers: [offer(NOW)] }));
  await controller.reject("RS1");
  wire.serve("desk", desk(NOW, { seq: 2 }));
  expect(sent("reject")).toEqual([{ reservation: "RS1" }]);
  expect(gone).toEqual([]);
});

test("resuming one customer holds the other first", async () => {
  const { controller, sent } = await entered(desk(NOW, { contacts: [contact(NOW), second] }));
  await controller.hold("SE2", false);
  expect(sent("hold")).toEqual([
    { session: "SE1", held: true },
    { session: "SE2", held: false },
  ]);
});

test("a second press while the first is under way does nothing", async () => {
  const { wire, controller, sent } = await entered(desk(NOW, { contacts: [contact(NOW)] }));
  delete wire.answers.hang_up;
  void controller.hangUp("SE1");
  expect(controller.busy("hang-up", "SE1")).toBe(true);
  expect(await controller.hangUp("SE1")).toBe(false);
  expect(sent("hang_up")).toHaveLength(1);
});

test("the end of a talk is told once, and its wrap-up is in front", async () => {
  const { wire, controller, ended } = await entered(desk(NOW, { contacts: [contact(NOW)] }));
  wire.serve("desk", desk(NOW, { seq: 2, contacts: [wrapping(NOW)] }));
  wire.serve("desk", desk(NOW, { seq: 3, contacts: [wrapping(NOW)] }));
  expect(ended).toEqual(["SE1"]);
  expect(controller.front?.mine).toBe("wrapping");
});

test("finishing sends what was written last", async () => {
  const { controller, sent } = await entered(desk(NOW, { contacts: [wrapping(NOW)] }));
  controller.drafts.write("SE1", { notes: "Sent a shade." });
  controller.drafts.write("SE1", { disposition: "Return arranged" });
  await controller.finish(wrapping(NOW));
  expect(sent("finish_wrap_up")).toEqual([
    { session: "SE1", notes: "Sent a shade.", disposition: "Return arranged" },
  ]);
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent("note")).toEqual([]);
});

test("a wrap-up without the disposition it needs stays, and says what is missing", async () => {
  const { wire, controller } = await entered(desk(NOW, { contacts: [wrapping(NOW)] }));
  wire.answers.finish_wrap_up = () => refusal(422, "disposition_required");
  controller.drafts.write("SE1", { notes: "Kept." });
  expect(await controller.finish(wrapping(NOW))).toBe(false);
  expect(controller.problem).toBe("disposition_required");
  expect(controller.drafts.of("SE1").notes).toBe("Kept.");
});

test("a later tab takes the desk over, and this one can take it back", async () => {
  const { wire, controller, rooms } = await entered(desk(NOW, { contacts: [contact(NOW)] }));
  wire.serve("taken_over", {});
  expect([controller.standing, controller.desk]).toEqual(["elsewhere", null]);
  expect(rooms[0]?.wire.names).not.toContain("leave");
  controller.begin();
  await settled();
  expect(controller.standing).toBe("in");
});

test("a desk whose sign-in has ended asks for it again, without ending the call", async () => {
  const { wire, controller, rooms } = await entered(desk(NOW, { contacts: [contact(NOW)] }));
  const out = vi.fn();
  controller.on("out", out);
  wire.serve("signed_out", {});
  expect(out).toHaveBeenCalledOnce();
  expect(rooms[0]?.wire.names).not.toContain("leave");
});

test("somebody who is not signed in is asked to sign in", async () => {
  const { wire, connect } = deskInMemory(desk(NOW));
  const controller = new DeskController(connect, callsInMemory().calls);
  wire.reachable = false;
  controller.begin();
  wire.refuse(problem(401, "token_missing"));
  expect(controller.standing).toBe("out");
});

test("a server that went away comes back with the desk, even counted anew", async () => {
  const { wire, controller, calls } = await entered(
    desk(NOW, { seq: 90, contacts: [contact(NOW)] }),
  );
  const cuts: boolean[] = [];
  controller.on("reconnecting", (lost) => cuts.push(lost));
  wire.disconnect();
  expect([controller.standing, controller.front?.session]).toEqual(["reconnecting", "SE1"]);
  expect(calls.room("SE1")).not.toBeNull();
  wire.answers.enter = () => ({
    ...{ user: "US1", name: "Inès", role: "agent", agent: "AG1", live: null },
    ...{ activities: [], dispositions: [], replies: [] },
    desk: desk(NOW, { seq: 1, contacts: [contact(NOW), second] }),
  });
  await vi.advanceTimersByTimeAsync(5000);
  expect(controller.desk?.contacts).toHaveLength(2);
  expect(cuts).toEqual([true, false]);
});

test("notes are sent after a moment of rest, and again when the server is back", async () => {
  const { wire, controller, sent } = await entered(desk(NOW, { contacts: [contact(NOW)] }));
  controller.drafts.write("SE1", { notes: "Sha" });
  controller.drafts.write("SE1", { notes: "Shade" });
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent("note")).toEqual([{ session: "SE1", notes: "Shade" }]);
  wire.disconnect();
  controller.drafts.write("SE1", { notes: "Shade bent" });
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent("note").at(-1)).toEqual({ session: "SE1", notes: "Shade bent" });
});

test("a customer who was passed on in vain is back, with the reason, said once", async () => {
  const { wire, controller } = await entered(desk(NOW));
  const said: string[] = [];
  controller.on("returned", (words) => said.push(words));
  const back = desk(NOW, { seq: 2, contacts: [contact(NOW, { held: true })], notice: "timeout" });
  wire.serve("desk", back);
  wire.serve("desk", { ...back, seq: 3 });
  expect(said).toEqual(["Nobody answered the transfer. The customer is with you again."]);
});
