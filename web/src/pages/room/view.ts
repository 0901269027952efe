// What the elements of a call draw, made from what is known of the room. Pure but for the order.

import { type RoomState, trackOf } from "../../client/state.js";
import type { RemoteTrack } from "../../client/subscriber.js";
import type { ChatLine } from "../../components/chat/chat.js";
import type { PersonRow } from "../../components/people-panel/people-panel.js";
import { PAGE, STRIP } from "../../components/stage/layout.js";
import type { Order } from "../../components/stage/order.js";
import type { TileModel } from "../../components/tile/tile.js";
import type { ParticipantView } from "../../protocol.js";
import { say } from "../../words.js";

/** What is known on this side of the call. */
export interface Mine {
  readonly sid: string;
  readonly muted: boolean;
  readonly camera: MediaStreamTrack | null;
  readonly screen: MediaStreamTrack | null;
}

/** The stage of a call: people in their order, and the screen that is shown. */
export interface StageModel {
  readonly people: readonly TileModel[];
  readonly screen: TileModel | null;
}

/** The stage: others in a lasting order, oneself last on the first page; the newest screen. */
export function stageOf(
  state: RoomState,
  tracks: ReadonlyMap<string, RemoteTrack>,
  mine: Mine,
  order: Order,
): StageModel {
  const all = [...state.participants.values()].filter(isHere);
  const others = new Map(all.filter(({ sid }) => sid !== mine.sid).map((one) => [one.sid, one]));
  const me = state.participants.get(mine.sid);
  const screens = all.flatMap((one) => screenOf(state, one, tracks, mine) ?? []);
  const screen = screens.at(-1) ?? null;
  const seats = (screen ? STRIP : PAGE) - 1;
  const speaking = state.speakers.map(({ participant }) => participant);
  const people = order
    .arrange([...others.keys()], speaking, seats)
    .flatMap((sid) => personTile(state, others.get(sid), tracks, mine) ?? []);
  const self = personTile(state, me, tracks, mine);
  const seen = self ? [...people.slice(0, seats), self, ...people.slice(seats)] : people;
  return { people: [...screens.slice(0, -1), ...seen], screen };
}

/** The list of the people panel: oneself first, then by the time they came. */
export function rowsOf(state: RoomState, mine: Mine): PersonRow[] {
  const people = [...state.participants.values()].filter(isHere);
  const rows = people.map((person) => rowOf(state, person, mine));
  return [...rows.filter((row) => row.mine), ...rows.filter((row) => !row.mine)];
}

/** The lines of the chat. */
export function linesOf(state: RoomState, identity: string | undefined): ChatLine[] {
  return state.chat.map((message) => ({
    id: message.sid,
    name: message.name,
    mine: message.identity === identity,
    text: message.text,
    file: message.file ?? null,
    at: new Date(message.sent_at),
  }));
}

function isHere(person: ParticipantView): boolean {
  return person.state !== "joining";
}

function personTile(
  state: RoomState,
  person: ParticipantView | undefined,
  tracks: ReadonlyMap<string, RemoteTrack>,
  mine: Mine,
): TileModel | null {
  if (!person) {
    return null;
  }
  const isMine = person.sid === mine.sid;
  const camera = trackOf(person, "camera");
  const shown = camera && !camera.muted ? tracks.get(camera.sid)?.track : undefined;
  const microphone = trackOf(person, "microphone");
  const muted = isMine ? mine.muted : !microphone || microphone.muted;
  return {
    key: person.sid,
    kind: "person",
    label: isMine ? say("you") : person.name,
    caption: isMine ? say("you") : person.name,
    name: person.name,
    identity: person.identity,
    mine: isMine,
    sid: isMine ? null : (camera?.sid ?? null),
    video: isMine ? mine.camera : (shown ?? null),
    muted,
    speaking: !muted && state.speakers.some(({ participant }) => participant === person.sid),
    note: isMine ? null : noteOf(state, person, camera?.sid),
  };
}

function noteOf(
  state: RoomState,
  person: ParticipantView,
  camera: string | undefined,
): TileModel["note"] {
  const quality = state.qualities.get(person.sid)?.quality;
  if (quality === "lost" || person.state === "disconnected") {
    return "reconnecting";
  }
  if (camera && state.paused.has(camera)) {
    return "paused";
  }
  return quality === "poor" ? "weak" : null;
}

function screenOf(
  state: RoomState,
  person: ParticipantView,
  tracks: ReadonlyMap<string, RemoteTrack>,
  mine: Mine,
): TileModel | null {
  const track = trackOf(person, "screen_share");
  const isMine = person.sid === mine.sid;
  if (!track || (isMine && !mine.screen)) {
    return null;
  }
  return {
    key: track.sid,
    kind: "screen",
    label: isMine ? say("screen.mine") : say("screen.of", { name: person.name }),
    caption: isMine ? say("screen.you_share") : say("screen.shares", { name: person.name }),
    name: person.name,
    identity: person.identity,
    mine: isMine,
    sid: isMine ? null : track.sid,
    video: isMine ? mine.screen : (tracks.get(track.sid)?.track ?? null),
    muted: false,
    speaking: false,
    note: state.paused.has(track.sid) ? "paused" : null,
  };
}

function rowOf(state: RoomState, person: ParticipantView, mine: Mine): PersonRow {
  const isMine = person.sid === mine.sid;
  const microphone = trackOf(person, "microphone");
  const camera = trackOf(person, "camera");
  return {
    key: person.sid,
    name: person.name,
    identity: person.identity,
    mine: isMine,
    moderator: person.moderator,
    muted: isMine ? mine.muted : !microphone || microphone.muted,
    camera: isMine ? mine.camera !== null : Boolean(camera && !camera.muted),
    sharing: Boolean(trackOf(person, "screen_share")),
    quality: state.qualities.get(person.sid)?.quality ?? null,
    allowed: {
      microphone: person.can_publish_sources.includes("microphone"),
      camera: person.can_publish_sources.includes("camera"),
      screen: person.can_publish_sources.includes("screen_share"),
    },
  };
}
