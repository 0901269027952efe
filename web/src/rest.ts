// Generated from the routes of the REST API by `make generate`; do not edit.

/**
 * The account that is asked for.
 */
export interface Account {
  id: string;
  name: string;
  password_days: number | null;
}

/**
 * What to set for the account. `password_days`: passwords must be changed after so many days;
 * null: never.
 */
export interface AccountPatch {
  password_days?: number | null;
}

/**
 * An activity. `available`: work is offered meanwhile; `offline`: that of whoever is not there,
 * of which there is one.
 */
export interface Activity {
  id: string;
  name: string;
  available: boolean;
  offline: boolean;
  created_at: string;
  updated_at: string;
}

/**
 * Activities, oldest first; `next` as everywhere.
 */
export interface ActivityPage {
  items: Activity[];
  next: string | null;
}

/**
 * What to change of an activity; what is not given stays.
 */
export interface ActivityPatch {
  name?: string;
  available?: boolean;
  offline?: boolean;
}

/**
 * An activity. `available`: work is offered meanwhile; `offline`: that of whoever is not there,
 * of which there is one.
 */
export interface ActivitySettings {
  name: string;
  available?: boolean;
  offline?: boolean;
}

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
 * An agent. `user`: the id or login of the person. `capacity`: how many contacts of each
 * channel at a time. Of the channels in `exclusive` only one is taken at a time, as with the
 * telephone. `order`: the place in queues that ask one agent after another.
 */
export interface Agent {
  id: string;
  user: string;
  skills: Record<string, number>;
  attributes: Record<string, string | number | boolean | string[]>;
  capacity: Record<string, number>;
  exclusive: ("callback" | "chat" | "message" | "video" | "voice")[];
  order: number;
  ring: RingSettings;
  login: string;
  name: string;
  disabled: boolean;
  created_at: string;
  updated_at: string;
}

/**
 * What an agent is to be doing. With `at_once` what is offered is taken back, and what was
 * accepted goes on; without, it counts when nothing is in hand any more.
 */
export interface AgentActivity {
  activity: string;
  at_once?: boolean;
}

/**
 * An agent who had the session.
 */
export interface AgentOf {
  id: string;
  name: string;
}

/**
 * Agents, oldest first; `next` as everywhere.
 */
export interface AgentPage {
  items: Agent[];
  next: string | null;
}

/**
 * What to change of an agent; what is not given stays.
 */
export interface AgentPatch {
  skills?: Record<string, number>;
  attributes?: Record<string, string | number | boolean | string[]>;
  capacity?: Record<string, number>;
  exclusive?: ("callback" | "chat" | "message" | "video" | "voice")[];
  order?: number;
  ring?: RingSettings;
}

/**
 * An agent. `user`: the id or login of the person. `capacity`: how many contacts of each
 * channel at a time. Of the channels in `exclusive` only one is taken at a time, as with the
 * telephone. `order`: the place in queues that ask one agent after another.
 */
export interface AgentSettings {
  user: string;
  skills?: Record<string, number>;
  attributes?: Record<string, string | number | boolean | string[]>;
  capacity?: Record<string, number>;
  exclusive?: ("callback" | "chat" | "message" | "video" | "voice")[];
  order?: number;
  ring?: RingSettings;
}

/**
 * What an agent does. `load` follows from what is in hand; `since`: when they last had nothing
 * in hand, or came on. `available`: could be offered something now; if not, `obstacle` is the word
 * for why. `reservations`: what is offered and in hand, by id.
 */
export interface AgentState {
  agent: string;
  name: string;
  connection: "absent" | "lost" | "present";
  activity: string;
  next_activity: string | null;
  load: "busy" | "idle" | "offered" | "wrapping";
  since: string;
  available: boolean;
  obstacle: string | null;
  backing_off_until: string | null;
  strikes: number;
  reservations: string[];
}

