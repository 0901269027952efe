// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { button, drawn, heard, inside, tidy } from "../../testing/dom.js";
import { left } from "../countdown/countdown.js";
import "./wrap-up.js";
import type { NoteDetail, WrapUp, WrapUpModel } from "./wrap-up.js";

const NOW = Date.parse("2026-11-21T12:00:00.000Z");
const model: WrapUpModel = {
  session: "SE1",
  name: "Marta",
  small: "Support",
  until: NOW + 38_000,
  dispositions: ["Return arranged", "Question answered"],
  disposition: "Return arranged",
  notes: "Shade bent.",
  activities: [
    { value: "AV1", words: "Available" },
    { value: "AV2", words: "Break" },
  ],
  next: "AV2",
  problem: "",
  busy: false,
  shortcuts: true,
};

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

test("what is known already is filled in, and the time left is counted", async () => {
  const shown = await drawn<WrapUp>("oh-wrap-up", { model });
  expect(inside<HTMLInputElement>(shown, "input:checked").value).toBe("Return arranged");
  expect(inside<HTMLTextAreaElement>(shown, "textarea").value).toBe("Shade bent.");
  expect(inside<HTMLSelectElement>(shown, "select").value).toBe("AV2");
  const time = inside(shown, "oh-countdown").shadowRoot;
  expect(tidy(time?.textContent ?? "")).toBe("Time left 0:38");
});

test("what is written and chosen is reported as it happens", async () => {
  const shown = await drawn<WrapUp>("oh-wrap-up", { model });
  const notes = heard<NoteDetail>(shown, "note");
  const field = inside<HTMLTextAreaElement>(shown, "textarea");
  field.value = "Sent.";
  field.dispatchEvent(new Event("input"));
  inside(shown, "input[value='Question answered']").dispatchEvent(new Event("change"));
  expect(notes).toEqual([{ notes: "Sent." }, { disposition: "Question answered" }]);
});

test("what is missing stands where it is missing, and is said", async () => {
  const shown = await drawn<WrapUp>("oh-wrap-up", { model: { ...model, problem: "Choose one." } });
  expect(inside(shown, "fieldset").getAttribute("aria-describedby")).toBe("problem");
  expect(tidy(inside(shown, "[role=alert]").textContent)).toBe("Choose one.");
});

test("finishing twice at once is finishing once", async () => {
  const shown = await drawn<WrapUp>("oh-wrap-up", { model: { ...model, busy: true } });
  const finished = heard(shown, "finish");
  inside(shown, "form").dispatchEvent(new Event("submit", { cancelable: true }));
  expect(finished).toEqual([]);
  expect(button(shown, "Finish wrap-up").getAttribute("aria-keyshortcuts")).toBe("Alt+F");
});

test("a second that has begun is still counted, and nothing is below zero", () => {
  expect([left(NOW + 13_100, NOW), left(NOW + 13_000, NOW), left(NOW - 1, NOW)]).toEqual([
    "0:14",
    "0:13",
    "0:00",
  ]);
});
