// @vitest-environment jsdom
import { expect, test } from "vitest";
import { drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./chat.js";
import type { Chat, ChatLine } from "./chat.js";

const line: ChatLine = {
  id: "MS1",
  name: "Ben",
  mine: false,
  text: "<b>Hello</b>",
  at: new Date("2026-11-20T10:00:00Z"),
};

test("messages are a log of text", async () => {
  const shown = await drawn<Chat>("oh-chat", { lines: [line] });
  expect(tidy(inside(shown, "[role=log] p").textContent)).toBe("<b>Hello</b>");
  expect(shown.renderRoot.querySelector("b")).toBeNull();
});

test("Enter sends and Shift Enter breaks", async () => {
  const shown = await drawn<Chat>("oh-chat", {});
  const said = heard<string>(shown, "say");
  const field = inside<HTMLTextAreaElement>(shown, "textarea");
  field.value = "  The line is open. ";
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", shiftKey: true }));
  expect(said).toEqual([]);
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  expect(said).toEqual(["The line is open."]);
});

test("what was written stays until it was sent", async () => {
  const shown = await drawn<Chat>("oh-chat", {});
  const field = inside<HTMLTextAreaElement>(shown, "textarea");
  field.value = "Hello";
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
  expect(field.value).toBe("Hello");
  shown.sent();
  expect(field.value).toBe("");
});

test("nothing is nothing to send", async () => {
  const shown = await drawn<Chat>("oh-chat", {});
  const said = heard<string>(shown, "say");
  inside<HTMLFormElement>(shown, "form").dispatchEvent(new Event("submit", { cancelable: true }));
  expect(said).toEqual([]);
});

test("who may not write is told so", async () => {
  const shown = await drawn<Chat>("oh-chat", { allowed: false });
  expect(shown.renderRoot.querySelector("textarea")).toBeNull();
  expect(tidy(inside(shown, ".hint").textContent)).toContain("does not allow");
});

test("words that are put in stand apart from what was written, and wait to be sent", async () => {
  const shown = await drawn<Chat>("oh-chat", {});
  const field = inside<HTMLTextAreaElement>(shown, "textarea");
  const said = heard(shown, "say");
  field.value = "Hello";
  field.setSelectionRange(5, 5);
  shown.insert("there");
  expect([field.value, said]).toEqual(["Hello there", []]);
});
