import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectionInMemory, problem, refusal, settled } from "../testing/wire.js";
import { Refused, Unreachable } from "./errors.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function open() {
  const made = connectionInMemory();
  await made.connection.opened();
  return made;
}

test("a command resolves with the value of its ack", async () => {
  const { wire, connection } = await open();
  wire.answers.chat = ({ text }) => ({ sid: `sid of ${text}` });
  await expect(connection.command("chat", { text: "hello" })).resolves.toEqual({
    sid: "sid of hello",
  });
});

test("a refusing ack rejects with the problem", async () => {
  const { wire, connection } = await open();
  wire.answers.join = () => refusal(409, "room_full");
  const failed = await connection.command("join", {}).catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(Refused);
  expect((failed as Refused).code).toBe("room_full");
});

test("a command without an answer gives up after ten seconds", async () => {
  const { connection } = await open();
  const failed = connection.command("chat", { text: "hello" }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failed).toBeInstanceOf(Unreachable);
});

test("losing the socket fails what waits, and it comes back by itself", async () => {
  const { wire, connection } = await open();
  const failed = connection.command("chat", { text: "hello" }).catch((error: unknown) => error);
  wire.disconnect();
  expect(await failed).toBeInstanceOf(Unreachable);
  await vi.advanceTimersByTimeAsync(0);
  expect(connection.state).toBe("open");
  expect(wire.connects).toBe(2);
});

test("attempts wait longer and longer while the server is away", async () => {
  const { wire, connection } = await open();
  const delays: number[] = [];
  connection.on("lost", ({ delay }) => delays.push(Math.floor(delay / 100) * 100));
  vi.spyOn(Math, "random").mockReturnValue(0);
  wire.reachable = false;
  wire.disconnect();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(delays.slice(0, 6)).toEqual([0, 300, 1200, 2700, 4800, 7000]);
});

test("a refused token ends the attempts", async () => {
  const { wire, connection } = connectionInMemory();
  wire.reachable = false;
  const opened = connection.opened().catch((error: unknown) => error);
  wire.refuse(problem(401, "token_expired"));
  expect(await opened).toBeInstanceOf(Refused);
  expect(connection.state).toBe("closed");
});

test("somebody who waits to join is told after a few attempts that nobody answers", async () => {
  const { wire, connection } = connectionInMemory();
  wire.reachable = false;
  const opened = connection.opened().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(8_000);
  expect(await opened).toBeInstanceOf(Unreachable);
});

test("a socket that does not answer a check is made anew", async () => {
  const { wire, connection } = await open();
  const checked = connection.check(2000);
  await vi.advanceTimersByTimeAsync(2000);
  expect(await checked).toBe(false);
  await vi.advanceTimersByTimeAsync(10);
  expect(wire.connects).toBe(2);
  expect(connection.state).toBe("open");
});

test("nothing comes back after closing", async () => {
  const { wire, connection } = await open();
  connection.close();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(wire.connects).toBe(1);
  await expect(connection.command("leave", {})).rejects.toBeInstanceOf(Unreachable);
});

test("what the server tells is handed on by its name", async () => {
  const { wire, connection } = await open();
  const told: string[] = [];
  connection.on("leave", ({ reason }) => told.push(reason));
  wire.serve("leave", { reason: "room_closed", action: "disconnect" });
  await settled();
  expect(told).toEqual(["room_closed"]);
});
