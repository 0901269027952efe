import { expect, test } from "vitest";
import type { MuteTrack, Offer } from "../protocol.js";
import { peers, track } from "../testing/peer.js";
import { problem } from "../testing/wire.js";
import { Refused, Unreachable } from "./errors.js";
import { Publisher } from "./publisher.js";

function publisher() {
  const { made, make } = peers();
  const offers: Offer[] = [];
  const mutes: MuteTrack[] = [];
  const server: { failure: Error | null; meanwhile: () => void; muting: () => void } = {
    failure: null,
    meanwhile: () => undefined,
    muting: () => undefined,
  };
  const made_ = new Publisher({
    offer: async (offer) => {
      offers.push(offer);
      server.meanwhile();
      if (server.failure) {
        throw server.failure;
      }
      return { sdp: "answer", tracks: offer.tracks.map(({ mid }) => ({ mid, sid: `TR${mid}` })) };
    },
    mute: async (mute) => {
      mutes.push(mute);
      server.muting();
    },
    connection: make,
  });
  return { publisher: made_, peers: made, offers, mutes, server };
}

const microphone = { source: "microphone", track: track("audio") } as const;
const camera = { source: "camera", track: track("video", { width: 1280, height: 720 }) } as const;
const screen = { source: "screen_share", track: track("video") } as const;

test("tracks that are published together share one offer", async () => {
  const { publisher: one, offers } = publisher();
  await one.publish({ ...microphone, muted: true }, camera);
  expect(offers.map(({ tracks }) => tracks)).toEqual([
    [
      { mid: "0", source: "microphone", muted: true },
      { mid: "1", source: "camera", muted: false },
    ],
  ]);
  expect(one.sid("camera")).toBe("TR1");
});

test("the camera is sent in layers and the screen in one", async () => {
  const { publisher: one, peers: made } = publisher();
  await one.publish(camera, screen);
  expect(made[0]?.lines.map(({ encodings }) => encodings.length)).toEqual([3, 1]);
});

test("a source that ends leaves its line to the next track of that source", async () => {
  const { publisher: one, peers: made, offers } = publisher();
  await one.publish(microphone, screen);
  await one.unpublish("screen_share");
  expect(offers.at(-1)?.tracks.map(({ source }) => source)).toEqual(["microphone"]);
  expect(made[0]?.lines[1]?.direction).toBe("inactive");
  await one.publish(screen);
  expect(made[0]?.lines).toHaveLength(2);
  expect(offers.at(-1)?.tracks.map(({ mid }) => mid)).toEqual(["0", "1"]);
});

test("what is muted while the offer is on its way is told once the track has an id", async () => {
  const { publisher: one, mutes, server } = publisher();
  server.meanwhile = () => void one.mute("microphone", true);
  await one.publish(microphone);
  expect(mutes).toEqual([{ sid: "TR0", muted: true }]);
  await one.mute("microphone", false);
  expect(mutes.at(-1)).toEqual({ sid: "TR0", muted: false });
});

test("a mute that is not our own is told apart from our own", async () => {
  const { publisher: one, mutes, server } = publisher();
  await one.publish(microphone);
  expect(one.mutedByServer("TR0")).toBe("microphone");
  expect(one.mutedByServer("TR0")).toBeNull();
  await one.mute("microphone", false);
  expect(mutes).toEqual([{ sid: "TR0", muted: false }]);
  server.muting = () => expect(one.mutedByServer("TR0")).toBeNull();
  await one.mute("microphone", true);
  await one.mute("microphone", false);
});

test("what could not be offered is offered after coming back", async () => {
  const { publisher: one, peers: made, offers, server } = publisher();
  server.failure = new Unreachable("away");
  await expect(one.publish(microphone)).rejects.toBeInstanceOf(Unreachable);
  expect(made[0]?.signalingState).toBe("stable");
  server.failure = null;
  await one.catchUp(new Map());
  expect(offers).toHaveLength(2);
  expect(one.sid("microphone")).toBe("TR0");
});

test("a mute that was lost is told again", async () => {
  const { publisher: one, mutes } = publisher();
  await one.publish(microphone);
  await one.mute("microphone", true);
  await one.catchUp(new Map([["TR0", false]]));
  expect(mutes).toHaveLength(2);
  await one.catchUp(new Map([["TR0", true]]));
  expect(mutes).toHaveLength(2);
});

test("a refused track is not offered again", async () => {
  const { publisher: one, offers, server } = publisher();
  await one.publish(microphone);
  server.failure = new Refused(problem(403, "forbidden"));
  await expect(one.publish(screen)).rejects.toBeInstanceOf(Refused);
  server.failure = null;
  await one.restart();
  expect(offers.at(-1)?.tracks.map(({ source }) => source)).toEqual(["microphone"]);
  expect(one.has("screen_share")).toBe(false);
});

test("ICE restarts with an ordinary offer", async () => {
  const { publisher: one, peers: made } = publisher();
  await one.restart();
  expect(made).toHaveLength(0);
  await one.publish(microphone);
  await one.restart();
  expect(made[0]?.offers.map(({ iceRestart }) => iceRestart)).toEqual([false, true]);
});

test("a rebuild publishes everything live on a new connection", async () => {
  const { publisher: one, peers: made, offers } = publisher();
  await one.publish(microphone, screen);
  await one.unpublish("screen_share");
  await one.rebuild();
  expect(made).toHaveLength(2);
  expect(made[0]?.connectionState).toBe("closed");
  expect(made[1]?.lines).toHaveLength(1);
  expect(offers.at(-1)?.tracks).toEqual([{ mid: "0", source: "microphone", muted: false }]);
});

test("a camera that rests sends nothing and keeps its line", async () => {
  const { publisher: one, peers: made, offers } = publisher();
  await one.publish(camera);
  await one.replace("camera", null);
  expect(made[0]?.lines[0]?.sender.track).toBeNull();
  expect(offers).toHaveLength(1);
});

test("a rebuild does not wait for what the old connection was doing", async () => {
  const { publisher: one, peers: made, offers } = publisher();
  await one.publish(microphone);
  const [first] = made;
  if (first) {
    first.held = new Promise(() => undefined);
  }
  const restarted = one.restart();
  await Promise.resolve();
  await one.rebuild();
  await restarted;
  expect(offers.at(-1)?.tracks).toHaveLength(1);
  expect(one.sid("microphone")).toBe("TR0");
});
