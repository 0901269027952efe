// @vitest-environment jsdom
import { expect, test } from "vitest";
import { heard, inside, tidy } from "../../testing/dom.js";
import { problem, restInMemory, settled } from "../../testing/rest.js";
import { Api } from "../admin/api.js";
import "./gate.js";
import type { Gate } from "./gate.js";

const who = { login: "ines", name: "Inès", role: "agent", permissions: [], must_change: false };
const nobody = problem(401, "token_missing");

async function gate(answers: Parameters<typeof restInMemory>[0], more: Partial<Gate> = {}) {
  const { ask, asked } = restInMemory(answers);
  const shown = document.createElement("oh-gate") as Gate;
  const entered = heard(shown, "entered");
  Object.assign(shown, { api: new Api(ask), ...more });
  document.body.append(shown);
  await settled();
  await shown.updateComplete;
  return { shown, asked, entered };
}

test("somebody who is signed in already comes in at once", async () => {
  const { entered } = await gate({ "GET /v1/sign-in": who });
  expect(entered).toEqual([who]);
});

test("somebody who is not is asked, with the reason, and comes in", async () => {
  const answers = { "GET /v1/sign-in": nobody, "POST /v1/sign-in": who };
  const { shown, entered, asked } = await gate(answers, { reason: "It has ended." });
  const form = inside(shown, "oh-sign-in");
  expect(tidy(form.shadowRoot?.textContent ?? "")).toContain("It has ended.");
  form.dispatchEvent(new CustomEvent("sign-in", { detail: { login: "ines", password: "x" } }));
  await settled();
  expect(asked.at(-1)?.body).toEqual({ login: "ines", password: "x" });
  expect(entered).toEqual([who]);
});

test("a one-time password must be changed before anything else", async () => {
  const answers = {
    "GET /v1/sign-in": nobody,
    "POST /v1/sign-in": { ...who, must_change: true },
    "POST /v1/sign-in/password": who,
  };
  const { shown, entered } = await gate(answers);
  const detail = { login: "ines", password: "once" };
  inside(shown, "oh-sign-in").dispatchEvent(new CustomEvent("sign-in", { detail }));
  await settled();
  expect(entered).toEqual([]);
  const change = { password: "once", new_password: "a longer one" };
  inside(shown, "oh-new-password").dispatchEvent(
    new CustomEvent("change-password", { detail: change }),
  );
  await settled();
  expect(entered).toEqual([who]);
});

test("a wrong password is said, and the form stays", async () => {
  const { shown } = await gate({
    "GET /v1/sign-in": nobody,
    "POST /v1/sign-in": problem(401, "bad_login"),
  });
  const detail = { login: "ines", password: "no" };
  const form = inside(shown, "oh-sign-in");
  form.dispatchEvent(new CustomEvent("sign-in", { detail }));
  await settled();
  expect(tidy(form.shadowRoot?.textContent ?? "")).toContain("The login or the password is wrong.");
});

test("a server that does not answer is asked again by a press", async () => {
  let answers = 0;
  const { shown, entered } = await gate({
    "GET /v1/sign-in": () => (answers++ === 0 ? problem(503, "unavailable") : who),
  });
  inside<HTMLButtonElement>(shown, "main button").click();
  await settled();
  expect(entered).toEqual([who]);
});
