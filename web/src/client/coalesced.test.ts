import { expect, test } from "vitest";
import { Coalesced } from "./coalesced.js";

test("requests made during a run share one more run", async () => {
  let runs = 0;
  const gates: (() => void)[] = [];
  const work = new Coalesced(async () => {
    runs += 1;
    await new Promise<void>((open) => gates.push(open));
  });
  const first = work.run();
  const second = work.run();
  const third = work.run();
  expect(second).toBe(third);
  gates.shift()?.();
  await first;
  await Promise.resolve();
  await Promise.resolve();
  gates.shift()?.();
  await second;
  expect(runs).toBe(2);
});

test("a failed run fails its own requests and not the next", async () => {
  const results = [Promise.reject(new Error("no")), Promise.resolve()];
  results[0]?.catch(() => undefined);
  const work = new Coalesced(() => results.shift() ?? Promise.resolve());
  const first = work.run();
  const second = work.run();
  await expect(first).rejects.toThrow("no");
  await expect(second).resolves.toBeUndefined();
});
