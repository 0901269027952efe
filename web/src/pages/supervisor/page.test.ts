// @vitest-environment jsdom
import { expect, test } from "vitest";
import type { Live } from "../../desk-protocol.js";
import { entered } from "../../testing/desk.js";
import { deskInMemory } from "../../testing/desk-wire.js";
import "../../testing/dialogs.js";
import { inside, tidy } from "../../testing/dom.js";
import { live } from "../../testing/live.js";
import { restInMemory, settled } from "../../testing/rest.js";
import { refusal } from "../../testing/wire.js";
import { Api } from "../admin/api.js";
import { LiveController } from "./controller.js";
import { SupervisorPage } from "./page.js";

const who = {
  login: "kofi",
  name: "Kofi",
  role: "supervisor",
  permissions: [],
  must_change: false,
};

async function opened(view: Live | null) {
  const { wire, connect } = deskInMemory(null);
  wire.answers.enter = () => ({ ...entered, desk: null, live: view });
  const page = new SupervisorPage();
  page.controller = new LiveController(connect);
  page.regions = { status: document.createElement("p"), alert: document.createElement("p") };
  page.api = new Api(restInMemory({ "GET /v1/sign-in": who }).ask);
  document.body.append(page);
  await drawn(page);
  return { page, wire };
}

async function drawn(page: SupervisorPage): Promise<void> {
  await settled();
  await page.updateComplete;
  await settled();
}

const text = (page: SupervisorPage) => tidy(page.renderRoot.textContent);
const choose = (page: SupervisorPage, query: string, id: string) =>
  inside(page, query).dispatchEvent(new CustomEvent("choose", { detail: id }));
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
  inside(page, "oh-priority").dispatchEvent(new CustomEvent("prioritise", { detail: 7 }));
  await drawn(page);
  expect(last(wire)).toEqual(["prioritise", { task: "TA-Deng Wei", priority: 7 }]);
});

test("a task is cancelled only after a question", async () => {
  const { page, wire } = await opened(live(Date.now()));
  choose(page, "[data-task='TA-Deng Wei']", "cancel");
  await drawn(page);
  expect(wire.names).not.toContain("cancel_task");
  inside(page, "oh-confirm").dispatchEvent(new CustomEvent("confirm"));
  await drawn(page);
  expect(last(wire)).toEqual(["cancel_task", { task: "TA-Deng Wei" }]);
});

test("a task that is over already is said to be", async () => {
  const { page, wire } = await opened(live(Date.now()));
  wire.answers.cancel_task = () => refusal(404, "task_not_found");
  choose(page, "[data-task='TA-Deng Wei']", "cancel");
  await drawn(page);
  inside(page, "oh-confirm").dispatchEvent(new CustomEvent("confirm"));
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
