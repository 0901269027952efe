// @vitest-environment jsdom
import { expect, test } from "vitest";
import { contact, wrapping } from "../../testing/desk.js";
import { callsInMemory } from "../../testing/desk-wire.js";
import "../../testing/dom.js";
import type { TrackInMemory } from "../../testing/peer.js";
import { settled } from "../../testing/rest.js";

const NOW = 0;
const first = contact(NOW);
const second = contact(NOW, { session: "SE2" });
const held = (given: typeof first) => ({ ...given, held: true });

async function following(...contacts: (typeof first)[]) {
  const made = callsInMemory();
  made.calls.follow(contacts);
  await settled();
  const sends = (place: number) =>
    made.rooms[place]?.made[0]?.lines.some((line) => line.sender.track !== null) ?? false;
  return { ...made, sends };
}

test("a call is a room that is joined with the token of the desk", async () => {
  const { rooms, calls } = await following(first);
  expect(rooms.map(({ token }) => token)).toEqual(["token"]);
  expect(rooms[0]?.wire.names).toContain("join");
  expect(calls.room("SE1")?.phase).toBe("inside");
});

test("a call is joined once, however often the desk is told", async () => {
  const { rooms, calls } = await following(first);
  calls.follow([{ ...first, notes: "x" }]);
  calls.follow([first]);
  expect(rooms).toHaveLength(1);
});

test("the voice goes to the customer who is spoken with, and to no other", async () => {
  const { sends, calls } = await following(first, held(second));
  expect([sends(0), sends(1)]).toEqual([true, false]);
  calls.follow([held(first), second]);
  await settled();
  expect([sends(0), sends(1)]).toEqual([false, true]);
});

test("while a colleague is consulted the colleague hears the agent", async () => {
  const transfer = { agent: "AG2", name: "Tom", state: "consulting", failed: null } as const;
  const { sends } = await following({ ...held(first), transfer });
  expect(sends(0)).toBe(true);
});

test("a muted agent is muted at the device too", async () => {
  const { calls, devices } = await following(first);
  expect(calls.muted).toBe(false);
  await calls.toggleMicrophone();
  expect(calls.muted).toBe(true);
  expect((devices.microphone.track as unknown as TrackInMemory).enabled).toBe(false);
  await calls.toggleMicrophone();
  expect((devices.microphone.track as unknown as TrackInMemory).enabled).toBe(true);
});

test("the camera is off until the agent starts it", async () => {
  const { calls, media } = await following(first);
  expect(media.asked).toEqual([["audio"]]);
  await calls.toggleCamera();
  expect(media.asked).toEqual([["audio"], ["video"]]);
});

test("with the last call the devices are released", async () => {
  const { calls, devices, rooms } = await following(first);
  const { track } = devices.microphone;
  calls.follow([wrapping(NOW)]);
  await settled();
  expect(rooms[0]?.wire.names).toContain("leave");
  expect([devices.microphone.track, track?.readyState]).toEqual([null, "ended"]);
});

test("a call that was lost is said to be, and can be joined again", async () => {
  const { calls, rooms } = await following(first);
  rooms[0]?.wire.serve("leave", { reason: "media_failure", action: "disconnect" });
  expect(calls.trouble("SE1")).toBe("media_failure");
  calls.rejoin("SE1");
  await settled();
  expect([calls.trouble("SE1"), rooms.length]).toEqual([null, 2]);
});

test("letting go ends nothing at the server", async () => {
  const { calls, rooms, devices } = await following(first);
  calls.letGo();
  expect(rooms[0]?.wire.names).not.toContain("leave");
  expect([calls.room("SE1"), devices.microphone.track]).toEqual([null, null]);
});

test("a call comes back with the newest token of the desk", async () => {
  const { calls, rooms } = await following(first);
  calls.follow([{ ...first, call: { room: "call-SE1", identity: "AG1", token: "newer" } }]);
  expect(rooms).toHaveLength(1);
  calls.rejoin("SE1");
  await settled();
  expect(rooms.map(({ token }) => token)).toEqual(["token", "newer"]);
});
