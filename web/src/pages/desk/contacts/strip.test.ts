// @vitest-environment jsdom
import { expect, test } from "vitest";
import { Rest } from "../../../client/rest.js";
import { customer } from "../../../testing/desk.js";
import { button, drawn, heard, tidy } from "../../../testing/dom.js";
import { problem, restInMemory, settled } from "../../../testing/rest.js";
import { ContactsApi } from "./api.js";
import "./strip.js";
import type { ContactStrip } from "./strip.js";

const MARTA = {
  id: "CT1",
  name: "Marta Silva",
  company: "Lamps",
  emails: [customer.email],
  phones: [],
  language: "en",
  attributes: {},
  notes: "Asks for Tom.",
};

async function strip(items: object[], more: Partial<ContactStrip> = {}) {
  const { ask, asked } = restInMemory({
    "GET /v1/contacts": { items, next: null },
    "POST /v1/contacts": MARTA,
  });
  const api = new ContactsApi(new Rest(ask));
  const shown = await drawn<ContactStrip>("oh-contact-strip", {
    api,
    customer,
    session: "SE1",
    mayWrite: true,
    ...more,
  });
  await settled();
  await shown.updateComplete;
  return { shown, asked, text: () => tidy(shown.renderRoot.textContent) };
}

test("a customer who is a contact is shown as one", async () => {
  const { shown, asked, text } = await strip([MARTA]);
  expect(asked[0]?.query).toBe(`contact=CO1&email=${encodeURIComponent(customer.email)}`);
  expect(text()).toContain("Asks for Tom.");
  const opened = heard<string>(shown, "open-contact");
  button(shown, "Open contact").click();
  expect(opened).toEqual(["CT1"]);
});

test("a customer who is none can be kept as one, once", async () => {
  const { shown, asked, text } = await strip([]);
  button(shown, "Save as contact").click();
  await settled();
  await shown.updateComplete;
  expect(asked[1]?.body).toMatchObject({ session: "SE1", emails: [customer.email] });
  expect(text()).toContain("In your contacts");
});

test("nobody is kept before the answer, without a name or address, or without the permission", async () => {
  const nobody = { ...customer, name: "", email: "", phone: "" };
  for (const more of [{ session: "" }, { customer: nobody }, { mayWrite: false }]) {
    const { text } = await strip([], more);
    expect(text()).toBe("");
  }
});

test("the same customer is looked for once, and another anew", async () => {
  const { shown, asked } = await strip([MARTA]);
  shown.customer = { ...customer };
  await settled();
  expect(asked).toHaveLength(1);
  shown.customer = { ...customer, contact: "CO2" };
  await settled();
  expect(asked).toHaveLength(2);
});

test("without an answer about contacts nothing is offered", async () => {
  const { ask } = restInMemory({ "GET /v1/contacts": problem(503, "unavailable") });
  const { text } = await strip([], { api: new ContactsApi(new Rest(ask)) });
  expect(text()).toBe("");
});
