// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import type { RoomFiles, Sending } from "../../client/files.js";
import type { FileView } from "../../protocol.js";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import type { FileBubble } from "./file.js";
import "./file.js";
import type { FilesSending } from "./sending.js";
import "./sending.js";
import { failureWords, sizeWords } from "./words.js";

const file: FileView = {
  id: "FI1",
  name: "<b>plan</b>.pdf",
  size: 217_000,
  type: "application/pdf",
};
const picture: FileView = { ...file, name: "photo.png", type: "image/png" };
const one: Sending = { id: 7, name: "plan.pdf", size: 200, sent: 50, failure: null };

function files(link: () => Promise<string> = async () => "/v1/files/FI1?ticket=t"): RoomFiles {
  const shown = vi.fn(async () => "blob:picture");
  return { link, picture: shown } as unknown as RoomFiles;
}

test("a file says its name and size before it is opened", async () => {
  const shown = await drawn<FileBubble>("oh-file", { file, files: files() });
  const found = inside<HTMLButtonElement>(shown, "button");
  expect(found.getAttribute("aria-label")).toBe("Download <b>plan</b>.pdf, 212 kB");
  expect(tidy(found.textContent)).toContain("<b>plan</b>.pdf");
  expect(shown.renderRoot.querySelector("b")).toBeNull();
  expect(shown.renderRoot.querySelector("img")).toBeNull();
});

test("a file is saved by a link that is asked for when it is pressed", async () => {
  const saved: string[] = [];
  const shown = await drawn<FileBubble>("oh-file", { file, files: files() });
  shown.save = (link, name) => saved.push(`${name} ${link}`);
  inside(shown, "button").click();
  await vi.waitFor(() => expect(saved).toEqual(["<b>plan</b>.pdf /v1/files/FI1?ticket=t"]));
});

test("a file that is gone is said to be", async () => {
  const gone = files(() => Promise.reject(new Error("gone")));
  const shown = await drawn<FileBubble>("oh-file", { file, files: gone });
  inside(shown, "button").click();
  await vi.waitFor(() => {
    expect(tidy(inside(shown, "[role=alert]").textContent)).toBe(
      "This file is not there any more.",
    );
  });
});

test("a picture is shown, and one that cannot be drawn is a file like others", async () => {
  const shown = await drawn<FileBubble>("oh-file", { file: picture, files: files() });
  await vi.waitFor(() => expect(inside<HTMLImageElement>(shown, "img").src).toBe("blob:picture"));
  inside(shown, "img").dispatchEvent(new Event("error"));
  await shown.updateComplete;
  expect(shown.renderRoot.querySelector("img")).toBeNull();
});

test("a file on its way shows how far it is, and can be stopped", async () => {
  const shown = await drawn<FilesSending>("oh-files-sending", { sending: [one], limit: 1024 });
  const bar = inside<HTMLProgressElement>(shown, "progress");
  expect([bar.max, bar.value, bar.getAttribute("aria-label")]).toEqual([
    200,
    50,
    "Sending plan.pdf",
  ]);
  const dropped = heard<number>(shown, "drop-file");
  button(shown, "Cancel sending plan.pdf").click();
  expect(dropped).toEqual([7]);
});

test("a file that was not sent says why, and can be tried again if that helps", async () => {
  const lost = { ...one, failure: "unreachable" };
  const shown = await drawn<FilesSending>("oh-files-sending", { sending: [lost], limit: 1024 });
  expect(tidy(inside(shown, "[role=alert]").textContent)).toBe("plan.pdf was not sent. Try again.");
  const again = heard<number>(shown, "again-file");
  button(shown, "Send plan.pdf again").click();
  expect(again).toEqual([7]);
});

test("what will never be sent is not to be tried again", async () => {
  const large = { ...one, failure: "file_too_large" };
  const shown = await drawn<FilesSending>("oh-files-sending", {
    sending: [large],
    limit: 10_485_760,
  });
  expect(tidy(inside(shown, "[role=alert]").textContent)).toBe(
    "plan.pdf is too large. A file can have at most 10 MB.",
  );
  expect(() => button(shown, "Send plan.pdf again")).toThrow();
  expect(button(shown, "Dismiss plan.pdf")).toBeTruthy();
});

test("every refusal has words of its own", () => {
  const codes = [
    "file_too_large",
    "file_empty",
    "file_type_not_allowed",
    "file_type_mismatch",
    "picture_too_large",
    "your_files_full",
    "room_files_full",
    "files_off",
    "not_allowed",
    "anything else",
  ];
  expect(new Set(codes.map((code) => failureWords(code, "a", 1))).size).toBe(codes.length);
});

test("sizes are read at a glance", () => {
  expect([0, 900, 2048, 217_000, 1_500_000, 10_485_760].map(sizeWords)).toEqual([
    "0 bytes",
    "900 bytes",
    "2 kB",
    "212 kB",
    "1.4 MB",
    "10 MB",
  ]);
});
