// Generated from signalling/api/messages.py by `make generate`; do not edit.

/**
 * The answer to `Knock`: a token for the socket, and what the page shows before joining.
 *
 * Refused with 403 `not_invited`, 401 `token_expired` or `token_invalid`, 404 `room_not_found`,
 * 409 `room_full`, 403 `room_locked`, `banned` or `removed`. A guest's browser gets the cookie
 * `offhook_guest`, by which it is known again to a room that has banned it.
 */
export interface Admission {
  token: string;
  identity: string;
  name: string | null;
  room: string;
  title: string;
  present: Present[];
  grants: Grants;
}

/**
 * Ack of `offer`.
 */
export interface Answer {
  sdp: string;
  tracks: AnsweredTrack[];
}

/**
 * `answer`: the browser's answer to the subscribe offer `version`. Ack: `null`.
 */
export interface AnswerOffer {
  version: number;
  sdp: string;
}

/**
 * The id that a published m-line got.
 */
export interface AnsweredTrack {
  mid: string;
  sid: string;
}

/**
 * Somebody who may not come in. `identity` is that of all guests of one browser for guests by
 * link; `name` is what they were called, if they were here. `at` is ISO 8601.
 */
export interface BanView {
  sid: string;
  identity: string;
  name: string;
  permanent: boolean;
  by: string;
  at: string;
}

/**
 * `bans_changed`: all bans of the room as they are now; told to moderators only.
 */
export interface BansChanged {
  bans: BanView[];
}

/**
 * One line of the chat. `sent_at` is ISO 8601. `text` may be empty where there is a `file`.
 */
export interface ChatMessage {
  sid: string;
  participant: string;
  identity: string;
  name: string;
  text: string;
  sent_at: string;
  file?: FileView | null;
}

/**
 * Ack of `chat`; the message itself comes to everybody, the sender too, as a fact.
 */
export interface ChatSent {
  sid: string;
}

/**
 * `connection_quality`: of those whose quality changed.
 */
export interface ConnectionQuality {
  qualities: QualityOf[];
}

/**
 * `download`: ask for a file of the room's chat. Ack: `FilePass`, or 404 `file_not_found`.
 *
 * `GET` its `url` with `?ticket=<ticket>` within a minute, while one is in the room. It comes as
 * an attachment, never to be shown by itself.
 */
export interface Download {
  file: string;
}

/**
 * `ending_soon`: the meeting ends in so many seconds, at `ends_at`.
 */
export interface EndingSoon {
  seconds: number;
  ends_at: string;
}

/**
 * `fact`: something that happened, once each, in the order of `seq` without a gap.
 *
 * | type | data |
 * |---|---|
 * | `participant_joined` | `{participant: ParticipantView}` |
 * | `participant_updated` | `{participant: ParticipantView}` |
 * | `participant_left` | `{participant: sid, identity, reason}` |
 * | `track_published` | `{participant: sid, track: TrackView}` |
 * | `track_unpublished` | `{participant: sid, track: sid}` |
 * | `track_muted`, `track_unmuted` | `{participant: sid, track: sid, by?: sid or null}` |
 * | `room_updated` | `{room: RoomView}` |
 * | `chat_sent` | `{message: ChatMessage}` |
 * | `room_started`, `room_finished` | `{}` |
 * | `hidden` | `{}` (something this participant may not know) |
 *
 * `by` is there when somebody else muted the track: a moderator, or null for a program.
 */
export interface Fact {
  seq: number;
  type: string;
  at: string;
  data: Record<string, unknown>;
}

/**
 * Ack of `upload` and of `download`. `ticket` is a secret of this participant, good for this
 * file until `expires_at`. `file`: as everybody is told of it.
 */
export interface FilePass {
  file: FileView;
  url: string;
  ticket: string;
  expires_at: string;
}

/**
 * Which files may be sent: bytes of the largest, and for each media type how names of such
 * files end, the usual ending first.
 */
export interface FileRules {
  max_size: number;
  types: Record<string, string[]>;
}

/**
 * A file in the chat. `name` is safe to show and to save; `size` is in bytes; `type` is what it
 * was found to be.
 */
export interface FileView {
  id: string;
  name: string;
  size: number;
  type: string;
}

