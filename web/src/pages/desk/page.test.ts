// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import type { AudioOutput } from "../../client/audio.js";
import type { Desk } from "../../desk-protocol.js";
import { forgetful } from "../../memory.js";
import { agent, contact, customer, desk, offer, wrapping } from "../../testing/desk.js";
import { callsInMemory, deskInMemory } from "../../testing/desk-wire.js";
import "../../testing/dialogs.js";
import { tidy } from "../../testing/dom.js";
import { restInMemory, settled } from "../../testing/rest.js";
import { Api } from "../admin/api.js";
import { DeskController } from "./controller.js";
import { DeskPage } from "./page.js";

const who = {
  login: "ines",
  name: "Inès Moreau",
  role: "agent",
  permissions: [],
  must_change: false,
};

/** An audio context that makes no sound. */
class Silent {
  currentTime = 0;
  state = "running";
  destination = {};
  resume = async () => undefined;
  createMediaStreamDestination = () => ({ stream: null });
}
/** A part of it that is wired up and does nothing. */
class Wired {
  gain = new Proxy({}, { get: () => () => undefined });
  connect = (to: unknown) => to;
  start = () => undefined;
  stop = () => undefined;
}

beforeEach(() => {
  vi.stubGlobal("AudioContext", Silent);
  vi.stubGlobal("GainNode", Wired);
  vi.stubGlobal("OscillatorNode", Wired);
});

async function opened(first: Desk | null) {
  const { wire, connect } = deskInMemory(first);
  const { calls, devices } = callsInMemory();
  const page = new DeskPage();
  const regions = { status: document.createElement("p"), alert: document.createElement("p") };
  const output = { on: () => () => undefined, unlock: () => undefined, blocked: false };
  Object.assign(page, { devices, regions, output: output as unknown as AudioOutput });
  page.controller = new DeskController(connect, calls);
  page.memory = forgetful();
  page.api = new Api(
    restInMemory({ "GET /v1/sign-in": who, "DELETE /v1/sign-in": () => undefined }).ask,
  );
  document.body.append(page);
  await drawn(page);
  return { page, wire, regions };
}

async function drawn(page: DeskPage): Promise<void> {
  await settled();
  await page.updateComplete;
  await settled();
}

/** All that is drawn, through every shadow. */
function all(root: ParentNode, query: string): HTMLElement[] {
  const found = [...root.querySelectorAll<HTMLElement>(query)];
  const inner = [...root.querySelectorAll("*")].flatMap((each) =>
    each.shadowRoot ? all(each.shadowRoot, query) : [],
  );
  return [...found, ...inner];
}

function press(page: DeskPage, words: string): void {
  const found = all(page.shadowRoot as ParentNode, "button").find(
    (button) => tidy(button.textContent) === words,
  );
  if (!found) {
    throw new Error(`no button ${words}`);
  }
  found.click();
}

const text = (page: DeskPage) =>
  tidy(
    all(page.shadowRoot as ParentNode, "h1, p, .badge, .line")
      .map((e) => e.textContent)
      .join(" "),
  );

function key(code: string): void {
  const event = new KeyboardEvent("keydown", { code, altKey: true, bubbles: true });
  document.dispatchEvent(event);
}

test("an agent with nothing to do is told that the line is open", async () => {
  const { page } = await opened(desk(Date.now()));
  expect(text(page)).toContain("Your line is open");
  expect(page.heading).toBe("Desk");
});

test("an offer is called out, names the page, shows who it is and is accepted by its key", async () => {
  const { page, wire, regions } = await opened(desk(Date.now(), { offers: [offer(Date.now())] }));
  expect(page.heading).toBe("Marta Silva is calling");
  expect(regions.alert.textContent).toContain("Marta Silva is calling about Delivery");
  expect(text(page)).toContain("Verified");
  key("KeyA");
  await drawn(page);
  expect(wire.sent.at(-1)).toMatchObject({ name: "accept", payload: { reservation: "RS1" } });
});

test("an offer is rejected by its button", async () => {
  const { page, wire } = await opened(desk(Date.now(), { offers: [offer(Date.now())] }));
  press(page, "Reject");
  await drawn(page);
  expect(wire.sent.at(-1)).toMatchObject({ name: "reject", payload: { reservation: "RS1" } });
});

