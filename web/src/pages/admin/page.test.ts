// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SignIn } from "../../components/sign-in/sign-in.js";
import type { Delivery, Participant, Room, SignedIn, Webhook } from "../../rest.js";
import "../../testing/dialogs.js";
import { button, drawn, inside, tidy } from "../../testing/dom.js";
import { problem, restInMemory, settled } from "../../testing/rest.js";
import { Api } from "./api.js";
import "./page.js";
import type { AdminPage } from "./page.js";
import type { Section } from "./section.js";

const PERMISSIONS: SignedIn["permissions"] = [
  "rooms.read",
  "rooms.admin",
  "rooms.write",
  "participants.read",
  "participants.moderate",
  "events.read",
  "keys.read",
  "keys.write",
  "webhooks.read",
  "webhooks.write",
  "sign_in.own",
];
const who: SignedIn = {
  user: "US1",
  login: "admin",
  name: "Admin",
  role: "admin",
  must_change: false,
  permissions: PERMISSIONS,
  signed_in_at: "2026-11-21T08:00:00Z",
  expires_at: "2026-11-28T08:00:00Z",
};
const room: Room = {
  sid: "RM1",
  name: "demo",
  title: "Demo",
  state: "open",
  access: "link",
  metadata: "",
  max_participants: 100,
  empty_timeout: null,
  departure_timeout: null,
  max_duration: null,
  locked: false,
  participants: 1,
  created_at: "2026-11-21T08:00:00Z",
  started_at: null,
};
const ada = {
  sid: "PA1",
  identity: "ada",
  name: "Ada",
  state: "active",
  connected: true,
  joined_at: "2026-11-21T08:00:00Z",
  metadata: "",
  attributes: {},
  grants: { room_admin: false },
  tracks: [
    { sid: "TR1", source: "microphone", kind: "audio", muted: false },
    { sid: "TR2", source: "camera", kind: "video", muted: true },
  ],
} as unknown as Participant;
const webhook = {
  id: "WH1",
  url: "https://crm.example/hook",
  description: "CRM",
  events: ["*"],
  enabled: true,
  disabled_reason: null,
  old_secret_until: null,
  created_at: "2026-11-21T08:00:00Z",
  updated_at: "2026-11-21T08:00:00Z",
} as Webhook;
const attempt = {
  number: 1,
  at: "2026-11-21T08:00:00Z",
  milliseconds: 71,
  status: 503,
  error: null,
  response: "no",
};
const delivery = {
  id: "WD1",
  webhook: "WH1",
  event: "EV1",
  type: "room_started",
  subject: "RM1",
  seq: 3,
  state: "retrying",
  attempts: 4,
  next_attempt_at: "2999-01-01T00:00:00Z",
  created_at: "2026-11-21T08:00:00Z",
  ended_at: null,
  last: attempt,
} as Delivery;

const list = (...items: object[]) => ({ items, next: null });
const answers = {
  "GET /v1/sign-in": who,
  "GET /v1/rooms": list(room),
  "GET /v1/rooms/demo": room,
  "GET /v1/rooms/demo/participants": list(ada),
  "GET /v1/webhooks/WH1": webhook,
  "GET /v1/webhooks/WH1/deliveries": list(delivery),
  "GET /v1/webhooks": list(webhook),
};

beforeEach(() => {
  window.scrollTo = () => undefined;
  location.hash = "";
});
afterEach(() => {
  document.body.replaceChildren();
});

async function opened(hash: string, more: Record<string, object> = {}) {
  const rest = restInMemory({ ...answers, ...more });
  location.hash = hash;
  const page = await drawn<AdminPage>("oh-admin-page", { api: new Api(rest.ask) });
  await settled();
  const section = () => inside<Section>(page, "main > *");
  return { page, rest, section, text: () => tidy(section().renderRoot.textContent) };
}

test("who is not signed in is asked for login and password, then finds the place again", async () => {
  let known = false;
  const { page, section } = await opened("#webhooks/WH1", {
    "GET /v1/sign-in": () => (known ? who : problem(401, "token_missing")),
    "POST /v1/sign-in": () => {
      known = true;
      return who;
    },
  });
  const form = inside<SignIn>(page, "oh-sign-in");
  form.dispatchEvent(new CustomEvent("sign-in", { detail: { login: "admin", password: "x" } }));
  await settled();
  expect(section().localName).toBe("oh-admin-webhook");
});

test("a wrong password is told in words, and the form stays", async () => {
  const { page } = await opened("", {
    "GET /v1/sign-in": problem(401, "token_missing"),
    "POST /v1/sign-in": problem(401, "bad_login"),
  });
  const form = inside<SignIn>(page, "oh-sign-in");
  form.dispatchEvent(new CustomEvent("sign-in", { detail: { login: "admin", password: "x" } }));
  await settled();
  expect(form.problem).toBe("The login or the password is wrong.");
});

