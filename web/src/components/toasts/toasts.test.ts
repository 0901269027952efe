// @vitest-environment jsdom
import { expect, test } from "vitest";
import { button, drawn, heard, tidy } from "../../testing/dom.js";
import "./toasts.js";
import type { ToastModel, Toasts } from "./toasts.js";

const toast = (id: number, more: Partial<ToastModel> = {}): ToastModel => ({
  id,
  icon: "check",
  words: `News ${id}`,
  ...more,
});

test("the newest three are shown, the newest below", async () => {
  const shown = await drawn<Toasts>("oh-toasts", { toasts: [1, 2, 3, 4].map((id) => toast(id)) });
  const words = [...shown.renderRoot.querySelectorAll(".toast")].map((each) => each.textContent);
  expect(words.map(tidy)).toEqual(["News 2", "News 3", "News 4"]);
});

test("an action reports its toast", async () => {
  const shown = await drawn<Toasts>("oh-toasts", { toasts: [toast(7, { action: "Undo" })] });
  const used = heard<number>(shown, "toast-action");
  button(shown, "Undo").click();
  expect(used).toEqual([7]);
});
