// @vitest-environment jsdom
import { expect, test } from "vitest";
import "../../testing/dialogs.js";
import { button, drawn, heard, inside } from "../../testing/dom.js";
import "./confirm.js";
import type { Confirm, Question } from "./confirm.js";

const question: Question = {
  title: "Delete it?",
  words: "It cannot be brought back.",
  action: "Delete",
  danger: true,
};

function answer(shown: Confirm): void {
  inside<HTMLFormElement>(shown, "form").dispatchEvent(new Event("submit", { cancelable: true }));
}

test("the safe answer has the focus and does nothing", async () => {
  const shown = await drawn<Confirm>("oh-confirm", { question, open: true });
  const [confirms, closes] = [heard(shown, "confirm"), heard(shown, "close")];
  expect(button(shown, "Cancel").hasAttribute("autofocus")).toBe(true);
  button(shown, "Cancel").click();
  expect([confirms.length, closes.length]).toEqual([0, 1]);
});

test("the other one is reported before the dialog is closed", async () => {
  const shown = await drawn<Confirm>("oh-confirm", { question, open: true });
  const order: string[] = [];
  for (const name of ["confirm", "close"]) {
    shown.addEventListener(name, () => order.push(name));
  }
  expect(button(shown, "Delete").className).toContain("btn-danger");
  answer(shown);
  expect(order).toEqual(["confirm", "close"]);
});

test("what was chosen is reported with it", async () => {
  const choices = [
    { value: "1", words: "An hour" },
    { value: "24", words: "A day" },
  ];
  const asked = { ...question, label: "Since", choices };
  const shown = await drawn<Confirm>("oh-confirm", { question: asked, open: true });
  const confirms = heard<string>(shown, "confirm");
  inside<HTMLSelectElement>(shown, "select").value = "24";
  answer(shown);
  expect(confirms).toEqual(["24"]);
});
