import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Joined, Resumed } from "../protocol.js";
import { peers, track } from "../testing/peer.js";
import { fact, grants, joined, person, published, snapshot } from "../testing/room.js";
import { connectionInMemory, refusal, settled } from "../testing/wire.js";
import type { Refused } from "./errors.js";
import { Room } from "./room.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const microphone = { source: "microphone", track: track("audio") } as const;
const welcome = joined(snapshot(3, person("Ada"), person("Ben", published("camera", "Ben"))));

function resumed(more: Partial<Resumed> = {}): Resumed {
  return {
    participant: "PA-Ada",
    resume_token: "next secret",
    grants,
    media: "kept",
    snapshot: snapshot(5, person("Ada"), person("Cleo")),
    missed: [fact(4, "participant_left"), fact(5, "participant_joined")],
    ...more,
  };
}

function outside(answer: Joined = welcome) {
  const { wire, connection } = connectionInMemory();
  const { made, make } = peers();
  wire.answers.join = () => answer;
  wire.answers.offer = ({ tracks }) => ({
    sdp: "answer",
    tracks: tracks.map(({ mid }) => ({ mid, sid: `TR${mid}` })),
  });
  wire.answers.subscription = () => null;
  wire.answers.restart_subscribe = () => null;
  wire.answers.mute = () => null;
  return { wire, room: new Room(connection, make), peers: made };
}

async function inside() {
  const made = outside();
  await made.room.join("Ada", [microphone]);
  return made;
}

async function cutOff({ wire }: { wire: { disconnect(): void } }) {
  wire.disconnect();
  await vi.advanceTimersByTimeAsync(10);
}

test("joining publishes at once: the offer does not wait for the place", async () => {
  const { wire, room } = outside();
  const answers: (() => void)[] = [];
  delete wire.answers.join;
  const entering = room.join("Ada", [microphone]);
  await settled();
  expect(wire.names).toEqual(["join", "offer"]);
  wire.sent[0]?.ack({ ok: true, value: welcome });
  await entering;
  expect(answers).toEqual([]);
  expect(room.phase).toBe("inside");
  expect(room.publisher.sid("microphone")).toBe("TR0");
});

test("a refused join leaves us outside and says why", async () => {
  const { wire, room } = outside();
  wire.answers.join = () => refusal(409, "room_full");
  const failed = await room.join("Ada").catch((error: unknown) => error);
  expect((failed as Refused).code).toBe("room_full");
  expect(room.phase).toBe("outside");
});

test("facts move the state on, once each and in order", async () => {
  const { wire, room } = await inside();
  const seen: string[] = [];
  room.on("fact", ({ type }) => seen.push(type));
  wire.serve("fact", fact(4, "participant_joined", { participant: person("Cleo") }));
  wire.serve("fact", fact(4, "participant_joined", { participant: person("Cleo") }));
  expect(seen).toEqual(["participant_joined"]);
  expect(room.state?.participants.size).toBe(3);
});

test("a gap between facts is closed by resuming", async () => {
  const { wire, room } = await inside();
  wire.answers.resume = () => resumed({ missed: [fact(4, "hidden"), fact(5, "hidden")] });
  wire.serve("fact", fact(5, "hidden"));
  await vi.advanceTimersByTimeAsync(10);
  expect(wire.names).toContain("resume");
  expect(room.state?.seq).toBe(5);
});

test("a lost socket resumes with what was seen last, and tells the facts it missed", async () => {
  const { wire, room } = await inside();
  const phases: string[] = [];
  const missed: number[] = [];
  room.on("phase", (phase) => phases.push(phase));
  room.on("fact", ({ seq }) => missed.push(seq));
  wire.answers.resume = () => resumed();
  await cutOff({ wire });
  const sent = wire.sent.find(({ name }) => name === "resume");
  expect(sent?.payload).toEqual({ resume_token: "secret", last_seq: 3 });
  expect(phases).toEqual(["reconnecting", "inside"]);
  expect(missed).toEqual([4, 5]);
  expect([...(room.state?.participants.values() ?? [])].map(({ name }) => name)).toEqual([
    "Ada",
    "Cleo",
  ]);
});

test("media that were lost meanwhile are made anew", async () => {
  const { wire, peers: made } = await inside();
  wire.answers.resume = () => resumed({ media: "lost" });
  await cutOff({ wire });
  expect(made).toHaveLength(2);
  expect(wire.sent.find(({ name }) => name === "restart_subscribe")?.payload).toEqual({
    fresh: true,
  });
});

test("a place that was given up is taken again", async () => {
  const { wire, room, peers: made } = await inside();
  wire.answers.resume = () => refusal(404, "gone");
  await cutOff({ wire });
  expect(wire.names.filter((name) => name === "join")).toHaveLength(2);
  expect(room.phase).toBe("inside");
  expect(made).toHaveLength(2);
});

test("a server that is only half back is asked again", async () => {
  const { wire, room } = await inside();
  const answers = [refusal(503, "no_media_node"), resumed()];
  wire.answers.resume = () => answers.shift();
  await cutOff({ wire });
  expect(room.phase).toBe("reconnecting");
  await vi.advanceTimersByTimeAsync(1000);
  expect(room.phase).toBe("inside");
});

test("being told to leave ends it, with the reason", async () => {
  const { wire, room, peers: made } = await inside();
  const reasons: string[] = [];
  room.on("left", ({ reason }) => reasons.push(reason));
  wire.serve("leave", { reason: "duplicate_identity", action: "disconnect" });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(reasons).toEqual(["duplicate_identity"]);
  expect(wire.connects).toBe(1);
  expect(made[0]?.connectionState).toBe("closed");
});

