// @vitest-environment jsdom
import { expect, test } from "vitest";
import "../../testing/dialogs.js";
import { drawn, heard, inside } from "../../testing/dom.js";
import "./key-form.js";
import type { KeyForm } from "./key-form.js";
import "./webhook-form.js";
import { filtersOf, type WebhookForm, type WebhookValues } from "./webhook-form.js";

async function submit(form: WebhookForm | KeyForm, values: Record<string, string>): Promise<void> {
  for (const [id, value] of Object.entries(values)) {
    inside<HTMLInputElement>(form, `#${id}`).value = value;
  }
  inside(form, "form").dispatchEvent(new Event("submit", { cancelable: true }));
  await form.updateComplete;
}

test("filters are written with commas or spaces between, and none means all", () => {
  expect(filtersOf("room_started, participant_*  room_started")).toEqual([
    "room_started",
    "participant_*",
  ]);
  expect(filtersOf("  ")).toEqual(["*"]);
});

test("a webhook needs an address and types that can be", async () => {
  const form = await drawn<WebhookForm>("oh-webhook-form", { open: true });
  const saves = heard<WebhookValues>(form, "save");
  await submit(form, { url: "crm.example.com" });
  expect(inside(form, "#url").getAttribute("aria-invalid")).toBe("true");
  await submit(form, { url: "https://crm.example.com/hook", events: "Room Started" });
  expect(inside(form, "#events").getAttribute("aria-invalid")).toBe("true");
  await submit(form, { events: "room_*", description: " CRM " });
  expect(saves).toEqual([
    { url: "https://crm.example.com/hook", events: ["room_*"], description: "CRM" },
  ]);
});

test("a key needs a name, and gives what one has oneself", async () => {
  const permissions = ["rooms.read", "keys.write", "sign_in.own"];
  const form = await drawn<KeyForm>("oh-key-form", { open: true, permissions });
  const saves = heard<unknown>(form, "save");
  await submit(form, { name: "" });
  expect(saves).toEqual([]);
  const scopes = [...form.renderRoot.querySelectorAll<HTMLInputElement>("[name=scope]")];
  expect(scopes.map(({ value }) => value)).toEqual(["keys.write", "rooms.join", "rooms.read"]);
  await submit(form, { name: "CRM" });
  const all = inside<HTMLInputElement>(form, ".all input");
  all.checked = false;
  all.dispatchEvent(new Event("change"));
  await form.updateComplete;
  await submit(form, {});
  for (const scope of scopes.slice(2)) {
    scope.checked = true;
  }
  await submit(form, {});
  expect(saves).toEqual([
    { name: "CRM", scopes: ["*"] },
    { name: "CRM", scopes: ["rooms.read"] },
  ]);
});
