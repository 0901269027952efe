import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Draft, Drafts } from "./drafts.js";

let sent: [string, Draft][] = [];
let works = true;
const drafts = () =>
  new Drafts(async (session, draft) => {
    sent.push([session, draft]);
    if (!works) {
      throw new Error("away");
    }
  });

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  works = true;
});
afterEach(() => {
  vi.useRealTimers();
});

test("nothing is sent while the agent goes on writing", () => {
  const kept = drafts();
  kept.write("SE1", { notes: "S" });
  vi.advanceTimersByTime(500);
  kept.write("SE1", { notes: "Sh" });
  vi.advanceTimersByTime(500);
  expect(sent).toEqual([]);
  vi.advanceTimersByTime(200);
  expect(sent).toEqual([["SE1", { notes: "Sh" }]]);
});

test("what could not be sent is kept, and goes with the next flush", async () => {
  const kept = drafts();
  works = false;
  kept.write("SE1", { notes: "Shade" });
  await vi.advanceTimersByTimeAsync(700);
  expect(kept.of("SE1")).toEqual({ notes: "Shade" });
  kept.flush();
  expect(sent).toHaveLength(2);
});

test("a session that left the desk is forgotten", () => {
  const kept = drafts();
  kept.write("SE1", { notes: "Shade" });
  kept.keep(["SE2"]);
  vi.advanceTimersByTime(1000);
  expect([sent, kept.of("SE1")]).toEqual([[], {}]);
});
