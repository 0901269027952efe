import { expect, test } from "vitest";
import type { CallbackOf } from "../../desk-protocol.js";
import { contact } from "../../testing/desk.js";
import { callbackNotices } from "./calling-back.js";

const dialing: CallbackOf = {
  state: "dialing",
  until: "2026-11-21T12:05:00.000Z",
  there: false,
  may_mail: true,
  email: "m…@example.org",
  mail: null,
};

const drawn = (more: Partial<CallbackOf>) =>
  callbackNotices(contact(0, { callback: { ...dialing, ...more } }));

test("whose page is closed is reached by a link, copied or mailed", () => {
  const [rings] = drawn({});
  expect(rings?.words).toContain("Marta Silva has no page open");
  expect(rings?.actions).toEqual([
    { id: "callback:copy", words: "Copy link", main: true },
    { id: "callback:mail", words: "Send link by e-mail" },
  ]);
});

test("an open page rings, and the link can be copied all the same", () => {
  const [rings] = drawn({ there: true, may_mail: false });
  expect(rings?.words).toBe("It rings in Marta Silva’s page.");
  expect(rings?.actions.map(({ id }) => id)).toEqual(["callback:copy"]);
});

test("what became of the letter is said", () => {
  const [, sent] = drawn({ mail: { state: "sent", reason: "" } });
  expect(sent?.words).toBe("E-mail sent to m…@example.org");
  const [rings, sending] = drawn({ mail: { state: "sending", reason: "" } });
  expect(sending?.words).toBe("Sending an e-mail to m…@example.org");
  expect(rings?.actions.map(({ id }) => id)).toEqual(["callback:copy"]);
});

test("a letter that failed says why, and may be sent again", () => {
  const [rings, failed] = drawn({ mail: { state: "failed", reason: "smtp_unreachable" } });
  expect(failed?.tone).toBe("end");
  expect(failed?.words).toBe(
    "No e-mail was sent to m…@example.org: the mail server did not answer.",
  );
  expect(rings?.actions.map(({ id }) => id)).toContain("callback:mail");
  const [, other] = drawn({ mail: { state: "failed", reason: "something new" } });
  expect(other?.words).toContain("refused");
});

test("there is nothing to say of a contact that is no callback, or of one that talks", () => {
  expect(callbackNotices(contact(0, { callback: null }))).toEqual([]);
  expect(drawn({ state: "connected" })).toEqual([]);
});
