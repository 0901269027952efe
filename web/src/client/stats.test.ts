import { expect, test } from "vitest";
import { between, type Counters, grade, received, sent } from "./stats.js";

function report(...entries: object[]): RTCStatsReport {
  return new Map(
    entries.map((entry, place) => [String(place), entry]),
  ) as unknown as RTCStatsReport;
}

const counters: Counters = {
  at: 1000,
  bytes: 1000,
  packets: 100,
  lost: 0,
  roundTrip: null,
  width: 640,
  height: 360,
  frames: 30,
};

test("what was sent is added up over the layers, and the largest layer is shown", () => {
  const outbound = { type: "outbound-rtp", timestamp: 5 };
  const read = sent(
    report(
      {
        ...outbound,
        bytesSent: 100,
        packetsSent: 1,
        frameWidth: 320,
        frameHeight: 180,
        framesEncoded: 9,
      },
      {
        ...outbound,
        bytesSent: 200,
        packetsSent: 2,
        frameWidth: 640,
        frameHeight: 360,
        framesEncoded: 7,
      },
      { type: "remote-inbound-rtp", packetsLost: 3, roundTripTime: 0.05 },
    ),
  );
  expect(read).toMatchObject({
    bytes: 300,
    packets: 3,
    lost: 3,
    roundTrip: 0.05,
    width: 640,
    frames: 7,
  });
});

test("the round trip of what is received comes from the pair in use", () => {
  const pair = {
    type: "candidate-pair",
    nominated: true,
    state: "succeeded",
    currentRoundTripTime: 0.02,
  };
  const inbound = { type: "inbound-rtp", timestamp: 5, bytesReceived: 10, packetsReceived: 1 };
  expect(received(report(inbound, pair)).roundTrip).toBe(0.02);
});

test("rates cover the time between two readings", () => {
  const later = { ...counters, at: 3000, bytes: 251_000, packets: 190, lost: 10, frames: 70 };
  expect(between(counters, later)).toEqual({
    bitrate: 1_000_000,
    loss: 0.1,
    width: 640,
    height: 360,
    frameRate: 20,
  });
});

test("readings of two different connections say nothing", () => {
  expect(between(counters, { ...counters, at: 2000, bytes: 0 })).toBeNull();
  expect(between(null, counters)).toBeNull();
});

test("the grade is that of the worse figure", () => {
  const flow = { bitrate: 1, loss: 0, width: 0, height: 0, frameRate: 0 };
  const graded = (loss: number, roundTrip: number) =>
    grade({ roundTrip, up: flow, down: { ...flow, loss } });
  expect(graded(0, 0.05)).toBe("excellent");
  expect(graded(0.02, 0.05)).toBe("good");
  expect(graded(0, 0.25)).toBe("good");
  expect(graded(0.06, 0.05)).toBe("poor");
});