/**
 * What this participant may do; the server enforces it.
 */
export interface Grants {
  can_publish: boolean;
  can_subscribe: boolean;
  can_publish_data: boolean;
  can_publish_sources: ("camera" | "microphone" | "screen_share" | "screen_share_audio")[];
  can_update_own_metadata: boolean;
  room_admin: boolean;
  hidden: boolean;
}

/**
 * As `RTCIceServer`; empty list: the server is reached directly.
 */
export interface IceServer {
  urls: string[];
  username?: string | null;
  credential?: string | null;
}

/**
 * `join`: take the place that the token of the socket's `auth` gives. Ack: `Joined`.
 *
 * The same identity in the same room takes over: the earlier one is told `leave` with reason
 * `duplicate_identity`. `name` may replace the token's name when the token carries none.
 */
export interface Join {
  name?: string | null;
}

/**
 * Ack of `join`. `resume_token` is a secret of this participant. `files` is null where no files
 * are sent.
 */
export interface Joined {
  participant: string;
  resume_token: string;
  grants: Grants;
  ice_servers: IceServer[];
  snapshot: Snapshot;
  server_version: string;
  files: FileRules | null;
}

/**
 * `POST /r/<room>/token`: ask to come in. `token`: an invitation (`?token=` of the page), or
 * the token this page got before (a reload keeps its identity).
 */
export interface Knock {
  token?: string | null;
}

/**
 * `leave`: give up the place now. Ack: `null`.
 */
export interface Leave {
}

/**
 * `leave`: you are out; the socket closes. With `action` `reconnect`, join again.
 */
export interface Left {
  reason: "client_initiated" | "connection_timeout" | "duplicate_identity" | "flooding" | "join_failure" | "media_failure" | "participant_banned" | "participant_removed" | "room_closed" | "room_deleted" | "server_shutdown";
  action: "disconnect" | "reconnect";
}

/**
 * `moderate_ban`: send somebody away (reason `participant_banned`) and let them in no more (403
 * `banned`) until the room ends, or, `permanent`, into no room of this name. Ack: `null`, or 409
 * `not_yourself`.
 */
export interface ModerateBan {
  participant: string;
  permanent?: boolean;
}

/**
 * `moderate_bans`: ask who is banned. Ack: `BansChanged`.
 */
export interface ModerateBans {
}

/**
 * `moderate_end`: end the meeting for everybody; all are told `leave` with reason
 * `room_closed`. Ack: `null`, which may not arrive.
 */
export interface ModerateEnd {
}

/**
 * `moderate_lock`: let nobody new in (403 `room_locked`), or let them in again. Who was in the
 * meeting may come back. Ack: `null`.
 */
export interface ModerateLock {
  locked: boolean;
}

/**
 * `moderate_mute`: mute a track of somebody's, or their microphone when no track is named. They
 * may unmute themselves, unless `moderate_permissions` forbids the source. Ack: `null`.
 */
export interface ModerateMute {
  participant: string;
  track?: string | null;
}

/**
 * `moderate_mute_all`: mute the microphones of all the others. Ack: `null`.
 */
export interface ModerateMuteAll {
}

/**
 * `moderate_permissions`: change what somebody may do; what is null stays. Ack: `null`.
 *
 * Tracks of sources that are allowed no longer end at once. `moderator` makes somebody moderate
 * the room, or no longer; 409 `last_moderator` when nobody would moderate a room by link. It holds
 * for the meeting, also when they come back.
 */
export interface ModeratePermissions {
  participant: string;
  can_publish_sources?: ("camera" | "microphone" | "screen_share" | "screen_share_audio")[] | null;
  can_publish_data?: boolean | null;
  moderator?: boolean | null;
}

/**
 * `moderate_remove`: send somebody away; they are told `leave` with reason
 * `participant_removed`, and the token they have does not let them back in (403 `removed`).
 * Ack: `null`, or 409 `not_yourself`.
 */
export interface ModerateRemove {
  participant: string;
}

/**
 * `moderate_unban`: let a banned identity in again. Ack: `null`, or 404 `ban_not_found`.
 */
export interface ModerateUnban {
  identity: string;
}

/**
 * `mute`: mute or unmute one's own track. Ack: `null`.
 */
