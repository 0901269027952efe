import { expect, test } from "vitest";
import { Refused, Unreachable } from "../../client/errors.js";
import { query } from "../../client/rest.js";
import { problem, restInMemory } from "../../testing/rest.js";
import { Api } from "./api.js";

test("a query leaves out what is empty, and repeats what there is several of", () => {
  expect(query({ limit: 5, after: "", type: ["a", "b"], subject: "x y" })).toBe(
    "?limit=5&type=a&type=b&subject=x+y",
  );
  expect(query({ after: "" })).toBe("");
});

test("names of people and rooms cannot leave their place in the path", async () => {
  const { ask, asked } = restInMemory({});
  await expect(new Api(ask).mute("a/b", "../c", "TR1")).rejects.toBeInstanceOf(Refused);
  expect(asked[0]).toEqual({
    what: "POST /v1/rooms/a%2Fb/participants/..%2Fc/mute",
    query: "",
    body: { track: "TR1" },
  });
});

test("events are asked for newest first, with the filters that are set", async () => {
  const { ask, asked } = restInMemory({ "GET /v1/events": { items: [], next: null } });
  await new Api(ask).events({ types: ["room_started"], subject: "" }, "");
  expect(asked[0]?.query).toBe("order=desc&limit=50&type=room_started");
});

test("a refusal carries its problem, and an answer that is none is no answer", async () => {
  const { ask } = restInMemory({ "GET /v1/sign-in": problem(401, "sign_in_over") });
  await expect(new Api(ask).who()).rejects.toMatchObject({ code: "sign_in_over" });
  const torn = (async () => new Response("<html>", { status: 502 })) as typeof fetch;
  await expect(new Api(torn).who()).rejects.toBeInstanceOf(Unreachable);
  const away = (() => Promise.reject(new TypeError("no"))) as unknown as typeof fetch;
  await expect(new Api(away).who()).rejects.toBeInstanceOf(Unreachable);
});

test("an answer without a body is nothing", async () => {
  const { ask } = restInMemory({ "DELETE /v1/sign-in": () => undefined });
  expect(await new Api(ask).signOut()).toBeUndefined();
});
