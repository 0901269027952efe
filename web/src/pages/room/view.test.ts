import { expect, test } from "vitest";
import { fromSnapshot, withPaused, withQualities } from "../../client/state.js";
import type { RemoteTrack } from "../../client/subscriber.js";
import { Order } from "../../components/stage/order.js";
import type { ParticipantView } from "../../protocol.js";
import { track } from "../../testing/peer.js";
import { person, published, snapshot } from "../../testing/room.js";
import { linesOf, type Mine, rowsOf, stageOf } from "./view.js";

const mine: Mine = { sid: "PA-Ada", muted: false, camera: null, screen: null };
const camera = track("video");

function remote(...sids: string[]): ReadonlyMap<string, RemoteTrack> {
  return new Map(sids.map((sid) => [sid, { sid, participant: "", track: camera }]));
}

function stage(people: ParticipantView[], tracks = remote(), own: Mine = mine) {
  return stageOf(fromSnapshot(snapshot(1, ...people)), tracks, own, new Order());
}

const names = (people: readonly { label: string }[]) => people.map(({ label }) => label);

test("one's own tile is You and the last", () => {
  expect(names(stage([person("Ada"), person("Ben")]).people)).toEqual(["Ben", "You"]);
});

test("with many people one's own tile ends the first page", () => {
  const others = Array.from({ length: 12 }, (_, place) => person(`P${place}`));
  const shown = stage([person("Ada"), ...others]).people;
  expect(shown[8]?.label).toBe("You");
  expect(shown).toHaveLength(13);
});

test("who is only about to join is not shown", () => {
  const joining = { ...person("Ben"), state: "joining" } as const;
  expect(names(stage([person("Ada"), joining]).people)).toEqual(["You"]);
});

test("a muted camera gives way to the initials", () => {
  const on = published("camera", "Ben");
  const tracks = remote(on.sid);
  expect(stage([person("Ben", on)], tracks).people[0]?.video).toBe(camera);
  const off = { ...on, muted: true };
  expect(stage([person("Ben", off)], tracks).people[0]?.video).toBeNull();
});

test("without a microphone one is muted", () => {
  expect(stage([person("Ben")]).people[0]?.muted).toBe(true);
  expect(stage([person("Ben", published("microphone", "Ben"))]).people[0]?.muted).toBe(false);
});

test("the newest screen is on the stage, earlier ones among the people", () => {
  const first = person("Ben", published("screen_share", "Ben"));
  const second = person("Cleo", published("screen_share", "Cleo"));
  const shown = stage([person("Ada"), first, second]);
  expect(shown.screen?.label).toBe("Screen of Cleo");
  expect(names(shown.people)).toEqual(["Screen of Ben", "Ben", "Cleo", "You"]);
});

test("one's own screen is shown from here", () => {
  const sharing = person("Ada", published("screen_share", "Ada"));
  const shown = stage([sharing], remote(), { ...mine, screen: camera });
  expect(shown.screen?.label).toBe("Your screen");
  expect(shown.screen?.video).toBe(camera);
});

test("connections that are weak, lost or paused are noted", () => {
  const ben = person("Ben", published("camera", "Ben"));
  const state = fromSnapshot(snapshot(1, ben));
  const quality = (word: "poor" | "lost") =>
    withQualities(state, [{ participant: "PA-Ben", quality: word, loss: 0.2, round_trip: 0.5 }]);
  const note = (given: typeof state) => stageOf(given, remote(), mine, new Order()).people[0]?.note;
  expect(note(state)).toBeNull();
  expect(note(quality("poor"))).toBe("weak");
  expect(note(quality("lost"))).toBe("reconnecting");
  expect(note(withPaused(state, ["TR-Ben-camera"], true))).toBe("paused");
});

test("the list of people begins with oneself", () => {
  const rows = rowsOf(fromSnapshot(snapshot(1, person("Ben"), person("Ada"))), mine);
  expect(rows.map(({ name, mine: me }) => [name, me])).toEqual([
    ["Ada", true],
    ["Ben", false],
  ]);
});

test("one's own messages are known by the identity, also after coming back as another", () => {
  const message = {
    sid: "MS1",
    participant: "PA-earlier",
    identity: "ada",
    name: "Ada",
    text: "Hello",
    sent_at: "2026-11-20T10:00:00.000Z",
  };
  const state = { ...fromSnapshot(snapshot(1)), chat: [message] };
  expect(linesOf(state, "ada")[0]?.mine).toBe(true);
  expect(linesOf(state, "ben")[0]?.mine).toBe(false);
});
