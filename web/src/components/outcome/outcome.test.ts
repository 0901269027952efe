// @vitest-environment jsdom
import { expect, test } from "vitest";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import "./outcome.js";
import type { Outcome, OutcomeModel } from "./outcome.js";

const model: OutcomeModel = {
  line: "ended",
  title: "The room is full",
  words: "Try again when somebody has left.",
  action: "Try again",
  code: "room_full",
};

test("it says what is, then what to do, with the code behind Details", async () => {
  const shown = await drawn<Outcome>("oh-outcome", { model });
  expect(tidy(inside(shown, "h1").textContent)).toBe("The room is full");
  expect(inside<HTMLDetailsElement>(shown, "details").open).toBe(false);
  expect(tidy(inside(shown, "code").textContent)).toBe("room_full");
});

test("its one button reports that it was pressed", async () => {
  const shown = await drawn<Outcome>("oh-outcome", { model });
  const acts = heard(shown, "act");
  button(shown, "Try again").click();
  expect(acts).toHaveLength(1);
});

test("where nothing can be done there is no button", async () => {
  const shown = await drawn<Outcome>("oh-outcome", { model: { ...model, action: null } });
  expect(shown.renderRoot.querySelector("button")).toBeNull();
});
