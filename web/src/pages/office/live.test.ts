// @vitest-environment jsdom
import type { ReactiveController } from "lit";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EVERY, Live } from "./live.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function host() {
  return {
    draws: 0,
    addController: (_: ReactiveController) => undefined,
    removeController: () => undefined,
    requestUpdate() {
      this.draws += 1;
    },
    updateComplete: Promise.resolve(true),
  };
}

test("it looks at once, again and again, and not any more when it is taken away", async () => {
  let looks = 0;
  const live = new Live(host(), async () => {
    looks += 1;
    return looks;
  });
  live.hostConnected();
  await vi.advanceTimersByTimeAsync(EVERY * 2);
  expect([looks, live.value]).toEqual([3, 3]);
  live.hostDisconnected();
  await vi.advanceTimersByTimeAsync(EVERY * 3);
  expect(looks).toBe(3);
});

test("what is known stays when the server is away, with the reason", async () => {
  let away = false;
  const failures: unknown[] = [];
  const look = async () => {
    if (away) {
      throw new Error("away");
    }
    return "known";
  };
  const live = new Live(host(), look, (error) => failures.push(error));
  live.hostConnected();
  await vi.advanceTimersByTimeAsync(0);
  away = true;
  await vi.advanceTimersByTimeAsync(EVERY);
  expect([live.value, String(live.problem), failures.length]).toEqual(["known", "Error: away", 1]);
  away = false;
  await vi.advanceTimersByTimeAsync(EVERY);
  expect(live.problem).toBeNull();
  live.hostDisconnected();
});

test("of two looks at a time only the later counts", async () => {
  const answers: ((value: string) => void)[] = [];
  const live = new Live(host(), () => new Promise<string>((resolve) => answers.push(resolve)));
  live.hostConnected();
  void live.refresh();
  answers[1]?.("later");
  answers[0]?.("earlier");
  await vi.advanceTimersByTimeAsync(0);
  expect(live.value).toBe("later");
  live.hostDisconnected();
});

test("it looks again when somebody comes back to the page", async () => {
  let looks = 0;
  const live = new Live(host(), async () => {
    looks += 1;
  });
  live.hostConnected();
  await vi.advanceTimersByTimeAsync(0);
  dispatchEvent(new Event("focus"));
  await vi.advanceTimersByTimeAsync(0);
  expect(looks).toBe(2);
  live.hostDisconnected();
});
