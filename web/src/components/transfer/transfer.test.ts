// @vitest-environment jsdom
import { expect, test } from "vitest";
import "../../testing/dialogs.js";
import { button, drawn, heard, inside } from "../../testing/dom.js";
import type { ColleagueRow, QueueRow } from "../desk-side/desk-side.js";
import "./transfer.js";
import type { TransferDetail, TransferDialog } from "./transfer.js";

const colleague = (id: string, name: string, free: boolean): ColleagueRow => ({
  id,
  name,
  line: free ? "open" : "live",
  words: "",
  free,
});
const colleagues = [colleague("AG2", "Tom", true), colleague("AG3", "Salma", false)];
const queue: QueueRow = { id: "QU1", name: "Support", open: true, waiting: 2, longest: 5 };

async function opened(more: Partial<TransferDialog> = {}) {
  const shown = await drawn<TransferDialog>("oh-transfer", {
    open: true,
    customer: "Marta",
    colleagues,
    queues: [queue],
    ...more,
  });
  const choose = async (value: string) => {
    const radio = inside<HTMLInputElement>(shown, `input[value='${value}']`);
    radio.checked = true;
    radio.dispatchEvent(new Event("change"));
    await shown.updateComplete;
  };
  const sent = heard<TransferDetail>(shown, "transfer");
  return { shown, choose, sent };
}

test("nothing can be sent before somebody is chosen", async () => {
  const { shown } = await opened();
  expect(button(shown, "Transfer").disabled).toBe(true);
  expect(button(shown, "Ask first").disabled).toBe(true);
});

test("a colleague is asked first, or given the customer at once", async () => {
  const { shown, choose, sent } = await opened();
  await choose("agent:AG2");
  button(shown, "Ask first").click();
  inside(shown, "form").dispatchEvent(new Event("submit", { cancelable: true }));
  expect(sent).toEqual([
    { agent: "AG2", queue: null, consult: true },
    { agent: "AG2", queue: null, consult: false },
  ]);
});

test("a queue cannot be asked first", async () => {
  const { shown, choose, sent } = await opened();
  await choose("queue:QU1");
  expect(button(shown, "Ask first").disabled).toBe(true);
  inside(shown, "form").dispatchEvent(new Event("submit", { cancelable: true }));
  expect(sent).toEqual([{ agent: null, queue: "QU1", consult: false }]);
});

test("who cannot be rung cannot be chosen, and who became busy meanwhile is not asked", async () => {
  const { shown, choose } = await opened();
  expect(inside<HTMLInputElement>(shown, "input[value='agent:AG3']").disabled).toBe(true);
  await choose("agent:AG2");
  shown.colleagues = [colleague("AG2", "Tom", false)];
  await shown.updateComplete;
  expect(button(shown, "Transfer").disabled).toBe(true);
});

test("many colleagues can be searched", async () => {
  const many = Array.from({ length: 9 }, (_, place) =>
    colleague(`AG${place}`, `Name ${place}`, true),
  );
  const { shown } = await opened({ colleagues: many });
  const field = inside<HTMLInputElement>(shown, "#sought");
  field.value = "name 7";
  field.dispatchEvent(new Event("input"));
  await shown.updateComplete;
  expect(shown.renderRoot.querySelectorAll("input[value^=agent]")).toHaveLength(1);
});
