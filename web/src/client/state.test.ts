import { expect, test } from "vitest";
import { fact, person, published, room, snapshot } from "../testing/room.js";
import { applyFact, fromSnapshot, leavesGap, withPaused, withQualities } from "./state.js";

const camera = published("camera", "Ben");
const start = fromSnapshot(snapshot(7, person("Ada"), person("Ben", camera)));
const names = (state: typeof start) => [...state.participants.values()].map(({ name }) => name);

test("a fact that is in the snapshot already changes nothing", () => {
  expect(applyFact(start, fact(7, "participant_left", { participant: "PA-Ben" }))).toBe(start);
});

test("people come and go", () => {
  const came = applyFact(start, fact(8, "participant_joined", { participant: person("Cleo") }));
  expect(names(came)).toEqual(["Ada", "Ben", "Cleo"]);
  const went = applyFact(came, fact(9, "participant_left", { participant: "PA-Ben" }));
  expect(names(went)).toEqual(["Ada", "Cleo"]);
  expect(went.seq).toBe(9);
});

test("who left neither speaks nor has a connection", () => {
  const quality = { participant: "PA-Ben", quality: "poor", loss: 0.1, round_trip: 0.3 } as const;
  const busy = withQualities({ ...start, speakers: [{ participant: "PA-Ben", level: 1 }] }, [
    quality,
  ]);
  const after = applyFact(busy, fact(8, "participant_left", { participant: "PA-Ben" }));
  expect(after.speakers).toEqual([]);
  expect(after.qualities.size).toBe(0);
});

test("a track is published, muted, unmuted and unpublished", () => {
  const screen = published("screen_share", "Ben");
  const at = { participant: "PA-Ben", track: screen.sid };
  const on = applyFact(start, fact(8, "track_published", { participant: "PA-Ben", track: screen }));
  expect(on.participants.get("PA-Ben")?.tracks).toEqual([camera, screen]);
  const muted = applyFact(on, fact(9, "track_muted", at));
  expect(muted.participants.get("PA-Ben")?.tracks[1]?.muted).toBe(true);
  const heard = applyFact(muted, fact(10, "track_unmuted", at));
  expect(heard.participants.get("PA-Ben")?.tracks[1]?.muted).toBe(false);
  const off = applyFact(heard, fact(11, "track_unpublished", at));
  expect(off.participants.get("PA-Ben")?.tracks).toEqual([camera]);
});

test("an unknown fact only moves the number on", () => {
  const after = applyFact(start, fact(8, "hidden"));
  expect(after).toEqual({ ...start, seq: 8 });
});

test("the room is renamed and messages add up", () => {
  const message = {
    sid: "MS1",
    participant: "PA-Ben",
    identity: "ben",
    name: "Ben",
    text: "Hello",
    sent_at: "2026-11-20T10:00:00.000Z",
  };
  const said = applyFact(start, fact(8, "chat_sent", { message }));
  const named = applyFact(said, fact(9, "room_updated", { room: { ...room, title: "Plan" } }));
  expect(named.chat).toEqual([message]);
  expect(named.room.title).toBe("Plan");
});

test("a missing number is noticed", () => {
  expect(leavesGap(start, fact(8, "hidden"))).toBe(false);
  expect(leavesGap(start, fact(9, "hidden"))).toBe(true);
});

test("paused tracks are paused until they are not", () => {
  const paused = withPaused(start, ["a", "b"], true);
  expect([...withPaused(paused, ["a"], false).paused]).toEqual(["b"]);
});
