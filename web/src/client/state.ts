// What is known of a room: the snapshot of the server, moved on by each fact. Pure.
import type {
  ChatMessage,
  Fact,
  ParticipantView,
  QualityOf,
  RoomView,
  Snapshot,
  Speaker,
  TrackView,
} from "../protocol.js";

/** A room at one moment. Every change makes a new object; unchanged parts stay the same. */
export interface RoomState {
  readonly seq: number;
  readonly room: RoomView;
  readonly participants: ReadonlyMap<string, ParticipantView>;
  readonly chat: readonly ChatMessage[];
  readonly speakers: readonly Speaker[];
  readonly qualities: ReadonlyMap<string, QualityOf>;
  readonly paused: ReadonlySet<string>;
}

export type TrackSource = TrackView["source"];

type Data = Fact["data"];
type Change = (state: RoomState, data: Data) => RoomState;

/** The state that a snapshot describes; what no snapshot holds is kept from `before`. */
export function fromSnapshot(snapshot: Snapshot, before?: RoomState | null): RoomState {
  return {
    seq: snapshot.seq,
    room: snapshot.room,
    participants: new Map(snapshot.participants.map((person) => [person.sid, person])),
    chat: snapshot.chat,
    speakers: snapshot.speakers,
    qualities: before?.qualities ?? new Map(),
    paused: new Set(),
  };
}

/** The state after a fact. One that is known already changes nothing. */
export function applyFact(state: RoomState, fact: Fact): RoomState {
  if (fact.seq <= state.seq) {
    return state;
  }
  const change = CHANGES[fact.type];
  return { ...(change ? change(state, fact.data) : state), seq: fact.seq };
}

/** Whether facts are missing between the state and this one. */
export function leavesGap(state: RoomState, fact: Fact): boolean {
  return fact.seq > state.seq + 1;
}

/** The qualities after a notice that names only those that changed. */
export function withQualities(state: RoomState, changed: readonly QualityOf[]): RoomState {
  const qualities = new Map(state.qualities);
  for (const quality of changed) {
    qualities.set(quality.participant, quality);
  }
  return { ...state, qualities };
}

/** The paused tracks after a notice about some of them. */
export function withPaused(
  state: RoomState,
  tracks: readonly string[],
  isPaused: boolean,
): RoomState {
  const paused = new Set(state.paused);
  for (const track of tracks) {
    if (isPaused) {
      paused.add(track);
    } else {
      paused.delete(track);
    }
  }
  return { ...state, paused };
}

/** The track of one source that a participant publishes. */
export function trackOf(person: ParticipantView, source: TrackSource): TrackView | undefined {
  return person.tracks.find((track) => track.source === source);
}

const CHANGES: Readonly<Record<string, Change>> = {
  participant_joined: (state, data) => withPerson(state, data.participant as ParticipantView),
  participant_updated: (state, data) => withPerson(state, data.participant as ParticipantView),
  participant_left: (state, data) => withoutPerson(state, data.participant as string),
  track_published: (state, data) => {
    const track = data.track as TrackView;
    return withTracks(state, data, (tracks) => [
      ...tracks.filter((known) => known.sid !== track.sid),
      track,
    ]);
  },
  track_unpublished: (state, data) =>
    withTracks(state, data, (tracks) => tracks.filter((track) => track.sid !== data.track)),
  track_muted: (state, data) => withMuted(state, data, true),
  track_unmuted: (state, data) => withMuted(state, data, false),
  room_updated: (state, data) => ({ ...state, room: data.room as RoomView }),
  chat_sent: (state, data) => ({ ...state, chat: [...state.chat, data.message as ChatMessage] }),
};

function withPerson(state: RoomState, person: ParticipantView): RoomState {
  return { ...state, participants: new Map(state.participants).set(person.sid, person) };
}

function withoutPerson(state: RoomState, sid: string): RoomState {
  const participants = new Map(state.participants);
  participants.delete(sid);
  const qualities = new Map(state.qualities);
  qualities.delete(sid);
  const speakers = state.speakers.filter((speaker) => speaker.participant !== sid);
  return { ...state, participants, qualities, speakers };
}

function withTracks(
  state: RoomState,
  data: Data,
  change: (tracks: readonly TrackView[]) => TrackView[],
): RoomState {
  const person = state.participants.get(data.participant as string);
  return person ? withPerson(state, { ...person, tracks: change(person.tracks) }) : state;
}

function withMuted(state: RoomState, data: Data, muted: boolean): RoomState {
  return withTracks(state, data, (tracks) =>
    tracks.map((track) => (track.sid === data.track ? { ...track, muted } : track)),
  );
}
