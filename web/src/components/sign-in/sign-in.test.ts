// @vitest-environment jsdom
import type { LitElement } from "lit";
import { expect, test } from "vitest";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./sign-in.js";
import type { Change, Credentials, NewPassword, SignIn } from "./sign-in.js";

async function write(host: LitElement, values: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    inside<HTMLInputElement>(host, `[name=${name}]`).value = value;
  }
  inside<HTMLFormElement>(host, "form").dispatchEvent(new Event("submit", { cancelable: true }));
  await host.updateComplete;
}

test("login and password are reported as they were written", async () => {
  const form = await drawn<SignIn>("oh-sign-in", {});
  const told = heard<Credentials>(form, "sign-in");
  await write(form, { login: " ada ", password: " a lantern " });
  expect(told).toEqual([{ login: "ada", password: " a lantern " }]);
});

test("what is missing is told at its field, and nothing is reported", async () => {
  const form = await drawn<SignIn>("oh-sign-in", {});
  const told = heard(form, "sign-in");
  await write(form, { login: "ada" });
  expect(told).toEqual([]);
  const field = inside<HTMLInputElement>(form, "#password");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(tidy(inside(form, "#password-problem").textContent)).toBe("Fill this in.");
  expect(form.shadowRoot?.activeElement).toBe(field);
});

test("a refusal is an alert, and hides why one is asked again", async () => {
  const form = await drawn<SignIn>("oh-sign-in", { reason: "It ended.", problem: "It is wrong." });
  expect(tidy(inside(form, "[role=alert]").textContent)).toBe("It is wrong.");
  expect(form.renderRoot.textContent).not.toContain("It ended.");
});

test("while it is at work a second press does nothing", async () => {
  const form = await drawn<SignIn>("oh-sign-in", { busy: true });
  const told = heard(form, "sign-in");
  await write(form, { login: "ada", password: "x" });
  expect(told).toEqual([]);
  expect(button(form, "Sign in").getAttribute("aria-busy")).toBe("true");
});

test("a new password is long enough and written twice the same", async () => {
  const form = await drawn<NewPassword>("oh-new-password", { forced: true, present: "once" });
  const told = heard<Change>(form, "change-password");
  await write(form, { new_password: "short", again: "short" });
  expect(tidy(inside(form, "#new_password-problem").textContent)).toContain("ten characters");
  await write(form, { new_password: "a lantern in fog", again: "a lantern in fig" });
  expect(tidy(inside(form, "#again-problem").textContent)).toBe("The two are not the same.");
  await write(form, { new_password: "a lantern in fog", again: "a lantern in fog" });
  expect(told).toEqual([{ password: "once", new_password: "a lantern in fog" }]);
});

test("the present password is asked for when it was not written just now", async () => {
  const form = await drawn<NewPassword>("oh-new-password", {});
  const told = heard<Change>(form, "change-password");
  const cancels = heard(form, "cancel");
  await write(form, { new_password: "a lantern in fog", again: "a lantern in fog" });
  expect(told).toEqual([]);
  await write(form, { password: "old" });
  expect(told).toEqual([{ password: "old", new_password: "a lantern in fog" }]);
  button(form, "Cancel").click();
  expect(cancels).toHaveLength(1);
});