export interface MuteTrack {
  sid: string;
  muted: boolean;
}

/**
 * `offer`: the publish connection's offer with the whole list of its live tracks. A track that
 * is missing has ended. Ack: `Answer`. `tracks` may be empty (to join and only listen, do not
 * offer at all).
 */
export interface Offer {
  sdp: string;
  tracks: PublishTrack[];
}

/**
 * Which m-line of a subscribe offer carries which track. The hold music is the track `music` of
 * a participant `music`, who is in no list of participants.
 */
export interface OfferedTrack {
  mid: string;
  track: string;
  participant: string;
}

/**
 * A participant, as everybody in the room may know it. `joined_at` is ISO 8601;
 * `can_publish_sources`: what it may send now.
 */
export interface ParticipantView {
  sid: string;
  identity: string;
  name: string;
  state: "active" | "disconnected" | "joined" | "joining";
  joined_at: string;
  metadata: string;
  attributes: Record<string, string>;
  can_publish: boolean;
  can_publish_sources: ("camera" | "microphone" | "screen_share" | "screen_share_audio")[];
  moderator: boolean;
  tracks: TrackView[];
}

/**
 * `permissions_changed`: what you may do now. Tracks of sources that you may not send any
 * longer have ended already.
 */
export interface PermissionsChanged {
  grants: Grants;
}

/**
 * Somebody who is in the room already.
 */
export interface Present {
  identity: string;
  name: string;
}

/**
 * RFC 9457 problem document; `code` is stable, `field` names the offending input, `position`
 * the character in it, from 1.
 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  field?: string | null;
  position?: number | null;
  retryable?: boolean;
  retry_after?: number | null;
  request_id?: string | null;
}

/**
 * One live m-line of a publish offer.
 */
export interface PublishTrack {
  mid: string;
  source: "camera" | "microphone" | "screen_share" | "screen_share_audio";
  muted?: boolean;
}

/**
 * The connection of one participant, judged from loss and round trip of both legs.
 */
export interface QualityOf {
  participant: string;
  quality: "excellent" | "good" | "lost" | "poor";
  loss: number;
  round_trip: number | null;
}

/**
 * `reconnect`: the room's media moved or died: rebuild both connections.
 */
export interface Reconnect {
}

/**
 * `restart_subscribe`: send a new subscribe offer, with new ICE credentials or, `fresh`, for a
 * new peer connection. Ack: `null`.
 */
export interface RestartSubscribe {
  fresh?: boolean;
}

/**
 * `resume`: the socket was lost and is back. Ack: `Resumed`, or 404 `gone` when the place was
 * given up meanwhile (join again).
 */
export interface Resume {
  resume_token: string;
  last_seq: number;
}

/**
 * Ack of `resume`. `media`: `kept` - both connections live on; `lost` - make new ones: publish
 * again, and call `restart_subscribe` with `fresh`. `missed`: the facts since `last_seq`; they are
 * in the snapshot already.
 */
export interface Resumed {
  participant: string;
  resume_token: string;
  grants: Grants;
  media: "kept" | "lost";
  snapshot: Snapshot;
  missed: Fact[];
}

/**
 * The room, as everybody in it may know it. `ends_at`: when the meeting must end, in a room of
 * limited duration.
 */
export interface RoomView {
  sid: string;
  name: string;
  title: string;
  created_at: string;
  locked: boolean;
  max_participants: number;
  metadata: string;
  ends_at: string | null;
}

/**
 * `chat`: say something to everybody in the room. Ack: `ChatSent`. Needs `canPublishData`.
 *
 * `file`: one of one's own that was brought as `upload` says, with or without words. Refused with
 * 404 `file_not_found`, 409 `file_not_there` or `file_sent`.
 */
export interface SendChat {
  text?: string;
  file?: string | null;
}

/**
 * `GET /status.json`: what the home page says of this server. `media`: a node answers.
 */
export interface ServerStatus {
  version: string;
  demo: boolean;
  media: boolean;
  media_port: number;
  turn: boolean;
  rooms: number;
  participants: number;
}

/**
 * Everything a client must know to draw the room; facts up to `seq` are in it.
 */
export interface Snapshot {
  seq: number;
  room: RoomView;
  participants: ParticipantView[];
  chat: ChatMessage[];
  speakers: Speaker[];
}