test("Hold, Resume and Hang up say what they do", async () => {
  const { page, wire } = await opened(desk(Date.now(), { contacts: [contact(Date.now())] }));
  press(page, "Hold");
  await drawn(page);
  wire.serve("desk", desk(Date.now(), { seq: 2, contacts: [contact(Date.now(), { held: true })] }));
  await drawn(page);
  expect(text(page)).toContain("On hold. Marta Silva hears music.");
  press(page, "Resume");
  await drawn(page);
  press(page, "Hang up");
  await drawn(page);
  expect(wire.sent.slice(-3).map(({ name, payload }) => [name, payload])).toEqual([
    ["hold", { session: "SE1", held: true }],
    ["hold", { session: "SE1", held: false }],
    ["hang_up", { session: "SE1" }],
  ]);
});

test("a transfer that failed says why, and that the customer is still there", async () => {
  const transfer = { agent: "AG2", name: "Tom", state: "failed", failed: "timeout" } as const;
  const { page } = await opened(
    desk(Date.now(), { contacts: [contact(Date.now(), { held: true, transfer })] }),
  );
  expect(text(page)).toContain("Tom did not answer. Marta Silva is still with you, on hold.");
});

test("a colleague who is consulted can be given the customer, joined, or sent back", async () => {
  const transfer = { agent: "AG2", name: "Tom", state: "consulting", failed: null } as const;
  const { page, wire } = await opened(
    desk(Date.now(), { contacts: [contact(Date.now(), { held: true, transfer })] }),
  );
  for (const words of ["Talk together", "Complete transfer", "Cancel"]) {
    press(page, words);
    await drawn(page);
  }
  const outcomes = wire.sent.filter(({ name }) => name === "consulted");
  expect(outcomes.map(({ payload }) => (payload as { outcome: string }).outcome)).toEqual([
    "conference",
    "complete",
    "cancel",
  ]);
});

test("the next activity is shown while there is work in hand", async () => {
  const busy = { ...agent, load: "busy" as const, next_activity: "AV2" };
  const { page } = await opened(desk(Date.now(), { agent: busy, contacts: [contact(Date.now())] }));
  expect(text(page)).toContain("Next: Break");
});

test("of two customers one is in front, and the other one is a press away", async () => {
  const ravi = { ...customer, contact: "CO2", name: "Ravi Menon" };
  const second = contact(Date.now(), { session: "SE2", customer: ravi, held: true });
  const { page } = await opened(desk(Date.now(), { contacts: [contact(Date.now()), second] }));
  expect(page.heading).toContain("Marta Silva");
  const row = all(page.shadowRoot as ParentNode, "button.row").find((each) =>
    each.textContent?.includes("Ravi"),
  );
  row?.click();
  await drawn(page);
  expect(page.heading).toContain("Ravi Menon");
});

test("wrap-up is finished by its key", async () => {
  const { page, wire } = await opened(desk(Date.now(), { contacts: [wrapping(Date.now())] }));
  expect(text(page)).toContain("Wrap-up");
  key("KeyF");
  await drawn(page);
  expect(wire.sent.at(-1)?.name).toBe("finish_wrap_up");
});

test("what a customer wrote is text, never markup", async () => {
  const nasty = {
    ...customer,
    name: "<img src=x onerror=alert(1)>",
    answers: [{ name: "b", label: "<b>", value: "<script>" }],
  };
  const { page } = await opened(
    desk(Date.now(), { contacts: [contact(Date.now(), { customer: nasty })] }),
  );
  expect(all(page.shadowRoot as ParentNode, "img, script")).toEqual([]);
  expect(text(page)).toContain("<img src=x onerror=alert(1)>");
});

test("a page address that is none is no link", async () => {
  const nasty = { ...customer, page_url: "javascript:alert(1)" };
  const { page } = await opened(
    desk(Date.now(), { contacts: [contact(Date.now(), { customer: nasty })] }),
  );
  expect(all(page.shadowRoot as ParentNode, "a[href^=javascript]")).toEqual([]);
});

