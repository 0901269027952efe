// @vitest-environment jsdom
import { afterEach, expect, test } from "vitest";
import type { Live } from "../../desk-protocol.js";
import { entered } from "../../testing/desk.js";
import { deskInMemory } from "../../testing/desk-wire.js";
import "../../testing/dialogs.js";
import { Rest } from "../../client/rest.js";
import type { Confirm } from "../../components/confirm/confirm.js";
import { inside, tidy } from "../../testing/dom.js";
import { live } from "../../testing/live.js";
import { restInMemory, settled } from "../../testing/rest.js";
import { refusal } from "../../testing/wire.js";
import { Api } from "../admin/api.js";
import { LiveController } from "./controller.js";
import type { LiveView } from "./live-view.js";
import { SupervisorPage } from "./page.js";
import type { SetUpEditor } from "./set-up/editor.js";
import { Objects } from "./set-up/objects.js";

const who = {
  login: "kofi",
  name: "Kofi",
  role: "supervisor",
  permissions: ["desk.watch", "queues.read", "queues.write", "activities.read"],
  must_change: false,
};
const activity = { id: "AV1", name: "Break", available: false, offline: false };

afterEach(() => {
  history.replaceState(null, "", "/");
});

async function opened(view: Live | null, person: object = who) {
  const { wire, connect } = deskInMemory(null);
  wire.answers.enter = () => ({ ...entered, desk: null, live: view });
  const page = new SupervisorPage();
  page.controller = new LiveController(connect);
  page.regions = { status: document.createElement("p"), alert: document.createElement("p") };
  const { ask } = restInMemory({
    "GET /v1/sign-in": person,
    "GET /v1/queues": { items: [], next: null },
    "GET /v1/activities": { items: [activity], next: null },
  });
  page.api = new Api(ask);
  page.objects = new Objects(new Rest(ask));
  document.body.append(page);
  await drawn(page);
  return { page, wire };
}

async function drawn(page: SupervisorPage): Promise<void> {
  await settled();
  await page.updateComplete;
  await settled();
}

const view = (page: SupervisorPage) => inside<LiveView>(page, "oh-live-view");
const text = (page: SupervisorPage) =>
  tidy(
    `${page.renderRoot.textContent} ${page.renderRoot.querySelector("oh-live-view")?.shadowRoot?.textContent ?? ""}`,
  );
const choose = (page: SupervisorPage, query: string, id: string) =>
  inside(view(page), query).dispatchEvent(new CustomEvent("choose", { detail: id }));
const last = ({ sent }: { sent: readonly { name: string; payload: unknown }[] }) => {
  const { name, payload } = sent.at(-1) ?? { name: "", payload: null };
  return [name, payload];
};

test("the live view is asked for, and shows who waits and why", async () => {
  const { page, wire } = await opened(live(Date.now()));
  expect(wire.sent[0]?.payload).toEqual({ view: "live", language: "en" });
  expect(text(page)).toContain("Claire Petit");
  expect(text(page)).toContain("Nobody with French is free.");
});

test("a change is shown, and an older state is not", async () => {
  const { page, wire } = await opened(live(Date.now(), { seq: 5 }));
  wire.serve("live", live(Date.now(), { seq: 6, waiting: [] }));
  wire.serve("live", live(Date.now(), { seq: 5 }));
  await drawn(page);
  expect(text(page)).toContain("Nobody is waiting");
});

test("an agent's activity is set from their row", async () => {
  const { page, wire } = await opened(live(Date.now()));
  choose(page, "[data-agent=AG3]", "AV1");
  await drawn(page);
  expect(last(wire)).toEqual(["set_activity", { agent: "AG3", activity: "AV1" }]);
  expect(page.regions.status.textContent).toBe("Joel Otieno is on Available now");
});

test("a task is made more urgent in its dialog", async () => {
  const { page, wire } = await opened(live(Date.now()));
  choose(page, "[data-task='TA-Deng Wei']", "prioritise");
  await drawn(page);
  inside(view(page), "oh-priority").dispatchEvent(new CustomEvent("prioritise", { detail: 7 }));
  await drawn(page);
  expect(last(wire)).toEqual(["prioritise", { task: "TA-Deng Wei", priority: 7 }]);
});

