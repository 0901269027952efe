import { expect, test } from "vitest";
import { forgetful } from "../memory.js";
import { MediaInMemory } from "../testing/media.js";
import { settled } from "../testing/wire.js";
import { Devices } from "./devices.js";

function devices(memory = forgetful()) {
  const media = new MediaInMemory();
  return { media, devices: new Devices(memory, media as unknown as MediaDevices), memory };
}

test("microphone and camera are asked for with one question", async () => {
  const { media, devices: mine } = devices();
  await mine.start("microphone", "camera");
  expect(media.asked).toEqual([["audio", "video"]]);
  expect(mine.microphone.track).not.toBeNull();
  expect(mine.camera.track).not.toBeNull();
  expect(mine.list("camera").map(({ label }) => label)).toEqual(["Built-in camera"]);
});

test("a camera in use does not keep the microphone from working", async () => {
  const { media, devices: mine } = devices();
  media.errors.video = "NotReadableError";
  await mine.start("microphone", "camera");
  expect(mine.microphone.trouble).toBeNull();
  expect(mine.microphone.track).not.toBeNull();
  expect(mine.camera.trouble).toBe("busy");
});

test.each([
  ["NotAllowedError", "blocked"],
  ["NotFoundError", "missing"],
  ["NotReadableError", "busy"],
  ["TypeError", "failed"],
])("%s is told as %s", async (error, trouble) => {
  const { media, devices: mine } = devices();
  media.errors.audio = error;
  await mine.start("microphone");
  expect(mine.microphone.trouble).toBe(trouble);
});

test("a page that is not secure has no devices, and says so", async () => {
  const mine = new Devices(forgetful(), undefined);
  await mine.start("microphone");
  expect(mine.microphone.trouble).toBe("insecure");
});

test("stopping releases the device and forgets its trouble", async () => {
  const { devices: mine } = devices();
  await mine.start("camera");
  const { track } = mine.camera;
  mine.stop("camera");
  expect(track?.readyState).toBe("ended");
  expect(mine.camera).toEqual({ track: null, wanted: false, asking: false, trouble: null });
});

test("a device chosen once is asked for the next time", async () => {
  const memory = forgetful();
  const first = devices(memory);
  await first.devices.choose("microphone", "headset");
  const second = devices(memory);
  await second.devices.start("microphone");
  expect(second.media.constraints[0]?.audio).toMatchObject({ deviceId: { ideal: "headset" } });
});

test("switching tells of the new track once, and never of none in between", async () => {
  const { devices: mine } = devices();
  await mine.start("microphone");
  const before = mine.microphone.track;
  const told: (MediaStreamTrack | null)[] = [];
  mine.on("track", ({ track }) => told.push(track));
  await mine.choose("microphone", "headset");
  expect(told).toHaveLength(1);
  expect(told[0]).not.toBe(before);
  expect(before?.readyState).toBe("ended");
});

test("a device that is pulled out is missed, and taken again when it is back", async () => {
  const { media, devices: mine } = devices();
  await mine.start("microphone");
  const present = media.devices;
  media.devices = present.filter(({ kind }) => kind !== "audioinput");
  mine.microphone.track?.dispatchEvent(new Event("ended"));
  await settled();
  expect(mine.microphone.trouble).toBe("missing");
  media.devices = present;
  media.dispatchEvent(new Event("devicechange"));
  await settled();
  expect(mine.microphone.track).not.toBeNull();
});

test("sound is treated as it was asked for", async () => {
  const { media, devices: mine } = devices();
  await mine.process({ noiseSuppression: false });
  await mine.start("microphone");
  expect(media.constraints[0]?.audio).toMatchObject({
    noiseSuppression: false,
    echoCancellation: true,
  });
});

test("what is broken in memory is passed over", () => {
  const memory = forgetful();
  memory.setItem("offhook.devices", "{broken");
  expect(devices(memory).devices.chosen("camera")).toBe("");
});
