// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { RoomFiles } from "../../client/files.js";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./chat.js";
import type { Chat, ChatLine } from "./chat.js";

const line: ChatLine = {
  id: "MS1",
  name: "Ben",
  mine: false,
  text: "<b>Hello</b>",
  file: null,
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

/** Files of a room whose server answers nothing; what is added to them is seen. */
function roomFiles(allowed = true) {
  const files = new RoomFiles({ command: () => new Promise(() => undefined) });
  files.allow(allowed ? { max_size: 100, types: { "image/png": ["png"] } } : null);
  return { files, added: vi.spyOn(files, "add") };
}

const png = new File(["x"], "a.png", { type: "image/png" });

/** An event that carries files, as browsers make it. */
function carrying(name: string, field: "dataTransfer" | "clipboardData", files: File[]): Event {
  const event = new Event(name, { cancelable: true, bubbles: true, composed: true });
  return Object.assign(event, { [field]: { files, types: files.length > 0 ? ["Files"] : [] } });
}

test("a file is a line of its own kind", async () => {
  const file = { id: "FI1", name: "plan.pdf", size: 9, type: "application/pdf" };
  const shown = await drawn<Chat>("oh-chat", { lines: [{ ...line, text: "", file }] });
  expect(inside(shown, ".msg oh-file")).toBeTruthy();
  expect(shown.renderRoot.querySelector(".msg p")).toBeNull();
});

test("the paper clip is there for who may send files", async () => {
  const { files } = roomFiles();
  const shown = await drawn<Chat>("oh-chat", { files });
  expect(button(shown, "Attach a file")).toBeTruthy();
  expect(inside<HTMLInputElement>(shown, "input[type=file]").accept).toBe("image/png,.png");
  files.allow(null);
  await shown.updateComplete;
  expect(() => button(shown, "Attach a file")).toThrow();
});

test("files that are chosen are sent", async () => {
  const { files, added } = roomFiles();
  const shown = await drawn<Chat>("oh-chat", { files });
  const chooser = inside<HTMLInputElement>(shown, "input[type=file]");
  Object.defineProperty(chooser, "files", { value: [png] });
  chooser.dispatchEvent(new Event("change"));
  expect(added).toHaveBeenCalledWith([png]);
  await shown.updateComplete;
  expect(inside(shown, "oh-files-sending")).toBeTruthy();
});

test("files that are dropped are sent, and where they may be dropped is shown", async () => {
  const { files, added } = roomFiles();
  const shown = await drawn<Chat>("oh-chat", { files });
  shown.dispatchEvent(carrying("dragenter", "dataTransfer", [png]));
  await shown.updateComplete;
  expect(tidy(inside(shown, ".drop").textContent)).toBe("Drop the file here to send it");
  const drop = carrying("drop", "dataTransfer", [png]);
  shown.dispatchEvent(drop);
  await shown.updateComplete;
  expect(added).toHaveBeenCalledWith([png]);
  expect(drop.defaultPrevented).toBe(true);
  expect(shown.renderRoot.querySelector(".drop")).toBeNull();
});

test("a file that is dropped beside the chat does not replace the page", async () => {
  const { files, added } = roomFiles();
  const shown = await drawn<Chat>("oh-chat", { files });
  const beside = carrying("drop", "dataTransfer", [png]);
  document.body.dispatchEvent(beside);
  expect([beside.defaultPrevented, added.mock.calls.length]).toEqual([true, 0]);
  shown.remove();
  const later = carrying("drop", "dataTransfer", [png]);
  document.body.dispatchEvent(later);
  expect(later.defaultPrevented).toBe(false);
});

test("a picture that is pasted is sent, and words are pasted as ever", async () => {
  const { files, added } = roomFiles();
  const shown = await drawn<Chat>("oh-chat", { files });
  const field = inside(shown, "textarea");
  const words = carrying("paste", "clipboardData", []);
  field.dispatchEvent(words);
  field.dispatchEvent(carrying("paste", "clipboardData", [png]));
  expect([added.mock.calls.length, words.defaultPrevented]).toEqual([1, false]);
});

test("who may not write sends no files either", async () => {
  const { files, added } = roomFiles();
  const shown = await drawn<Chat>("oh-chat", { files, allowed: false });
  shown.dispatchEvent(carrying("drop", "dataTransfer", [png]));
  expect(added).not.toHaveBeenCalled();
  expect(() => button(shown, "Attach a file")).toThrow();
});