/**
 * How many agents of a queue are there, in an activity in which work is offered, by load.
 */
export interface AgentsByLoad {
  idle: number;
  offered: number;
  busy: number;
  wrapping: number;
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
  scopes: ("*" | "account.read" | "account.write" | "activities.read" | "activities.write" | "agents.read" | "agents.supervise" | "agents.write" | "contacts.delete" | "contacts.export" | "contacts.import" | "contacts.read" | "contacts.write" | "data.send" | "desk.own" | "desk.supervise" | "desk.watch" | "dispositions.read" | "dispositions.write" | "events.read" | "keys.read" | "keys.write" | "metrics.read" | "participants.moderate" | "participants.read" | "queues.read" | "queues.write" | "replies.read" | "replies.write" | "rooms.admin" | "rooms.join" | "rooms.read" | "rooms.record" | "rooms.write" | "self.update" | "sessions.read" | "sessions.write" | "sign_in.own" | "sites.read" | "sites.secrets" | "sites.write" | "tasks.read" | "tasks.write" | "tokens.issue" | "tracks.publish" | "tracks.subscribe" | "users.read" | "users.write" | "webhooks.read" | "webhooks.write" | "workflows.read" | "workflows.write")[];
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
 * `at`: the time that was asked for, or of the next try; null is as soon as possible.
 */
export interface Callback {
  state: string;
  at: string | null;
}

/**
 * Whoever opens `url` takes the call that the customer asked for. It is good once, for this
 * session only, and until `expires_at`; it is shown now and never again.
 */
export interface CallbackLink {
  url: string;
  expires_at: string;
}

/**
 * The answer about recording, and the proof of it: to which version of the text, in which
 * language, and when.
 */
export interface Consent {
  given: boolean;
  version: string | null;
  locale: string;
  at: string;
}

/**
 * An agent who was looked at, and the word for why they were asked (`offered`) or not.
 */
export interface Considered {
  agent: string;
  reason: string;
}

/**
 * A person the account knows. Phones are E.164.
 */
export interface Contact {
  id: string;
  name: string;
  company: string;
  emails: string[];
  phones: string[];
  language: string;
  attributes: Record<string, string>;
  notes: string;
  created_at: string;
  updated_at: string;
}

/**
 * A contact to make; one of name, company, e-mails and phones must be given. `session`: the
 * contact is whom this session is with.
 */
export interface ContactCreate {
  name?: string;
  company?: string;
  emails?: string[];
  phones?: string[];
  language?: string;
  attributes?: Record<string, string>;
  notes?: string;
  session?: string;
}

/**
 * What became, or would become, of the rows of a table. `rows`: how many it has in all; the
 * counts are of those that this request was about. `id` is null for a preview. `next`: the row to
 * begin with in the next request, null when all are done. `problems` are the first 200, `sample`
 * the first five rows that are taken in.
 */
export interface ContactImport {
  id: string | null;
  mode: "commit" | "preview";
  encoding: "utf-8" | "windows-1252";
  delimiter: "comma" | "semicolon" | "tab";
  columns: ImportColumn[];
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  next: number | null;
  problems: ImportProblem[];
  sample: ImportRow[];
}

/**
 * Contacts, the newest first; `next` as everywhere. A page of a search may be short, and
 * `next` say that there is more.
 */
export interface ContactPage {
  items: Contact[];
  next: string | null;
}

/**
 * What to change of a contact; what is not given stays.
 */
export interface ContactPatch {
  name?: string;
  company?: string;
  emails?: string[];
  phones?: string[];
  language?: string;
  attributes?: Record<string, string>;
  notes?: string;
}

/**
 * A session of a contact. `seconds`: how long they talked; `rated`: stars from 1 to 5. `own`:
 * it is known to be theirs; else it is of somebody who gave their e-mail address or phone.
 */
export interface ContactSession {
  id: string;
  state: string;
  opened_at: string;
  seconds: number;
  agent: string;
  disposition: string;
  notes: string;
  rated: number | null;
  own: boolean;
}

/**
 * The last sessions of a contact, the newest first.
 */
export interface ContactSessionList {
  items: ContactSession[];
}

/**
 * What is personal. `verified`: the site's server, or the program that brought the work,
 * vouches for name, e-mail and `attributes`; `page_attributes` are what the page said. `message`:
 * what was left instead of waiting; `comment`: of the rating; `notes`: the agent's.
 * `callback_email`: where the link of a callback was asked for.
 */
export interface CustomerData {
  name: string;
  email: string;
  callback_email: string;
  phone: string;
  verified: boolean;
  answers: Record<string, string>;
  attributes: Record<string, string>;
  page_attributes: Record<string, string>;
  page_url: string;
  page_title: string;
  referrer: string;
  message: string;
  comment: string;
  notes: string;
}

/**
 * One look for an agent. `others` counts those who are not named, by the word for why not.
 */
export interface Decision {
  at: string;
  queue: string | null;
  step: number;
  considered: Considered[];
  others: Record<string, number>;
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
 * A disposition. `queues`: for whose contacts it may be chosen, empty: for all. `note`: whether
 * the agent has to write one with it.
 */
export interface Disposition {
  id: string;
  name: string;
  group: string;
  outcome: "follow_up" | "not_reached" | "resolved" | "unresolved";
  note: boolean;
  queues: string[];
  created_at: string;
  updated_at: string;
}

/**
 * Dispositions, oldest first; `next` as everywhere.
 */
export interface DispositionPage {
  items: Disposition[];
  next: string | null;
}

/**
 * What to change of a disposition; what is not given stays.
 */
export interface DispositionPatch {
  name?: string;
  group?: string;
  outcome?: "follow_up" | "not_reached" | "resolved" | "unresolved";
  note?: boolean;
  queues?: string[];
}

/**
 * A disposition. `queues`: for whose contacts it may be chosen, empty: for all. `note`: whether
 * the agent has to write one with it.
 */
export interface DispositionSettings {
  name: string;
  group?: string;
  outcome?: "follow_up" | "not_reached" | "resolved" | "unresolved";
  note?: boolean;
  queues?: string[];
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
 * One of the answers to choose from.
 */
export interface FieldOption {
  value: string;
  label: Record<string, string>;
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
 * A day, or the days until `last`, with hours of their own; without any it is closed.
 *
 * The hours replace those that begin on these days: what opened the evening before goes on until
 * it closes. `yearly`: in every year, whichever is written. The first that names a day counts.
 */
export interface Holiday {
  name?: string;
  first: string;
  last?: string | null;
  hours?: OpenSpan[];
  yearly?: boolean;
}

/**
 * A column of a table: its head, and what it is taken to hold (`-`: nothing).
 */
export interface ImportColumn {
  head: string;
  field: string;
}

/**
 * Why a row is not taken in. `line` is where it begins in the file, from 1.
 */
export interface ImportProblem {
  line: number;
  code: string;
  detail: string;
  field: string | null;
}

/**
 * A row as it is understood, and what becomes of it. `contact`: who it is, of those there
 * were.
 */
export interface ImportRow {
  line: number;
  what: "created" | "failed" | "unchanged" | "updated";
  contact: string | null;
  name: string;
  company: string;
  emails: string[];
  phones: string[];
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
 * A site with its newest identity secret, which is shown this once.
 */
export interface NewSite {
  id: string;
  name: string;
  allowed_origins: string[];
  webview: boolean;
  hours: OpeningHours | null;
  mode: "call-me-back" | "contact-center" | "direct";
  target: Target;
  languages: ("ar" | "de" | "en" | "es" | "fr" | "hi" | "it")[];
  form: SiteField[];
  consent: SiteConsent | null;
  theme: SiteTheme;
  callback: SiteCallback | null;
  message: boolean;
  video: boolean;
  max_wait_offer: number | null;
  identity_required: boolean;
  key: string;
  old_secret_until: string | null;
  created_at: string;
  updated_at: string;
  identity_secret: string;
}

/**
 * Somebody with a one-time password, which is shown this once.
 */
export interface NewUser {
  id: string;
  login: string;
  name: string;
  role: "admin" | "agent" | "supervisor";
  disabled: boolean;
  must_change: boolean;
  password_at: string;
  created_at: string;
  password: string;
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
 * From when until when it is open. What closes before it opens closes on the next day; 00:00 to
 * 24:00 is the whole day.
 */
export interface OpenSpan {
  opens: string;
  closes: string;
}

/**
 * When somebody answers. A weekday that is not named is closed.
 */
export interface OpeningHours {
  time_zone: string;
  week?: Record<string, OpenSpan[]>;
  holidays?: Holiday[];
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
 * Somebody of a call. `agent` is null for the visitor; `there`: is in the room.
 */
export interface Party {
  identity: string;
  role: "agent" | "consulted" | "visitor";
  agent: string | null;
  there: boolean;
}

/**
 * The present password and the one to come, of at least ten characters.
 */
export interface PasswordChange {
  password: string;
  new_password: string;
}

/**
 * Who the customer is. It is personal, and kept apart from all else.
 */
export interface Person {
  name?: string;
  email?: string;
  phone?: string;
  attributes?: Record<string, string>;
}

/**
 * Somebody who is in the room already.
 */
export interface Present {
  identity: string;
  name: string;
}

/**
 * A queue; all times are seconds.
 *
 * `expression` says who is of the queue at all, `requirements` what is asked of them at first. A
 * task goes by its priority times `weight` plus the seconds it has waited. `max_offers`: to how
 * many at a time one task is offered; the first to accept has it. After `strikes` offers in a row
 * without an answer an agent is set to `away_activity`. An agent may lengthen a wrap-up by
 * `wrap_up_extension`. Whoever finds the queue closed or `max_length` long, or has waited for
 * `max_wait`, goes to `overflow`; without one it is over, and they are led to what `otherwise`
 * says. Who gave up keeps the place for `resume_within`. `service_level`: within how long contacts
 * should be answered: those who wait longer are marked in the live view. `expected_handling`: how
 * long one takes, before any was measured.
 */
export interface Queue {
  id: string;
  name: string;
  expression: string;
  requirements: Requirement[];
  strategy: "fewest" | "least_talk" | "linear" | "longest_idle" | "random" | "ring_all" | "round_robin";
  weight: number;
  max_offers: number;
  offer_timeout: number;
  reject_delay: number;
  busy_delay: number;
  no_answer_delay: number;
  strikes: number;
  away_activity: string | null;
  wrap_up: number;
  wrap_up_extension: number;
  max_length: number | null;
  max_wait: number | null;
  overflow: string | null;
  otherwise: "" | "callback" | "message";
  resume_within: number;
  expected_handling: number;
  hours: OpeningHours | null;
  service_level: number;
  disposition_required: boolean;
  created_at: string;
  updated_at: string;
}

/**
 * Queues, oldest first; `next` as everywhere.
 */
export interface QueuePage {
  items: Queue[];
  next: string | null;
}

/**
 * What to change of a queue; what is not given stays.
 */
export interface QueuePatch {
  name?: string;
  expression?: string;
  requirements?: Requirement[];
  strategy?: "fewest" | "least_talk" | "linear" | "longest_idle" | "random" | "ring_all" | "round_robin";
  weight?: number;
  max_offers?: number;
  offer_timeout?: number;
  reject_delay?: number;
  busy_delay?: number;
  no_answer_delay?: number;
  strikes?: number;
  away_activity?: string | null;
  wrap_up?: number;
  wrap_up_extension?: number;
  max_length?: number | null;
  max_wait?: number | null;
  overflow?: string | null;
  otherwise?: "" | "callback" | "message";
  resume_within?: number;
  expected_handling?: number;
  hours?: OpeningHours | null;
  service_level?: number;
  disposition_required?: boolean;
}

/**
 * A queue; all times are seconds.
 *
 * `expression` says who is of the queue at all, `requirements` what is asked of them at first. A
 * task goes by its priority times `weight` plus the seconds it has waited. `max_offers`: to how
 * many at a time one task is offered; the first to accept has it. After `strikes` offers in a row
 * without an answer an agent is set to `away_activity`. An agent may lengthen a wrap-up by
 * `wrap_up_extension`. Whoever finds the queue closed or `max_length` long, or has waited for
 * `max_wait`, goes to `overflow`; without one it is over, and they are led to what `otherwise`
 * says. Who gave up keeps the place for `resume_within`. `service_level`: within how long contacts
 * should be answered: those who wait longer are marked in the live view. `expected_handling`: how
 * long one takes, before any was measured.
 */
export interface QueueSettings {
  name: string;
  expression?: string;
  requirements?: Requirement[];
  strategy?: "fewest" | "least_talk" | "linear" | "longest_idle" | "random" | "ring_all" | "round_robin";
  weight?: number;
  max_offers?: number;
  offer_timeout?: number;
  reject_delay?: number;
  busy_delay?: number;
  no_answer_delay?: number;
  strikes?: number;
  away_activity?: string | null;
  wrap_up?: number;
  wrap_up_extension?: number;
  max_length?: number | null;
  max_wait?: number | null;
  overflow?: string | null;
  otherwise?: "" | "callback" | "message";
  resume_within?: number;
  expected_handling?: number;
  hours?: OpeningHours | null;
  service_level?: number;
  disposition_required?: boolean;
}

/**
 * What happens in a queue now. `longest`: seconds; `available`: agents who could be asked at
 * once.
 */
export interface QueueState {
  queue: string;
  name: string;
  open: boolean;
  waiting: number;
  longest: number;
  available: number;
  agents: AgentsByLoad;
}

/**
 * One to five stars.
 */
export interface Rating {
  stars: number;
  at: string | null;
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
 * A reply. `texts` by language; `{{visitor.name}}`, `{{agent.name}}`, `{{form.reason}}` and the
 * like are filled in, and what is not known is left out. `tags` help to find it.
 */
export interface Reply {
  id: string;
  name: string;
  texts: Record<string, string>;
  channels: ("chat" | "sms")[];
  tags: string[];
  created_at: string;
  updated_at: string;
}

/**
 * Replies, oldest first; `next` as everywhere.
 */
export interface ReplyPage {
  items: Reply[];
  next: string | null;
}

/**
 * What to change of a reply; what is not given stays.
 */
export interface ReplyPatch {
  name?: string;
  texts?: Record<string, string>;
  channels?: ("chat" | "sms")[];
  tags?: string[];
}

/**
 * A reply. `texts` by language; `{{visitor.name}}`, `{{agent.name}}`, `{{form.reason}}` and the
 * like are filled in, and what is not known is left out. `tags` help to find it.
 */
export interface ReplySettings {
  name: string;
  texts: Record<string, string>;
  channels?: ("chat" | "sms")[];
  tags?: string[];
}

/**
 * What an agent must meet. `relaxed_after`: seconds of waiting after which it is given up, so
 * that more agents may take the task; null: never.
 */
export interface Requirement {
  name?: string;
  expression: string;
  relaxed_after?: number | null;
}

/**
 * An offer of a task to an agent, and the work after it. `until`: when the offer, or the
 * wrap-up, ends by itself; `kind` `consult`: a colleague asks for help.
 */
export interface Reservation {
  id: string;
  task: string;
  agent: string;
  queue: string | null;
  channel: string;
  kind: "consult" | "offer";
  state: "accepted" | "canceled" | "completed" | "pending" | "rejected" | "rescinded" | "timeout" | "wrapping";
  reason: string;
  created_at: string;
  until: string | null;
  accepted_at: string | null;
  wrapping_at: string | null;
  ended_at: string | null;
}

/**
 * One page of reservations; `next` is null on the last one.
 */
export interface ReservationPage {
  items: Reservation[];
  next: string | null;
}

/**
 * How an offer is told. `volume` is in percent; `auto_accept`: it is taken without a click.
 */
export interface RingSettings {
  tone?: boolean;
  volume?: number;
  notification?: boolean;
  auto_accept?: boolean;
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
 * One contact, from the click to the rating. `site` is null for work that a program brought.
 * `agents`: everybody who had it, in order; `waited` and `talked` are in seconds, null when it did
 * not come to that. `customer` is null for those without the permission `contacts.read`.
 */
export interface Session {
  id: string;
  site: string | null;
  contact: string;
  state: "abandoned" | "callback" | "closed" | "connecting" | "consent" | "created" | "ended" | "failed" | "form" | "live" | "offering" | "queued";
  reason: string;
  mode: string;
  channel: string;
  language: string;
  task: string | null;
  opened_at: string;
  queued_at: string | null;
  answered_at: string | null;
  ended_at: string | null;
  waited: number | null;
  talked: number | null;
  held: boolean;
  agents: AgentOf[];
  parties: Party[];
  consent: Consent | null;
  rating: Rating | null;
  disposition: string | null;
  callback: Callback | null;
  customer: CustomerData | null;
}

/**
 * One page of sessions; `next` is null on the last one.
 */
export interface SessionPage {
  items: Session[];
  next: string | null;
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
  permissions: ("account.read" | "account.write" | "activities.read" | "activities.write" | "agents.read" | "agents.supervise" | "agents.write" | "contacts.delete" | "contacts.export" | "contacts.import" | "contacts.read" | "contacts.write" | "data.send" | "desk.own" | "desk.supervise" | "desk.watch" | "dispositions.read" | "dispositions.write" | "events.read" | "keys.read" | "keys.write" | "metrics.read" | "participants.moderate" | "participants.read" | "queues.read" | "queues.write" | "replies.read" | "replies.write" | "rooms.admin" | "rooms.join" | "rooms.read" | "rooms.record" | "rooms.write" | "self.update" | "sessions.read" | "sessions.write" | "sign_in.own" | "sites.read" | "sites.secrets" | "sites.write" | "tasks.read" | "tasks.write" | "tokens.issue" | "tracks.publish" | "tracks.subscribe" | "users.read" | "users.write" | "webhooks.read" | "webhooks.write" | "workflows.read" | "workflows.write")[];
  signed_in_at: string;
  expires_at: string;
}

/**
 * A site. `allowed_origins`: the pages that may show the button, https unless of this machine;
 * `webview`: apps may too, which have no origin. `hours`: null are those of the queue it leads to,
 * or always. `mode`: `direct` rings one agent, or at once all of a queue who are free, and gives
 * up after 30 seconds; `contact-center` routes; `call-me-back` only calls back. `languages`: the
 * first is for whoever speaks none of them. `identity_required`: only visitors whom the site's own
 * server vouches for. `max_wait_offer`: a longer estimated wait, in seconds, has a callback or
 * message offered.
 */
export interface Site {
  id: string;
  name: string;
  allowed_origins: string[];
  webview: boolean;
  hours: OpeningHours | null;
  mode: "call-me-back" | "contact-center" | "direct";
  target: Target;
  languages: ("ar" | "de" | "en" | "es" | "fr" | "hi" | "it")[];
  form: SiteField[];
  consent: SiteConsent | null;
  theme: SiteTheme;
  callback: SiteCallback | null;
  message: boolean;
  video: boolean;
  max_wait_offer: number | null;
  identity_required: boolean;
  key: string;
  old_secret_until: string | null;
  created_at: string;
  updated_at: string;
}

/**
 * Whether visitors may ask to be called. `now`: as soon as an agent is free; `scheduled`: at a
 * time of theirs within `days` days, in steps of `slot` minutes, `notice` minutes ahead at least.
 * The call is tried for `window` minutes from its time on, `tries` times.
 */
export interface SiteCallback {
  now?: boolean;
  scheduled?: boolean;
  days?: number;
  slot?: number;
  notice?: number;
  window?: number;
  tries?: number;
}

/**
 * What a visitor is asked before anything is recorded. `version` is kept with each answer.
 * `required`: who does not agree is not let in; otherwise such a session is not recorded.
 */
export interface SiteConsent {
  version: string;
  text: Record<string, string>;
  required?: boolean;
}

/**
 * A question of the form; `options` for a `select` only.
 */
export interface SiteField {
  key: string;
  kind?: "email" | "name" | "phone" | "select" | "text" | "textarea";
  label: Record<string, string>;
  required?: boolean;
  max_length?: number;
  options?: FieldOption[];
}

/**
 * Sites, oldest first; `next` as everywhere.
 */
export interface SitePage {
  items: Site[];
  next: string | null;
}

/**
 * What to change of a site; what is not given stays.
 */
export interface SitePatch {
  name?: string;
  allowed_origins?: string[];
  webview?: boolean;
  hours?: OpeningHours | null;
  mode?: "call-me-back" | "contact-center" | "direct";
  target?: Target;
  languages?: ("ar" | "de" | "en" | "es" | "fr" | "hi" | "it")[];
  form?: SiteField[];
  consent?: SiteConsent | null;
  theme?: SiteTheme;
  callback?: SiteCallback | null;
  message?: boolean;
  video?: boolean;
  max_wait_offer?: number | null;
  identity_required?: boolean;
}

/**
 * A site. `allowed_origins`: the pages that may show the button, https unless of this machine;
 * `webview`: apps may too, which have no origin. `hours`: null are those of the queue it leads to,
 * or always. `mode`: `direct` rings one agent, or at once all of a queue who are free, and gives
 * up after 30 seconds; `contact-center` routes; `call-me-back` only calls back. `languages`: the
 * first is for whoever speaks none of them. `identity_required`: only visitors whom the site's own
 * server vouches for. `max_wait_offer`: a longer estimated wait, in seconds, has a callback or
 * message offered.
 */
export interface SiteSettings {
  name: string;
  allowed_origins?: string[];
  webview?: boolean;
  hours?: OpeningHours | null;
  mode?: "call-me-back" | "contact-center" | "direct";
  target: Target;
  languages?: ("ar" | "de" | "en" | "es" | "fr" | "hi" | "it")[];
  form?: SiteField[];
  consent?: SiteConsent | null;
  theme?: SiteTheme;
  callback?: SiteCallback | null;
  message?: boolean;
  video?: boolean;
  max_wait_offer?: number | null;
  identity_required?: boolean;
}

/**
 * How the button looks. `ink` is the colour of words on `accent`, white or black when it is
 * null; `position` is the corner, `end` the right one where one reads from left to right.
 */
export interface SiteTheme {
  accent?: string;
  ink?: string | null;
  position?: "end" | "start";
  launcher?: Record<string, string>;
}

/**
 * Where contacts go: to a queue, through a workflow, or to one agent; exactly one of them.
 */
export interface Target {
  queue?: string | null;
  workflow?: string | null;
  agent?: string | null;
}

/**
 * Work that looks for an agent, or has one. `age`: seconds that it has waited in all;
 * `position` and `wait` (seconds, an estimate; null when nobody could take it) while it waits.
 * `offers` counts how often it was offered. `decisions`: the last ten. `attributes` is null for
 * those without the permission `contacts.read`.
 */
export interface Task {
  id: string;
  session: string | null;
  contact: string | null;
  channel: string;
  state: "assigned" | "canceled" | "completed" | "pending" | "reserved" | "wrapping";
  reason: string;
  workflow: string | null;
  queue: string | null;
  step: number;
  priority: number;
  created_at: string;
  age: number;
  position: number | null;
  wait: number | null;
  agent: string | null;
  reservation: string | null;
  offers: number;
  attributes: Record<string, unknown> | null;
  decisions: Decision[];
}

/**
 * Work of a program's own, to be done by an agent. It goes to one of `queue`, `workflow` and
 * `agent`.
 *
 * `attributes` are what expressions see of it, and nothing personal belongs there; that goes into
 * `customer` and `message`. `contact`: a customer of earlier sessions, whose history agents see.
 */
export interface TaskCreate {
  channel?: "callback" | "message";
  queue?: string | null;
  workflow?: string | null;
  agent?: string | null;
  preferred_agent?: string | null;
  priority?: number;
  attributes?: Record<string, string | number | boolean | string[]>;
  customer?: Person;
  contact?: string | null;
  language?: string;
  message?: string;
}

/**
 * One page of tasks; `next` is null on the last one.
 */
export interface TaskPage {
  items: Task[];
  next: string | null;
}

/**
 * What to change of a task.
 */
export interface TaskPatch {
  priority: number;
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
 * Somebody with a login. `must_change`: the password is a one-time one, or too old.
 */
export interface User {
  id: string;
  login: string;
  name: string;
  role: "admin" | "agent" | "supervisor";
  disabled: boolean;
  must_change: boolean;
  password_at: string;
  created_at: string;
}

/**
 * Somebody to give a login. Logins do not mind capitals.
 */
export interface UserCreate {
  login: string;
  name?: string;
  role: "admin" | "agent" | "supervisor";
}

/**
 * People, oldest first; `next` as everywhere.
 */
export interface UserPage {
  items: User[];
  next: string | null;
}

/**
 * What to change of somebody; what is not given stays. The sign-ins of one who is disabled end
 * at once.
 */
export interface UserPatch {
  name?: string;
  role?: "admin" | "agent" | "supervisor";
  disabled?: boolean;
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

/**
 * A workflow: the first filter that holds decides; `default` is where all others go.
 */
export interface Workflow {
  id: string;
  name: string;
  filters: WorkflowFilter[];
  default: WorkflowTarget;
  created_at: string;
  updated_at: string;
}

/**
 * Tasks of which `expression` holds go through `targets`, one after another.
 */
export interface WorkflowFilter {
  name?: string;
  expression?: string;
  targets: WorkflowTarget[];
}

/**
 * Workflows, oldest first; `next` as everywhere.
 */
export interface WorkflowPage {
  items: Workflow[];
  next: string | null;
}

/**
 * What to change of a workflow; what is not given stays.
 */
export interface WorkflowPatch {
  name?: string;
  filters?: WorkflowFilter[];
  default?: WorkflowTarget;
}

/**
 * A workflow: the first filter that holds decides; `default` is where all others go.
 */
export interface WorkflowSettings {
  name: string;
  filters?: WorkflowFilter[];
  default: WorkflowTarget;
}

/**
 * A step: in `queue`, with this priority (null: the task's own), for `timeout` seconds (null:
 * as long as it takes).
 *
 * `expression`: who of the queue may take it; names without `task.` are the agent's. `order_by`:
 * another order of agents than the queue's, as `skills.fr DESC`. `skip_if`: the step is left out
 * when this holds as it would begin, as `workers.available == 0`. `preferred_for`: seconds for
 * which only the agent that the task prefers gets it, while that one is there.
 */
export interface WorkflowTarget {
  queue: string;
  priority?: number | null;
  timeout?: number | null;
  expression?: string;
  order_by?: string;
  skip_if?: string;
  preferred_for?: number;
}
