// Generated from the routes of the REST API by `make generate`; do not edit.

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
 * A key without its secret.
 */
export interface ApiKey {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  last_used_at: string | null;
}

/**
 * A key to make. `scopes`: the permissions it is limited to; `*` is all of them.
 */
export interface ApiKeyCreate {
  name: string;
  scopes: ("*" | "data.send" | "events.read" | "keys.read" | "keys.write" | "metrics.read" | "participants.moderate" | "participants.read" | "rooms.admin" | "rooms.join" | "rooms.read" | "rooms.record" | "rooms.write" | "self.update" | "sign_in.own" | "tokens.issue" | "tracks.publish" | "tracks.subscribe" | "webhooks.read" | "webhooks.write")[];
}

/**
 * Keys that are in force, oldest first; `next` as everywhere.
 */
export interface ApiKeyPage {
  items: ApiKey[];
  next: string | null;
}

/**
 * Somebody who may not come in. `name` is what they were called, if they were there; `by` the
 * identity of the moderator, empty for a program.
 */
export interface Ban {
  sid: string;
  identity: string;
  name: string;
  permanent: boolean;
  by: string;
  created_at: string;
}

/**
 * Whom to let in no more. A ban ends with the room; a `permanent` one holds for every later
 * room of the same name. The identity of a guest by link stands for all guests of that browser.
 */
export interface BanCreate {
  identity: string;
  permanent?: boolean;
}

/**
 * Bans in the order they were made; `next` as everywhere.
 */
export interface BanPage {
  items: Ban[];
  next: string | null;
}

/**
 * One event on its way to one webhook. `next_attempt_at` is null at the end, and while an
 * earlier event of the same subject is on its way; `last` is the last attempt.
 */
export interface Delivery {
  id: string;
  webhook: string;
  event: string;
  type: string;
  subject: string;
  seq: number;
  state: "delivered" | "failed" | "pending" | "retrying";
  attempts: number;
  next_attempt_at: string | null;
  created_at: string;
  ended_at: string | null;
  last: DeliveryAttempt | null;
}

/**
 * One try: the receiver's `status` and the beginning of its answer, or else an `error`.
 */
export interface DeliveryAttempt {
  number: number;
  at: string;
  milliseconds: number;
  status: number | null;
  error: "address_refused" | "address_unknown" | "bad_answer" | "connection_failed" | "internal" | "timed_out" | "tls_failed" | null;
  response: string;
}

/**
 * A delivery with its last 20 attempts, oldest first, and the event that is sent.
 */
export interface DeliveryDetail {
  id: string;
  webhook: string;
  event: string;
  type: string;
  subject: string;
  seq: number;
  state: "delivered" | "failed" | "pending" | "retrying";
  attempts: number;
  next_attempt_at: string | null;
  created_at: string;
  ended_at: string | null;
  last: DeliveryAttempt | null;
  log: DeliveryAttempt[];
  payload: Event | null;
}

/**
 * Deliveries, newest first; `next` as everywhere.
 */
export interface DeliveryPage {
  items: Delivery[];
  next: string | null;
}

/**
 * Something that happened. `seq` counts without a gap for each subject.
 */
export interface Event {
  id: string;
  type: string;
  version: number;
  account: string;
  subject: string;
  seq: number;
  conversation_id: string | null;
  causation_id: string | null;
  time: string;
  data: Record<string, unknown>;
}

/**
 * Events in the order asked for; `next` is null when there are no more now.
 */
