import { expect, test } from "vitest";
import { contact, customer, earlier, entered, offer } from "../../testing/desk.js";
import { customerOf, offeredCustomer } from "./customers.js";
import { filledReplies } from "./replies.js";
import { Clock, whenOf } from "./times.js";

const NOW = Date.parse("2026-11-21T12:00:00.000Z");

test("what the site vouches for is kept apart from what the page said", () => {
  const model = customerOf(contact(NOW), "", NOW);
  expect(model.verified).toBe(true);
  expect(model.known).toEqual([{ name: "Order", value: "MP-20418" }]);
  expect(model.claimed).toEqual([{ name: "basket", value: "Halden desk lamp" }]);
});

test("answers, where they came from and the page are known before the answer", () => {
  const model = offeredCustomer(offer(NOW), NOW);
  const facts = Object.fromEntries(model.facts.map(({ name, value }) => [name, value]));
  expect(facts).toMatchObject({
    About: "Delivery and returns",
    "Came from": "search.example.org",
    Waited: "0:48",
  });
  expect(model.page?.title).toBe("Halden desk lamp");
  expect(model.earlier).toHaveLength(1);
  expect(model.notes).toBeNull();
});

test("an earlier session says how long it was, how it was rated and how it ended", () => {
  const [talk, missed] = customerOf(
    contact(NOW, { earlier: [earlier, { ...earlier, seconds: 0, rated: null }] }),
    null,
    NOW,
  ).earlier;
  expect(talk?.title).toBe("Call, 4:10, rated 5 of 5 · Question answered");
  expect(missed).toMatchObject({ icon: "missed", title: "Missed call · Question answered" });
});

test("nothing is said twice, and nothing empty is shown", () => {
  const bare = { ...customer, name: "", referrer: "", answers: [], language: "", site: "" };
  const model = customerOf(contact(NOW, { customer: bare }), null, NOW);
  expect([model.name, model.reach]).toEqual(["marta.silva@example.org", ""]);
  expect(model.facts.map(({ name }) => name)).toEqual(["Queue"]);
});

test("a canned reply is filled in, and what is not known is left out", () => {
  const [greeting, order] = filledReplies(entered.replies, contact(NOW), "Inès", NOW);
  expect(greeting?.text).toBe("Hello Marta Silva, this is Inès.");
  expect(order?.text).toBe("Your order MP-20418 is on its way.");
  const text = "About {{ form.about }}, on {{queue.name}}{{visitor.phone}}{{attributes.size}}.";
  const [filled] = filledReplies([{ id: "RP9", title: "", text }], contact(NOW), "", NOW);
  expect(filled?.text).toBe("About Delivery and returns, on Support, English.");
});

test("what the page claims never stands for what the site vouches for", () => {
  const page_attributes = { Order: "free", "visitor.name": "Boss" };
  const forged = contact(NOW, { customer: { ...customer, page_attributes } });
  const [greeting, order] = filledReplies(entered.replies, forged, "", NOW);
  expect(greeting?.text).toContain("Hello Marta Silva");
  expect(order?.text).toContain("MP-20418");
});

test("the server's time counts, however wrong this machine's clock is", () => {
  const clock = Clock.by("2026-11-21T12:00:00.000Z", NOW + 90_000);
  expect(clock.local("2026-11-21T12:00:14.000Z")).toBe(NOW + 104_000);
  expect(Clock.by("", NOW).ahead).toBe(0);
});

test("what was this year is dated without the year", () => {
  expect(whenOf("2026-09-02T10:00:00.000Z", NOW)).not.toContain("2026");
  expect(whenOf("2024-09-02T10:00:00.000Z", NOW)).toContain("2024");
});
