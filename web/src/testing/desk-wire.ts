// A desk's socket and its calls in memory: the server's side is the test.

import { Connection } from "../client/connection.js";
import { DeskConnection } from "../client/desk.js";
import { Devices } from "../client/devices.js";
import { Room } from "../client/room.js";
import type { Commands, Desk, Events } from "../desk-protocol.js";
import { forgetful } from "../memory.js";
import { Calls } from "../pages/desk/calls.js";
import { entered } from "./desk.js";
import { MediaInMemory } from "./media.js";
import { type PeerInMemory, peers } from "./peer.js";
import { joined, person, snapshot } from "./room.js";
import { WireInMemory } from "./wire.js";

export type DeskWire = WireInMemory<Commands, Events>;

/** A socket of /desk that takes every command and enters with this desk. */
export function deskInMemory(desk: Desk | null): { wire: DeskWire; connect: () => DeskConnection } {
  const wire: DeskWire = new WireInMemory<Commands, Events>();
  wire.answers.enter = () => ({ ...entered, desk });
  for (const name of COMMANDS) {
    wire.answers[name] = () => null;
  }
  return { wire, connect: () => new DeskConnection(wire) };
}

const COMMANDS = [
  "choose_activity",
  "accept",
  "reject",
  "hold",
  "hang_up",
  "transfer",
  "consulted",
  "note",
  "finish_wrap_up",
  "extend_wrap_up",
  "set_activity",
  "prioritise",
  "cancel_task",
] as const;

/** One room of a call, with what it sends. */
export interface RoomInMemory {
  readonly token: string;
  readonly wire: WireInMemory;
  readonly made: PeerInMemory[];
}

/** Calls whose rooms take everybody, with what was made and what is heard. */
export function callsInMemory() {
  const rooms: RoomInMemory[] = [];
  const played: (readonly MediaStreamTrack[])[] = [];
  const media = new MediaInMemory();
  const devices = new Devices(forgetful(), media as unknown as MediaDevices);
  const calls = new Calls({
    devices,
    output: { play: (tracks) => played.push(tracks) },
    room: (token) => {
      const wire = new WireInMemory();
      const { made, make } = peers();
      wire.answers.join = () => joined(snapshot(1, person("Ada"), person("Marta")));
      wire.answers.offer = () => ({ sdp: "answer", tracks: [] });
      wire.answers.leave = () => null;
      wire.answers.mute = () => null;
      rooms.push({ token: token(), wire, made });
      return new Room(new Connection(wire), make);
    },
  });
  return { calls, devices, media, rooms, played };
}