test("a one-time password is changed before anything else is shown", async () => {
  const { page, rest } = await opened("", {
    "GET /v1/sign-in": { ...who, must_change: true, permissions: ["sign_in.own"] },
    "POST /v1/sign-in/password": who,
  });
  const form = inside(page, "oh-new-password");
  expect(page.renderRoot.querySelector("nav")).toBeNull();
  const detail = { password: "once", new_password: "a lantern in fog" };
  form.dispatchEvent(new CustomEvent("change-password", { detail }));
  await settled();
  expect(rest.asked.find(({ what }) => what === "POST /v1/sign-in/password")?.body).toEqual(detail);
  expect(page.renderRoot.querySelector("nav")).not.toBeNull();
});

test("only what a role may see is in the list", async () => {
  const { page } = await opened("", {
    "GET /v1/sign-in": { ...who, role: "agent", permissions: ["rooms.read", "sign_in.own"] },
  });
  const links = [...page.renderRoot.querySelectorAll("nav a")].map((link) =>
    tidy(link.textContent),
  );
  expect(links).toEqual(["Rooms"]);
});

test("a sign-in that ended is told, and one signs in again", async () => {
  const { page } = await opened("#events", { "GET /v1/events": problem(401, "sign_in_over") });
  expect(tidy(inside<SignIn>(page, "oh-sign-in").renderRoot.textContent)).toContain(
    "Your sign-in has ended",
  );
});

test("a room shows who is there and what they send, and mutes one of it", async () => {
  const muting = "POST /v1/rooms/demo/participants/ada/mute";
  const { section, rest, text } = await opened("#rooms/demo", { [muting]: ada });
  expect(text()).toContain("Connected");
  expect(text()).toContain("1 / 100");
  button(section(), "Mute the microphone of Ada").click();
  await settled();
  expect(rest.asked.find(({ what }) => what === muting)?.body).toEqual({ track: "TR1" });
  expect(() => button(section(), "Mute the camera of Ada")).toThrow();
});

test("somebody is removed only after a question", async () => {
  const removing = "DELETE /v1/rooms/demo/participants/ada";
  const { section, rest } = await opened("#rooms/demo", { [removing]: () => undefined } as never);
  button(section(), "Remove Ada").click();
  await settled();
  const asked = () => rest.asked.filter(({ what }) => what === removing).length;
  expect(asked()).toBe(0);
  inside(section(), "oh-confirm").dispatchEvent(new CustomEvent("confirm", { detail: "" }));
  await settled();
  expect(asked()).toBe(1);
});

test("a room that is over says so, and leads back", async () => {
  const gone = problem(404, "room_not_found");
  const { text } = await opened("#rooms/demo", { "GET /v1/rooms/demo": gone });
  expect(text()).toContain("This room is over");
});

test("a refusal stands on the page in words until it is closed", async () => {
  const { section, text } = await opened("#rooms/demo", {
    "PATCH /v1/rooms/demo": problem(403, "not_allowed"),
  });
  button(section(), "Lock").click();
  await settled();
  expect(text()).toContain("You may not do this here.");
  button(section(), "Close").click();
  await section().updateComplete;
  expect(text()).not.toContain("You may not do this here.");
});

test("an empty list says what will be here, and a failed one why", async () => {
  const none = await opened("#rooms", { "GET /v1/rooms": list() });
  expect(none.text()).toContain("No rooms yet");
  document.body.replaceChildren();
  const failed = await opened("#rooms", { "GET /v1/rooms": problem(503, "unavailable") });
  expect(failed.text()).toContain("The list did not load");
  expect(button(failed.section(), "Try again")).toBeTruthy();
});

test("a delivery that is tried again says that later ones wait, and is sent again", async () => {
  const replaying = "POST /v1/webhooks/WH1/deliveries/WD1/replay";
  const { section, rest, text } = await opened("#webhooks/WH1", { [replaying]: delivery });
  expect(text()).toContain("1 delivery is tried again");
  expect(text()).toContain("503");
  button(section(), "Send room_started again, seq 3").click();
  await settled();
  expect(rest.asked.some(({ what }) => what === replaying)).toBe(true);
});

test("deliveries are asked for by their state", async () => {
  const { section, rest } = await opened("#webhooks/WH1");
  button(section(), "Gave up").click();
  await settled();
  expect(rest.asked.at(-1)?.query).toContain("state=failed");
});

test("a new webhook's secret is shown once", async () => {
  const { section } = await opened("#webhooks", {
    "POST /v1/webhooks": { ...webhook, secret: "whsec_x" },
  });
  const detail = { url: webhook.url, description: "CRM", events: ["*"] };
  inside(section(), "oh-webhook-form").dispatchEvent(new CustomEvent("save", { detail }));
  await settled();
  const secret = inside<Section>(section(), "oh-secret");
  expect(secret.renderRoot.textContent).toContain("whsec_x");
  inside<HTMLButtonElement>(secret, ".answers button").click();
  await settled();
  expect(secret.renderRoot.textContent).not.toContain("whsec_x");
  expect(location.hash).toBe("#webhooks/WH1");
});

test("the title tells where one is", async () => {
  const { page } = await opened("#rooms");
  expect(page.heading).toBe("Rooms");
});
