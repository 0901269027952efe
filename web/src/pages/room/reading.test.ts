import { expect, test } from "vitest";
import type { ChatMessage } from "../../protocol.js";
import { Reading } from "./reading.js";

const said = (sid: string, identity: string): ChatMessage => ({
  sid,
  participant: "",
  identity,
  name: "",
  text: "",
  sent_at: "",
});

test("what others wrote since the chat was seen is unread", () => {
  const reading = new Reading();
  const chat = [said("1", "ben"), said("2", "ben"), said("3", "ada"), said("4", "ben")];
  reading.seen(chat.slice(0, 1));
  expect(reading.unread(chat, "ada")).toBe(2);
  reading.seen(chat);
  expect(reading.unread(chat, "ada")).toBe(0);
});
