// Rooms, people and facts for tests.
import type {
  Fact,
  Grants,
  Joined,
  ParticipantView,
  RoomView,
  Snapshot,
  TrackView,
} from "../protocol.js";

export const grants: Grants = {
  can_publish: true,
  can_subscribe: true,
  can_publish_data: true,
  can_publish_sources: ["camera", "microphone", "screen_share", "screen_share_audio"],
  can_update_own_metadata: true,
  room_admin: false,
  hidden: false,
};

export const room: RoomView = {
  sid: "RM1",
  name: "demo",
  title: "Thursday review",
  created_at: "2026-11-20T10:00:00.000Z",
  locked: false,
  max_participants: 50,
  metadata: "",
  ends_at: null,
};

export function person(name: string, ...tracks: TrackView[]): ParticipantView {
  return {
    sid: `PA-${name}`,
    identity: name.toLowerCase(),
    name,
    state: "active",
    joined_at: "2026-11-20T10:00:00.000Z",
    metadata: "",
    attributes: {},
    can_publish: true,
    can_publish_sources: grants.can_publish_sources,
    moderator: false,
    tracks,
  };
}

export function published(
  source: TrackView["source"],
  owner: string,
  more: Partial<TrackView> = {},
): TrackView {
  const kind = source === "camera" || source === "screen_share" ? "video" : "audio";
  return { sid: `TR-${owner}-${source}`, source, kind, muted: false, ...more };
}

export function snapshot(seq: number, ...participants: ParticipantView[]): Snapshot {
  return { seq, room, participants, chat: [], speakers: [] };
}

export function fact(seq: number, type: string, data: Fact["data"] = {}): Fact {
  return { seq, type, at: "2026-11-20T10:00:00.000Z", data };
}

export function joined(shown: Snapshot, more: Partial<Joined> = {}): Joined {
  return {
    participant: "PA-Ada",
    resume_token: "secret",
    grants,
    ice_servers: [],
    snapshot: shown,
    server_version: "0.1.0",
    files: null,
    ...more,
  };
}
