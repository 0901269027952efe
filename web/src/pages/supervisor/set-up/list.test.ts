// @vitest-environment jsdom
import { expect, test } from "vitest";
import { Rest } from "../../../client/rest.js";
import { drawn, inside, tidy } from "../../../testing/dom.js";
import { restInMemory, settled } from "../../../testing/rest.js";
import { KINDS } from "./kinds.js";
import "./list.js";
import type { SetUpList } from "./list.js";
import { Objects, type Plural } from "./objects.js";

const queues = [
  {
    id: "QU1",
    name: "Support",
    strategy: "fewest",
    requirements: [],
    expression: "",
    hours: null,
    max_wait: 600,
  },
  {
    id: "QU2",
    name: "Billing",
    strategy: "random",
    requirements: [{ name: "French", expression: "x" }],
    expression: "",
    hours: { time_zone: "Europe/Paris" },
    max_wait: null,
  },
];

async function listed(plural: Plural, items: readonly object[], permissions: string[]) {
  const { ask } = restInMemory({
    [`GET /v1/${plural}`]: { items, next: null },
    "GET /v1/activities": { items: [], next: null },
  });
  const list = await drawn<SetUpList>("oh-set-up-list", {
    objects: new Objects(new Rest(ask)),
    kind: KINDS[plural],
    permissions,
  });
  await settled();
  return list;
}

const text = (list: SetUpList) => tidy(list.renderRoot.textContent);

test("a list is by name, with what matters of each", async () => {
  const list = await listed("queues", queues, ["queues.read", "queues.write", "activities.read"]);
  const names = [...list.renderRoot.querySelectorAll("a.go")].map((each) => tidy(each.textContent));
  expect(names).toEqual(["Billing", "Support"]);
  const rows = [...list.renderRoot.querySelectorAll("tbody tr")].map((row) =>
    [...row.querySelectorAll("td")].slice(1).map((cell) => tidy(cell.textContent)),
  );
  expect(rows).toEqual([
    ["By lot", "French", "Europe/Paris", "–"],
    ["Fewest contacts today", "All agents", "Always", "10 min"],
  ]);
});

test("an empty list says what it is for, and how to begin", async () => {
  const list = await listed("queues", [], ["queues.read", "queues.write"]);
  expect(text(list)).toContain("No queues yet");
  expect(inside(list, ".state a").getAttribute("href")).toBe("#/queues/new");
});

test("who may only look is offered nothing new", async () => {
  const user = {
    id: "US1",
    login: "emma",
    name: "Emma",
    role: "agent",
    disabled: false,
    must_change: true,
    password_at: "2026-11-21T08:00:00Z",
  };
  const list = await listed("users", [user], ["users.read"]);
  expect(text(list)).toContain("Must choose a password");
  expect(list.renderRoot.querySelector("[href$=new]")).toBeNull();
});
