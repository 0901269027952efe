import { expect, test } from "vitest";
import { Room } from "../../client/room.js";
import type { Grants } from "../../protocol.js";
import { peers } from "../../testing/peer.js";
import { grants, joined, person, snapshot } from "../../testing/room.js";
import { connectionInMemory, refusal, settled } from "../../testing/wire.js";
import { Moderating, toggled } from "./moderating.js";

async function moderating(own: Partial<Grants> = { room_admin: true }) {
  const { wire, connection } = connectionInMemory();
  const welcome = joined(snapshot(3, person("Ada"), person("Ben")), {
    grants: { ...grants, ...own },
  });
  wire.answers.join = () => welcome;
  const room = new Room(connection, peers().make);
  await room.join("Ada");
  const told = { done: [] as string[], failed: [] as unknown[], changes: 0 };
  const made = new Moderating({
    room: () => room,
    changed: () => {
      told.changes += 1;
    },
    done: (words) => told.done.push(words),
    failed: (error) => told.failed.push(error),
  });
  const sent = (name: string) => wire.sent.filter((each) => each.name === name);
  return { moderating: made, wire, room, told, sent };
}

test("somebody is removed only after the person was asked", async () => {
  const { moderating: one, wire, sent } = await moderating();
  wire.answers.moderate_remove = () => null;
  await one.person({ action: "remove", key: "PA-Ben" });
  expect(one.pending?.title).toBe("Remove Ben");
  expect(sent("moderate_remove")).toHaveLength(0);
  one.cancel();
  await one.confirm();
  expect(sent("moderate_remove")).toHaveLength(0);
  await one.person({ action: "remove", key: "PA-Ben" });
  await one.confirm();
  expect(sent("moderate_remove").at(-1)?.payload).toEqual({ participant: "PA-Ben" });
  expect(one.pending).toBeNull();
});

test("a mute and a permission are sent at once", async () => {
  const { moderating: one, wire, sent } = await moderating();
  wire.answers.moderate_mute = () => null;
  wire.answers.moderate_permissions = () => null;
  await one.person({ action: "mute", key: "PA-Ben" });
  expect(sent("moderate_mute").at(-1)?.payload).toEqual({ participant: "PA-Ben", track: null });
  await one.person({ action: "screen", key: "PA-Ben" });
  expect(sent("moderate_permissions").at(-1)?.payload).toEqual({
    participant: "PA-Ben",
    can_publish_sources: ["camera", "microphone"],
  });
});

test("the room is locked or unlocked by what it is now, and ended after a question", async () => {
  const { moderating: one, wire, sent } = await moderating();
  wire.answers.moderate_lock = () => null;
  wire.answers.moderate_end = () => null;
  await one.everybody("lock");
  expect(sent("moderate_lock").at(-1)?.payload).toEqual({ locked: true });
  await one.everybody("end");
  expect(sent("moderate_end")).toHaveLength(0);
  await one.confirm();
  expect(sent("moderate_end")).toHaveLength(1);
});

test("what is refused is told, and nothing is said to be done", async () => {
  const { moderating: one, wire, told } = await moderating();
  wire.answers.moderate_mute_all = () => refusal(403, "not_allowed");
  await one.everybody("mute-all");
  expect(told.failed).toHaveLength(1);
  expect(told.done).toEqual([]);
});

test("who has left meanwhile is not asked about", async () => {
  const { moderating: one, told } = await moderating();
  await one.person({ action: "ban", key: "PA-Cleo" });
  expect(told.done).toEqual(["They have left the room already."]);
  expect(one.pending).toBeNull();
});

test("the bans are asked for by moderators only, and a nameless one shows its identity", async () => {
  const { moderating: one, wire, sent } = await moderating();
  const ban = { sid: "BN1", permanent: false, by: "ada", at: "2026-11-20T10:00:00.000Z" };
  wire.answers.moderate_bans = () => ({ bans: [{ ...ban, identity: "eve", name: "" }] });
  wire.answers.moderate_unban = () => null;
  await one.look();
  expect(one.banned).toEqual([{ identity: "eve", name: "eve" }]);
  await one.person({ action: "unban", key: "eve" });
  expect(sent("moderate_unban").at(-1)?.payload).toEqual({ identity: "eve" });
  const other = await moderating({ room_admin: false });
  await other.moderating.look();
  await settled();
  expect(other.sent("moderate_bans")).toHaveLength(0);
});

test("sources go and come together with what belongs to them", () => {
  const screen = ["screen_share", "screen_share_audio"] as const;
  expect(toggled(["camera", ...screen], screen)).toEqual(["camera"]);
  expect(toggled(["camera"], screen)).toEqual(["camera", ...screen]);
});
