import { expect, test } from "vitest";
import { type Refused, Unreachable } from "../../client/errors.js";
import { forgetful } from "../../memory.js";
import type { Admission } from "../../protocol.js";
import { grants } from "../../testing/room.js";
import { problem } from "../../testing/wire.js";
import { Door, roomOf } from "./knock.js";

const admission: Admission = {
  token: "fresh",
  identity: "guest-1",
  name: null,
  room: "demo",
  title: "Demo",
  present: [],
  grants,
};

function server(answer: (token: string | undefined) => Admission | number) {
  const knocks: (string | undefined)[] = [];
  const ask = async (_path: unknown, init?: RequestInit) => {
    const { token } = JSON.parse(String(init?.body)) as { token?: string };
    knocks.push(token);
    const given = answer(token);
    return typeof given === "number"
      ? Response.json(problem(given, "token_expired"), { status: given })
      : Response.json(given);
  };
  return { knocks, ask: ask as typeof fetch };
}

test("a reload knocks with the token it got, and stays the same person", async () => {
  const memory = forgetful();
  const { knocks, ask } = server(() => admission);
  await new Door("demo", null, memory, ask).knock();
  await new Door("demo", null, memory, ask).knock();
  expect(knocks).toEqual([undefined, "fresh"]);
});

test("a kept token that is too old is dropped, and the invitation tried again", async () => {
  const memory = forgetful();
  const first = server(() => admission);
  await new Door("demo", "invitation", memory, first.ask).knock();
  const { knocks, ask } = server((token) => (token === "fresh" ? 401 : admission));
  await new Door("demo", "invitation", memory, ask).knock();
  expect(knocks).toEqual(["fresh", "invitation"]);
});

test("another invitation is another person", async () => {
  const memory = forgetful();
  const { knocks, ask } = server(() => admission);
  await new Door("demo", "one", memory, ask).knock();
  await new Door("demo", "two", memory, ask).knock();
  expect(knocks).toEqual(["one", "two"]);
});

test("a refusal says why", async () => {
  const { ask } = server(() => 401);
  const failed = await new Door("demo", null, forgetful(), ask).knock().catch((e: unknown) => e);
  expect((failed as Refused).code).toBe("token_expired");
});

test("a server that is away, or answers nonsense, is unreachable", async () => {
  const away = (() => Promise.reject(new TypeError("no network"))) as unknown as typeof fetch;
  const odd = (async () => new Response("<html>", { status: 502 })) as typeof fetch;
  for (const ask of [away, odd]) {
    const failed = await new Door("demo", null, forgetful(), ask).knock().catch((e: unknown) => e);
    expect(failed).toBeInstanceOf(Unreachable);
  }
});

test("the room is named in the path", () => {
  expect(roomOf("/r/demo")).toBe("demo");
  expect(roomOf("/r/%D8%BA%D8%B1%D9%81%D8%A9")).toBe("غرفة");
  expect(roomOf("/r/%")).toBe("%");
});