test("a later tab says so here, and this one can be used again", async () => {
  const { page, wire } = await opened(desk(Date.now()));
  wire.serve("taken_over", {});
  await drawn(page);
  expect(text(page)).toContain("You opened this desk in another tab. This one is now idle.");
  press(page, "Use this tab");
  await drawn(page);
  expect(text(page)).toContain("Your line is open");
});

test("a sign-in that has ended is asked for again, with the reason", async () => {
  const { page, wire } = await opened(desk(Date.now()));
  page.api = new Api(restInMemory({}).ask);
  wire.serve("signed_out", {});
  await drawn(page);
  expect(all(page.shadowRoot as ParentNode, "oh-gate")).toHaveLength(1);
  expect(all(page.shadowRoot as ParentNode, ".desk")).toEqual([]);
});

test("who did not close the line reads why it is closed", async () => {
  const struck = { ...agent, activity: "AV2", reason: "no_answer" };
  const { page } = await opened(desk(Date.now(), { agent: struck }));
  expect(text(page)).toContain("You did not answer several offers, so your line was closed.");
  press(page, "I am back");
});

test("why a customer came is said, and who else was considered is a press away", async () => {
  const { page } = await opened(desk(Date.now(), { contacts: [contact(Date.now())] }));
  press(page, "Who else was considered");
  await drawn(page);
  const dialog = all(page.shadowRoot as ParentNode, "dialog[open]")[0];
  expect(tidy(dialog?.textContent ?? "")).toContain("Why Marta Silva came to you");
  expect(tidy(dialog?.textContent ?? "")).toContain("Tom Beckerhas been idle for less time");
});

test("a message that was left is read and done with, without a call", async () => {
  const letter = { ...customer, message: "The shade is bent." };
  const left = contact(Date.now(), {
    state: "closed",
    channel: "message",
    call: null,
    answered_at: null,
    customer: letter,
  });
  const { page, wire } = await opened(desk(Date.now(), { contacts: [left] }));
  expect(text(page)).toContain("Message from Marta Silva");
  expect(all(page.shadowRoot as ParentNode, "oh-desk-call")).toEqual([]);
  press(page, "Done");
  await drawn(page);
  expect(wire.sent.at(-1)).toMatchObject({ name: "hang_up", payload: { session: "SE1" } });
});

test("somebody who is no agent is told so", async () => {
  const { page } = await opened(null);
  expect(text(page)).toContain("You have no desk here");
});

/** Calling back somebody whose page is closed. */
function ringing() {
  const now = Date.now();
  const callback = {
    state: "dialing",
    until: new Date(now + 300_000).toISOString(),
    there: false,
    may_mail: false,
    email: "",
    mail: null,
  } as const;
  const parties = [
    { identity: "visitor", name: "Marta Silva", role: "visitor", there: false, held: false },
  ] as const;
  return contact(now, { state: "callback", callback, parties: [...parties], answered_at: null });
}

test("who is called back is not lost, and can be neither held nor passed on yet", async () => {
  const { page } = await opened(desk(Date.now(), { contacts: [ringing()] }));
  expect(text(page)).not.toContain("Reconnecting");
  const off = all(page.shadowRoot as ParentNode, "button").filter(
    (button) => button.getAttribute("aria-disabled") === "true" || button.hasAttribute("disabled"),
  );
  expect(off.map(({ textContent }) => tidy(textContent))).toEqual(
    expect.arrayContaining(["Hold", "Transfer"]),
  );
});

test("the link of a callback is copied, or shown where that cannot be", async () => {
  const { page, wire } = await opened(desk(Date.now(), { contacts: [ringing()] }));
  const made = { url: "/visit/site_k#callback=s3cret", expires_at: new Date().toISOString() };
  wire.answers.callback_link = () => made;
  const writeText = vi.fn(async (_: string) => undefined);
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText } });
  press(page, "Copy link");
  await drawn(page);
  expect(writeText).toHaveBeenCalledWith(`${location.origin}${made.url}`);
  writeText.mockRejectedValue(new Error("no clipboard"));
  press(page, "Copy link");
  await drawn(page);
  const shown = all(page.shadowRoot as ParentNode, "code");
  expect(shown.map(({ textContent }) => textContent)).toContain(`${location.origin}${made.url}`);
});