test("a task is cancelled only after a question", async () => {
  const { page, wire } = await opened(live(Date.now()));
  choose(page, "[data-task='TA-Deng Wei']", "cancel");
  await drawn(page);
  expect(wire.names).not.toContain("cancel_task");
  inside(view(page), "oh-confirm").dispatchEvent(new CustomEvent("confirm"));
  await drawn(page);
  expect(last(wire)).toEqual(["cancel_task", { task: "TA-Deng Wei" }]);
});

test("a task that is over already is said to be", async () => {
  const { page, wire } = await opened(live(Date.now()));
  wire.answers.cancel_task = () => refusal(404, "task_not_found");
  choose(page, "[data-task='TA-Deng Wei']", "cancel");
  await drawn(page);
  inside(view(page), "oh-confirm").dispatchEvent(new CustomEvent("confirm"));
  await drawn(page);
  expect(page.regions.status.textContent).toBe("This task is over already.");
});

test("a view that is no longer fresh says from when it is", async () => {
  const { page, wire } = await opened(live(Date.now()));
  wire.reachable = false;
  wire.disconnect();
  await drawn(page);
  expect(text(page)).toContain("The server does not answer. What you see is from");
  expect(text(page)).toContain("Claire Petit");
});

test("somebody who may not see it is told so", async () => {
  const { page, wire } = await opened(null);
  expect(text(page)).toContain("Nothing here is for you");
  expect(wire.connected).toBe(false);
});

test("an agent is told that nothing here is for them, and watches nothing", async () => {
  const { page, wire } = await opened(live(Date.now()), { ...who, permissions: ["queues.read"] });
  expect(text(page)).toContain("Nothing here is for you");
  expect(wire.names).toEqual([]);
});

async function go(page: SupervisorPage, hash: string): Promise<void> {
  location.hash = hash;
  dispatchEvent(new Event("hashchange"));
  await drawn(page);
}

test("each place that may be seen has a link, and its address opens it", async () => {
  const { page } = await opened(live(Date.now()));
  const links = [...page.renderRoot.querySelectorAll("nav a")].map((each) =>
    tidy(each.textContent),
  );
  expect(links).toEqual(["Live", "Queues", "Activities"]);
  await go(page, "#/queues");
  expect(page.heading).toBe("Queues");
  expect(inside(page, "[aria-current=page]").getAttribute("href")).toBe("#/queues");
  inside(page, "oh-set-up-list");
});

function nameField(page: SupervisorPage): HTMLInputElement {
  return inside(inside<SetUpEditor>(page, "oh-set-up-editor"), "input[id=name]");
}

function named(page: SupervisorPage, name: string): void {
  nameField(page).value = name;
  nameField(page).dispatchEvent(new Event("input"));
}

test("what is not saved is not left before it is said that it may be lost", async () => {
  const { page } = await opened(live(Date.now()));
  await go(page, "#/queues/new");
  named(page, "Support");
  await go(page, "#/activities");
  expect([location.hash, page.heading]).toEqual(["#/queues/new", "New queue · Queues"]);
  const all = [...page.renderRoot.querySelectorAll<Confirm>("oh-confirm")];
  const [asked] = all.filter(({ open }) => open);
  expect(asked?.question?.title).toBe("Leave without saving?");
  asked?.dispatchEvent(new CustomEvent("confirm"));
  await drawn(page);
  expect([location.hash, page.heading]).toEqual(["#/activities", "Activities"]);
});

test("what is written outlives a sign-in that ran out, for the same person", async () => {
  const { page } = await opened(live(Date.now()));
  await go(page, "#/queues/new");
  named(page, "Support");
  inside(page, "oh-set-up-editor").dispatchEvent(
    new CustomEvent("signed-out", { bubbles: true, composed: true }),
  );
  await page.updateComplete;
  expect(inside(page, ".lay").hidden).toBe(true);
  inside(page, "oh-gate").dispatchEvent(new CustomEvent("entered", { detail: who }));
  await drawn(page);
  expect([inside(page, ".lay").hidden, nameField(page).value]).toEqual([false, "Support"]);
  inside(page, "oh-set-up-editor").dispatchEvent(new CustomEvent("signed-out", { bubbles: true }));
  await page.updateComplete;
  const other = { ...who, login: "lena" };
  inside(page, "oh-gate").dispatchEvent(new CustomEvent("entered", { detail: other }));
  await drawn(page);
  expect(nameField(page).value).toBe("");
});