test("a server that restarts is joined again", async () => {
  const { wire, room } = await inside();
  wire.serve("leave", { reason: "server_shutdown", action: "reconnect" });
  await vi.advanceTimersByTimeAsync(10);
  expect(room.phase).toBe("inside");
  expect(wire.names.filter((name) => name === "join")).toHaveLength(2);
});

test("an interrupted connection restarts ICE, each side in its own way", async () => {
  const { wire, peers: made } = await inside();
  wire.serve("offer", {
    version: 1,
    sdp: "video:a",
    tracks: [{ mid: "a", track: "TR-Ben-camera", participant: "PA-Ben" }],
    fresh: false,
  });
  await vi.advanceTimersByTimeAsync(0);
  made[0]?.become("disconnected");
  made[1]?.become("disconnected");
  await vi.advanceTimersByTimeAsync(10);
  expect(made[0]?.offers.at(-1)).toEqual({ iceRestart: true });
  expect(wire.sent.find(({ name }) => name === "restart_subscribe")?.payload).toEqual({});
});

test("a connection that does not come back with new ICE is made anew, until it is well", async () => {
  const { room, peers: made } = outside(joined(snapshot(3, person("Ada"))));
  await room.join("Ada", [microphone]);
  made[0]?.become("failed");
  await vi.advanceTimersByTimeAsync(10);
  expect(made).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(4100);
  expect(made).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(4100);
  expect(made).toHaveLength(3);
  expect(room.media).toBe("failing");
  made[2]?.become("connected");
  expect(room.media).toBe("good");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(made).toHaveLength(3);
});

test("who receives nothing although there is something asks again", async () => {
  const { wire } = await inside();
  const asked = () => wire.sent.filter(({ name }) => name === "restart_subscribe").length;
  wire.serve("reconnect", {});
  await vi.advanceTimersByTimeAsync(10);
  expect(asked()).toBe(1);
  await vi.advanceTimersByTimeAsync(4100);
  expect(asked()).toBe(2);
});

test("what is shown is told in few words, and told again after coming back", async () => {
  const { wire, room } = await inside();
  room.show("TR-Ben-camera", { enabled: true, width: 601, height: 333 });
  room.show("TR-Ben-camera", { enabled: true, width: 603, height: 335 });
  room.show("TR-unknown", { enabled: true, width: 600, height: 300 });
  await vi.advanceTimersByTimeAsync(200);
  const wish = {
    tracks: [{ track: "TR-Ben-camera", subscribed: true, enabled: true, width: 640, height: 400 }],
  };
  const said = () => wire.sent.filter(({ name }) => name === "subscription");
  expect(said().map(({ payload }) => payload)).toEqual([wish]);
  wire.answers.resume = () =>
    resumed({ snapshot: snapshot(5, person("Ben", published("camera", "Ben"))) });
  await cutOff({ wire });
  expect(said().at(-1)?.payload).toEqual(wish);
});

test("relays are used as soon as they are known", async () => {
  const servers = [{ urls: ["turn:example"], username: "u", credential: "c" }];
  const { room, peers: made } = outside({ ...welcome, ice_servers: servers });
  await room.join("Ada", [microphone]);
  expect(made[0]?.configurations.at(-1)?.iceServers).toEqual(servers);
  expect(made[0]?.offers.at(-1)).toEqual({ iceRestart: true });
});

test("leaving tells the server and ends", async () => {
  const { wire, room } = await inside();
  wire.answers.leave = () => null;
  await room.leave();
  expect(wire.names.at(-1)).toBe("leave");
  expect(room.phase).toBe("left");
});

test("what a moderator forbids is not sent any more, and may be sent again when allowed", async () => {
  const { room, wire } = await inside();
  const sent = (name: string) => wire.sent.filter((each) => each.name === name);
  const changes: unknown[] = [];
  room.on("permitted", (change) => changes.push(change));
  const less = { ...grants, can_publish_sources: ["camera" as const] };
  wire.serve("permissions_changed", { grants: less });
  await settled();
  expect(room.publisher.has("microphone")).toBe(false);
  expect(sent("offer").at(-1)?.payload).toMatchObject({ tracks: [] });
  expect(room.may("microphone")).toBe(false);
  expect(changes).toEqual([{ before: grants, after: less }]);
  wire.serve("permissions_changed", { grants });
  expect(room.may("microphone")).toBe(true);
});

test("who muted one's track is told", async () => {
  const { room, wire } = await inside();
  const told: unknown[] = [];
  room.on("muted", (muted) => told.push(muted));
  wire.serve("fact", fact(4, "track_muted", { participant: "PA-Ada", track: "TR0", by: "PA-Ben" }));
  expect(told).toEqual([{ source: "microphone", by: "PA-Ben" }]);
});

test("a moderator's commands carry what they are about", async () => {
  const { room, wire } = await inside();
  const sent = (name: string) => wire.sent.filter((each) => each.name === name);
  wire.answers.moderate_permissions = () => null;
  wire.answers.moderate_bans = () => ({ bans: [] });
  await room.moderation.permit("PA-Ben", { moderator: true });
  expect(sent("moderate_permissions").at(-1)?.payload).toEqual({
    participant: "PA-Ben",
    moderator: true,
  });
  expect(await room.moderation.bans()).toEqual([]);
});