export interface EventPage {
  items: Event[];
  next: string | null;
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
 * What to change of what somebody may do in this meeting; what is null stays. Tracks of sources
 * that are allowed no longer end at once. `room_admin` makes a moderator.
 */
export interface GrantsPatch {
  can_publish?: boolean | null;
  can_publish_sources?: ("camera" | "microphone" | "screen_share" | "screen_share_audio")[] | null;
  can_subscribe?: boolean | null;
  can_publish_data?: boolean | null;
  can_update_own_metadata?: boolean | null;
  room_admin?: boolean | null;
}

/**
 * The process answers.
 */
export interface Health {
  status: "ok";
}

/**
 * Whom somebody hears and sees: of these identities everything, of others nothing; null is
 * everybody. With `music` they hear the hold music.
 */
export interface HearingOf {
  publishers?: string[] | null;
  music?: boolean;
}

/**
 * `POST /r/<room>/token`: ask to come in. `token`: an invitation (`?token=` of the page), or
 * the token this page got before (a reload keeps its identity).
 */
export interface Knock {
  token?: string | null;
}

/**
 * A key with its secret, which is shown this once.
 */
export interface NewApiKey {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  last_used_at: string | null;
  secret: string;
}

/**
 * A webhook with its newest secret, which is shown this once.
 */
export interface NewWebhook {
  id: string;
  url: string;
  description: string;
  events: string[];
  enabled: boolean;
  disabled_reason: "gone" | "requested" | null;
  old_secret_until: string | null;
  created_at: string;
  updated_at: string;
  secret: string;
}

/**
 * A process that is alive. `this`: it answers this request; `rooms` and `legs` are those of a
 * media node, and `draining` says that it hands them to others.
 */
export interface Node {
  id: string;
  role: "media" | "signalling";
  seen_at: string;
  this?: boolean;
  started_at?: string | null;
  rooms?: number | null;
  legs?: number | null;
  draining?: boolean;
}

/**
 * All processes of the installation.
 */
export interface NodeList {
  items: Node[];
}

/**
 * Somebody in a room. `connected` is false while a lost socket is waited for.
 */
export interface Participant {
  sid: string;
  identity: string;
  name: string;
  state: "active" | "disconnected" | "joined" | "joining";
  connected: boolean;
  joined_at: string;
  metadata: string;
  attributes: Record<string, string>;
  grants: Grants;
  tracks: TrackView[];
}

/**
 * Participants in the order they came; `next` as everywhere.
 */
export interface ParticipantPage {
  items: Participant[];
  next: string | null;
}

/**
 * What to change of a participant; what is not given stays.
 */
export interface ParticipantPatch {
  name?: string | null;
  metadata?: string | null;
  attributes?: Record<string, string> | null;
  grants?: GrantsPatch | null;
}

/**
 * The present password and the one to come, of at least ten characters.
 */
export interface PasswordChange {
  password: string;
  new_password: string;
}

/**
 * Somebody who is in the room already.
 */
export interface Present {
  identity: string;
  name: string;
}

/**
 * Whether the server can do its work: the store takes writes, the bus carries, media answer.
 */
export interface Readiness {
  ready: boolean;
  store: boolean;
  bus: boolean;
  media: boolean;
}

/**
 * How many failed deliveries are sent again.
 */
export interface Replay {
  replayed: number;
}

/**
 * What to send again: what was to be delivered since a time, 30 days ago at most, and failed.
 *
 * `missed`: and what happened since then without being sent, because the webhook was disabled or
 * did not ask for it.
 */
export interface ReplayRequest {
  since: string;
  missed?: boolean;
}

/**
 * A room. `participants` counts those who are in it now.
 */
export interface Room {
  sid: string;
  name: string;
  title: string;
  state: "finished" | "idle" | "open";
  access: "link" | "token";
  metadata: string;
  max_participants: number;
  empty_timeout: number | null;
  departure_timeout: number | null;
  max_duration: number | null;
  locked: boolean;
  participants: number;
  created_at: string;
  started_at: string | null;
}

/**
 * A room to make. What is null lasts: a room without timeouts stays until it is deleted.
 */
export interface RoomCreate {
  name: string;
  title?: string;
  access?: "link" | "token";
  metadata?: string;
  max_participants?: number | null;
  empty_timeout?: number | null;
  departure_timeout?: number | null;
  max_duration?: number | null;
  locked?: boolean;
}

/**
 * Who hears whom in a room, by identity; who is not named hears everybody. It holds for who
 * comes later, or comes back, too, until the meeting ends.
 */
export interface RoomHearing {
  hearing: Record<string, HearingOf>;
}

/**
 * Rooms, oldest first; `next` is the cursor of the next page, null on the last.
 */
export interface RoomPage {
  items: Room[];
  next: string | null;
}

/**
 * What to change of a room; what is not given stays.
 */
export interface RoomPatch {
  title?: string;
  access?: "link" | "token";
  metadata?: string;
  max_participants?: number;
  empty_timeout?: number | null;
  departure_timeout?: number | null;
  max_duration?: number | null;
  locked?: boolean;
}

/**
 * How to rotate a secret. `overlap`: seconds that the old one signs beside the new one.
 */
export interface SecretRotation {
  overlap?: number;
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
 * Who signs in.
 */
export interface SignInCreate {
  login: string;
  password: string;
  account?: string;
}

/**
 * Who is signed in. `must_change`: until the password is changed, little else is allowed.
 */
export interface SignedIn {
  user: string;
  login: string;
  name: string;
  role: "admin" | "agent" | "supervisor";
  must_change: boolean;
  permissions: ("data.send" | "events.read" | "keys.read" | "keys.write" | "metrics.read" | "participants.moderate" | "participants.read" | "rooms.admin" | "rooms.join" | "rooms.read" | "rooms.record" | "rooms.write" | "self.update" | "sign_in.own" | "tokens.issue" | "tracks.publish" | "tracks.subscribe" | "webhooks.read" | "webhooks.write")[];
  signed_in_at: string;
  expires_at: string;
}

/**
 * A join token, and the page that opens with it.
 */
export interface Token {
  token: string;
  identity: string;
  room: string;
  url: string;
  expires_at: string;
}

/**
 * A join token to make. `ttl`: seconds that it lasts.
 */
export interface TokenCreate {
  identity: string;
  name?: string;
  metadata?: string;
  attributes?: Record<string, string>;
  grants?: TokenGrants;
  ttl?: number;
}

/**
 * What the bearer may do in the room; LiveKit's defaults for what is null.
 */
export interface TokenGrants {
  can_publish?: boolean | null;
  can_subscribe?: boolean | null;
  can_publish_data?: boolean | null;
  can_publish_sources?: ("camera" | "microphone" | "screen_share" | "screen_share_audio")[] | null;
  can_update_own_metadata?: boolean | null;
  room_admin?: boolean;
  hidden?: boolean;
}

/**
 * Something that is published in a room.
 */
export interface Track {
  sid: string;
  participant: string;
  identity: string;
  source: "camera" | "microphone" | "screen_share" | "screen_share_audio";
  kind: "audio" | "video";
  muted: boolean;
}

/**
 * All tracks of a room.
 */
export interface TrackList {
  items: Track[];
}

/**
 * Which track to mute or unmute.
 */
export interface TrackMute {
  track: string;
  muted?: boolean;
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
 * A webhook without its secret. `disabled_reason`: it was asked for, or the receiver answered
 * 410 Gone; `old_secret_until`: until then the secret before the last rotation signs too.
 */
export interface Webhook {
  id: string;
  url: string;
  description: string;
  events: string[];
  enabled: boolean;
  disabled_reason: "gone" | "requested" | null;
  old_secret_until: string | null;
  created_at: string;
  updated_at: string;
}

/**
 * A webhook to make. `events`: what it is told of.
 */
export interface WebhookCreate {
  url: string;
  description?: string;
  events?: string[];
  enabled?: boolean;
}

/**
 * Webhooks, oldest first; `next` as everywhere.
 */
export interface WebhookPage {
  items: Webhook[];
  next: string | null;
}

/**
 * What to change of a webhook; what is not given stays.
 */
export interface WebhookPatch {
  url?: string;
  description?: string;
  events?: string[];
  enabled?: boolean;
}