/**
 * One active speaker; `level` from 0 (silent) to 1 (loudest).
 */
export interface Speaker {
  participant: string;
  level: number;
}

/**
 * `speakers_changed`: who speaks now, loudest first.
 */
export interface SpeakersChanged {
  speakers: Speaker[];
}

/**
 * `streams_paused`: video this client does not get for now, or gets again.
 */
export interface StreamsPaused {
  tracks: string[];
  paused: boolean;
}

/**
 * `offer`: the subscribe connection's next offer; answer it with `answer` and its version.
 * `fresh`: close the old peer connection and use a new one.
 */
export interface SubscribeOffer {
  version: number;
  sdp: string;
  tracks: OfferedTrack[];
  fresh: boolean;
}

/**
 * `subscription`: which tracks to receive, and how large. Ack: `null`.
 */
export interface Subscription {
  tracks: TrackWish[];
}

/**
 * `refresh_token`: a fresh token for the next connect.
 */
export interface TokenRefreshed {
  token: string;
}

/**
 * A published track, as everybody in the room may know it.
 */
export interface TrackView {
  sid: string;
  source: "camera" | "microphone" | "screen_share" | "screen_share_audio";
  kind: "audio" | "video";
  muted: boolean;
}

/**
 * How one subscriber wants one track: not at all, hidden for now, or at most this size.
 */
export interface TrackWish {
  track: string;
  subscribed?: boolean;
  enabled?: boolean;
  width?: number | null;
  height?: number | null;
}

/**
 * `update`: change one's own name or attributes. Ack: `null`. Needs `canUpdateOwnMetadata`.
 */
export interface UpdateSelf {
  name?: string | null;
  attributes?: Record<string, string> | null;
}

/**
 * `upload`: announce a file for the chat. Ack: `FilePass`. Needs `canPublishData`.
 *
 * Then bring its bytes: `PUT` to `url` with `Authorization: Bearer <ticket>` and its media type as
 * `Content-Type`, within ten minutes. 201 means that it is kept; then send it with `chat`.
 *
 * `name` is what the sender calls it: folders, control characters and marks that turn text round
 * are left out, and it gets the usual ending of its type if it has another. `type` must be one of
 * `FileRules`, and the bytes must be of it. Refused with 413 `file_too_large`, 415
 * `file_type_not_allowed`, 422 `file_empty`, 403 `files_off`, 409 `your_files_full` or
 * `room_files_full`, 429 `too_many_uploads` or `rate_limited`.
 */
export interface Upload {
  name: string;
  type: string;
  size: number;
}

export interface Commands {
  join: { send: Join; reply: Joined };
  resume: { send: Resume; reply: Resumed };
  offer: { send: Offer; reply: Answer };
  answer: { send: AnswerOffer; reply: null };
  restart_subscribe: { send: RestartSubscribe; reply: null };
  mute: { send: MuteTrack; reply: null };
  subscription: { send: Subscription; reply: null };
  chat: { send: SendChat; reply: ChatSent };
  upload: { send: Upload; reply: FilePass };
  download: { send: Download; reply: FilePass };
  update: { send: UpdateSelf; reply: null };
  leave: { send: Leave; reply: null };
  moderate_mute: { send: ModerateMute; reply: null };
  moderate_mute_all: { send: ModerateMuteAll; reply: null };
  moderate_permissions: { send: ModeratePermissions; reply: null };
  moderate_remove: { send: ModerateRemove; reply: null };
  moderate_ban: { send: ModerateBan; reply: null };
  moderate_unban: { send: ModerateUnban; reply: null };
  moderate_bans: { send: ModerateBans; reply: BansChanged };
  moderate_lock: { send: ModerateLock; reply: null };
  moderate_end: { send: ModerateEnd; reply: null };
}

export interface Events {
  fact: Fact;
  offer: SubscribeOffer;
  speakers_changed: SpeakersChanged;
  connection_quality: ConnectionQuality;
  streams_paused: StreamsPaused;
  permissions_changed: PermissionsChanged;
  bans_changed: BansChanged;
  ending_soon: EndingSoon;
  refresh_token: TokenRefreshed;
  reconnect: Reconnect;
  leave: Left;
}
