import { expect, test } from "vitest";
import { curl } from "./example.js";
import { groups, isGuarded, lines, type OpenApi, type Route, typeOf } from "./openapi.js";

const api: OpenApi = {
  openapi: "3.1.0",
  info: { title: "Offhook", version: "0.1.0" },
  tags: [{ name: "Rooms", description: "Where people meet." }, { name: "Empty" }],
  security: [{ bearer: [] }],
  paths: {
    "/v1/rooms": {
      post: {
        tags: ["Rooms"],
        operationId: "create_room",
        requestBody: {
          content: { "application/json": { schema: { $ref: "#/components/schemas/NewRoom" } } },
        },
      },
    },
    "/v1/rooms/{name}": {
      parameters: [{ name: "name", in: "path", required: true, schema: { type: "string" } }],
      get: { tags: ["Rooms"] },
    },
    "/healthz": { get: { security: [], tags: ["Server"] } },
  },
  components: {
    schemas: {
      NewRoom: {
        type: "object",
        required: ["name"],
        properties: {
          name: { type: "string", examples: ["it's-on"] },
          access: { enum: ["link", "invitation"], default: "link" },
          owner: { $ref: "#/components/schemas/Owner" },
        },
      },
      Owner: {
        type: "object",
        properties: { name: { type: "string" }, above: { $ref: "#/components/schemas/Owner" } },
      },
    },
  },
};

const find = (id: string): Route => {
  const route = groups(api)
    .flatMap((group) => group.routes)
    .find((each) => each.id === id);
  if (!route) {
    throw new Error(id);
  }
  return route;
};

test("routes stand in the groups of the document, and empty groups are left out", () => {
  expect(groups(api).map(({ name, routes }) => [name, routes.length])).toEqual([
    ["Rooms", 2],
    ["Server", 1],
  ]);
});

test("a route without a name of its own gets one", () => {
  expect(groups(api)[1]?.routes[0]?.id).toBe("get--healthz");
});

test("types are said in a few words", () => {
  expect(typeOf(api, { type: "string", format: "date-time" })).toBe("string (date-time)");
  expect(typeOf(api, { type: "array", items: { $ref: "#/components/schemas/Owner" } })).toBe(
    "Owner[]",
  );
  expect(typeOf(api, { anyOf: [{ type: "integer" }, { type: "null" }] })).toBe("integer | null");
  expect(typeOf(api, { enum: ["a", "b"] })).toBe('"a" | "b"');
});

test("properties come with their depth, and what holds itself comes to an end", () => {
  const shown = lines(api, { $ref: "#/components/schemas/NewRoom" });
  expect(shown.slice(0, 4).map(({ name, depth, required }) => [name, depth, required])).toEqual([
    ["name", 0, true],
    ["access", 0, false],
    ["owner", 0, false],
    ["name", 1, false],
  ]);
  expect(shown.length).toBeLessThan(20);
});

test("a call that wants a key shows where it goes, and its body fits the shell", () => {
  expect(curl(api, find("create_room"), "http://host")).toBe(
    `curl -X POST -H "Authorization: Bearer $OFFHOOK_TOKEN" -H 'Content-Type: application/json' -d '{"name":"it'\\''s-on"}' 'http://host/v1/rooms'`,
  );
});

test("where a key's id and secret are enough, they are shown", () => {
  const basic = { ...api, security: [{ token: [] }, { key: [] }] };
  const schemes = { token: { scheme: "bearer" }, key: { scheme: "basic" } };
  const known = { ...basic, components: { ...api.components, securitySchemes: schemes } };
  expect(curl(known, find("get--v1-rooms-name-"), "http://host")).toBe(
    `curl -u "$OFFHOOK_KEY:$OFFHOOK_SECRET" 'http://host/v1/rooms/NAME'`,
  );
});

test("an open route needs no key", () => {
  const route = find("get--healthz");
  expect(isGuarded(api, route)).toBe(false);
  expect(curl(api, route, "http://host")).toBe("curl 'http://host/healthz'");
});

test("a part of the path is named in the example", () => {
  expect(curl(api, find("get--v1-rooms-name-"), "http://host")).toContain("/v1/rooms/NAME");
});
