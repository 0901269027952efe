import { expect, test } from "vitest";
import { Devices } from "../../client/devices.js";
import { Room } from "../../client/room.js";
import { forgetful } from "../../memory.js";
import type { Grants } from "../../protocol.js";
import { MediaInMemory } from "../../testing/media.js";
import { peers } from "../../testing/peer.js";
import { grants, joined, person, snapshot } from "../../testing/room.js";
import { connectionInMemory, settled } from "../../testing/wire.js";
import { Capturing } from "./capturing.js";

function page(given: Grants = grants) {
  const { wire, connection } = connectionInMemory();
  wire.answers.join = () => joined(snapshot(1, person("Ada")));
  wire.answers.offer = ({ tracks }) => ({
    sdp: "answer",
    tracks: tracks.map(({ mid }) => ({ mid, sid: `TR${mid}` })),
  });
  wire.answers.mute = () => null;
  const room = new Room(connection, peers().make);
  const media = new MediaInMemory();
  const memory = forgetful();
  const devices = new Devices(memory, media as unknown as MediaDevices);
  const failures: unknown[] = [];
  const capturing = new Capturing(devices, {
    room: () => room,
    grants: () => given,
    showsLevel: () => false,
    level: () => undefined,
    changed: () => undefined,
    failed: (error) => failures.push(error),
  });
  const sent = (name: string) => wire.sent.filter((each) => each.name === name);
  return { wire, room, media, devices, capturing, failures, sent };
}

async function inCall() {
  const made = page();
  await made.capturing.start();
  await made.room.join("Ada", made.capturing.tracks());
  return made;
}

test("both devices start and are published on joining", async () => {
  const { capturing, media } = page();
  await capturing.start();
  expect(media.asked).toEqual([["audio", "video"]]);
  expect(capturing.tracks().map(({ source, muted }) => [source, muted])).toEqual([
    ["microphone", false],
    ["camera", false],
  ]);
});

test("what the invitation does not allow is not even asked for", async () => {
  const { capturing, media } = page({ ...grants, can_publish_sources: ["microphone"] });
  await capturing.start();
  expect(media.asked).toEqual([["audio"]]);
});

test("muting keeps the microphone, silences it, and tells the room", async () => {
  const { capturing, devices, sent } = await inCall();
  await capturing.toggleMicrophone();
  expect(devices.microphone.track?.enabled).toBe(false);
  expect(devices.microphone.track?.readyState).toBe("live");
  expect(sent("mute").at(-1)?.payload).toEqual({ sid: "TR0", muted: true });
  await capturing.toggleMicrophone();
  expect(devices.microphone.track?.enabled).toBe(true);
});

test("stopping the camera releases it, and starting it again needs no new offer", async () => {
  const { capturing, devices, sent } = await inCall();
  const { track } = devices.camera;
  await capturing.toggleCamera();
  await settled();
  expect(track?.readyState).toBe("ended");
  expect(sent("mute").at(-1)?.payload).toEqual({ sid: "TR1", muted: true });
  await capturing.toggleCamera();
  await settled();
  expect(sent("mute").at(-1)?.payload).toEqual({ sid: "TR1", muted: false });
  expect(sent("offer")).toHaveLength(1);
});

test("a microphone allowed only while joining is published afterwards", async () => {
  const { capturing, room, sent } = page();
  const joining = room.join("Ada", capturing.tracks());
  await capturing.start();
  await joining;
  await capturing.catchUp();
  expect(room.publisher.has("microphone")).toBe(true);
  expect(room.publisher.has("camera")).toBe(true);
  expect(sent("offer").length).toBeGreaterThan(0);
});

test("unmuting without a microphone asks for one and publishes it", async () => {
  const { capturing, room, media } = page();
  media.errors.audio = "NotFoundError";
  await capturing.start();
  await room.join("Ada", capturing.tracks());
  expect(capturing.muted).toBe(true);
  delete media.errors.audio;
  await capturing.toggleMicrophone();
  await settled();
  expect(capturing.muted).toBe(false);
  expect(room.publisher.has("microphone")).toBe(true);
});

test("a host's mute closes the microphone here too", async () => {
  const { capturing, devices } = await inCall();
  expect(capturing.silenced("microphone")).toBe("microphone");
  expect(capturing.muted).toBe(true);
  expect(devices.microphone.track?.enabled).toBe(false);
});

test("another device takes the place of the first without a new offer", async () => {
  const { devices, sent, room } = await inCall();
  await devices.choose("microphone", "headset");
  await settled();
  expect(sent("offer")).toHaveLength(1);
  expect(room.publisher.sid("microphone")).toBe("TR0");
});
