import { expect, test } from "vitest";
import { roomName, serverStatus } from "./status.js";

test("what was written becomes a name that can stand in an address", () => {
  expect(roomName("  Thursday review! ")).toBe("Thursday-review");
  expect(roomName("غرفة الاجتماع")).toBe("غرفة-الاجتماع");
  expect(roomName("v1.2_beta")).toBe("v1.2_beta");
  expect(roomName("...")).toBe("");
});

test("a server that does not answer has no status", async () => {
  const away = (() => Promise.reject(new TypeError("no"))) as unknown as typeof fetch;
  expect(await serverStatus(away)).toBeNull();
  expect(
    await serverStatus((async () => new Response("", { status: 503 })) as typeof fetch),
  ).toBeNull();
});
