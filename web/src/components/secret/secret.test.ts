// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import "../../testing/dialogs.js";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import { settled } from "../../testing/rest.js";
import "./secret.js";
import type { Secret } from "./secret.js";

const disclosure = {
  title: "The key is made",
  words: "Shown once.",
  values: [
    { label: "Key", value: "AK1" },
    { label: "Secret", value: "s3cret" },
  ],
};

test("each value is copied by its own button, and it says so", async () => {
  const written = vi.fn(async (_: string) => undefined);
  vi.stubGlobal("navigator", {
    ...navigator,
    languages: ["en"],
    clipboard: { writeText: written },
  });
  const shown = await drawn<Secret>("oh-secret", { disclosure, open: true });
  const copies = heard<string>(shown, "copied");
  button(shown, "Copy Secret").click();
  await settled();
  expect(written.mock.calls).toEqual([["s3cret"]]);
  expect(copies).toEqual(["Secret"]);
  expect(tidy(inside(shown, "[aria-label='Copy Secret']").textContent)).toBe("Copied");
  vi.unstubAllGlobals();
});

test("where there is no clipboard the text is marked to be copied by hand", async () => {
  vi.stubGlobal("navigator", { ...navigator, languages: ["en"], clipboard: undefined });
  const shown = await drawn<Secret>("oh-secret", { disclosure, open: true });
  const copies = heard(shown, "copied");
  button(shown, "Copy Key").click();
  await settled();
  expect(copies).toEqual([]);
  vi.unstubAllGlobals();
});
