// Generated from signalling/api/visit_messages.py by `make generate`; do not edit.

/**
 * `answer`: take the agent's call back. Ack: `null`.
 */
export interface AnswerCallback {
}

/**
 * `ask_callback`: be called back as soon as it is one's turn, or `at` a time (ISO 8601). Ack:
 * `null`, or 409 `callback_due` when another time is asked for too late. `answers` are those of
 * the form, when it was not filled in before. With `email` the link is sent there, when the server
 * can send mail.
 */
export interface AskCallback {
  at?: string | null;
  answers?: Record<string, string>;
  email?: string | null;
}

/**
 * The room of a call; `token` joins it at `/room`. It is renewed there.
 */
export interface CallView {
  room: string;
  identity: string;
  token: string;
}

/**
 * A callback that was asked for. `at` is ISO 8601; null: as soon as it is the visitor's turn.
 * `link` is a path that opens this contact on any browser.
 */
export interface CallbackView {
  state: "canceled" | "connected" | "dialing" | "due" | "expired" | "requested";
  at: string | null;
  link: string;
}

/**
 * `cancel_callback`: not to be called back after all. Ack: `null`.
 */
export interface CancelCallback {
}

/**
 * One of the answers to choose from; `label` is in the visitor's language.
 */
export interface ChoiceView {
  value: string;
  label: string;
}

/**
 * What is asked about recording, in the visitor's language. The version is stored with the
 * answer. `required`: who does not agree is not let in.
 */
export interface ConsentView {
  version: string;
  text: string;
  required: boolean;
}

/**
 * One field of the form; `label` is in the visitor's language.
 */
export interface FieldView {
  name: string;
  kind: "choice" | "email" | "long_text" | "phone" | "text";
  label: string;
  required: boolean;
  max_length: number;
  choices: ChoiceView[];
}

/**
 * `fill`: the answers of the form, by the names of its fields. Ack: `null`, or 422 with the
 * field.
 */
export interface Fill {
  answers: Record<string, string>;
}

/**
 * `hang_up`: leave the queue, or end the call. Ack: `null`.
 */
export interface HangUp {
}

/**
 * Whether somebody answers now. Times are ISO 8601; `time_zone` is an IANA name.
 */
export interface HoursView {
  open: boolean;
  opens_at: string | null;
  closes_at: string | null;
  time_zone: string;
}

/**
 * `leave_message`: write to the agents instead of waiting. Ack: `null`.
 */
export interface LeaveMessage {
  text: string;
  answers?: Record<string, string>;
}

/**
 * `moved`: the visitor is on another page of the site now. Ack: `null`.
 */
export interface Moved {
  page: Page;
}

/**
 * `open`: the visitor opened the panel, or its page came back. Ack: `Opened`.
 *
 * `identity` is a JWT that the site's own server signed; with it the form is skipped. `attributes`
 * are what the page says of itself; agents see them marked as not verified. With the `link` of a
 * callback in `auth` it opens that one, or is refused: 404 `link_unknown`, 409 `link_expired`,
 * `link_used` when somebody took the call by it, `link_over`.
 */
export interface Open {
  language?: string;
  page?: Page;
  identity?: string | null;
  attributes?: Record<string, string>;
}

/**
 * Ack of `open`. `resume` is a secret of this visitor: with it any page of the site, after a
 * reload or a change of page, is in the same contact again.
 */
export interface Opened {
  site: SiteView;
  visit: Visit;
  resume: string;
}

/**
 * Where the visitor is. It comes from the browser and is not to be trusted.
 */
export interface Page {
  url?: string;
  title?: string;
  referrer?: string;
}

/**
 * Somebody the visitor talks to, as the visitor may know them. `identity` is theirs in the
 * room.
 */
export interface PartyView {
  identity: string;
  name: string;
}

/**
 * `rate`: one to five stars, once. Ack: `null`, or 409 `rated`.
 */
export interface Rate {
  stars: number;
  comment?: string;
}

/**
 * What a visitor's page must know of the site. `callback_times` are those that can be booked,
 * ISO 8601; when it is empty, the page offers half hours and the server checks them.
 */
export interface SiteView {
  name: string;
  language: string;
  languages: string[];
  theme: ThemeView;
  hours: HoursView;
  fields: FieldView[];
  consent: ConsentView | null;
  video: boolean;
  callback_now: boolean;
  callback_later: boolean;
  message: boolean;
  callback_times: string[];
}

/**
 * `start`: the devices are ready; wait for an agent. Ack: `null`.
 *
 * `consent` is the answer about recording, null when nothing was asked; `version` is that of the
 * text that was shown, or 409 `consent_changed`.
 */
export interface Start {
  consent?: boolean | null;
  version?: string | null;
  video?: boolean;
}

/**
 * `taken_over`: another page of this visitor has the contact now; the socket is closed.
 */
export interface TakenOver {
}

/**
 * How the button and the panel look. `accent` is a CSS colour, empty for our own; `ink` is
 * that of words on it.
 */
export interface ThemeView {
  accent: string;
  ink: string;
  launcher: string;
  side: "end" | "start";
}

/**
 * `visit`: the visitor's contact as it is now; `seq` grows with every change.
 *
 * `position` counts from 1 and is there while waiting; `wait` is the estimate in seconds, rounded,
 * and with `wait_more` it may be longer than that. `offers_callback`: the wait is long enough to
 * offer one. `call` is there once an agent has answered. `held`: the agent put the call on hold,
 * and the server sends music. `music`: the page should play its own while waiting. `ringing`: an
 * agent calls back, and waits for `answer`. `seconds`: how long the call took, once it is over.
 */
export interface Visit {
  seq: number;
  session: string;
  state: "abandoned" | "callback" | "closed" | "connecting" | "consent" | "created" | "ended" | "failed" | "form" | "live" | "offering" | "queued";
  position: number | null;
  wait: number | null;
  wait_more: boolean;
  offers_callback: boolean;
  music: boolean;
  ringing: boolean;
  agent: PartyView | null;
  others: PartyView[];
  call: CallView | null;
  held: boolean;
  recording: boolean;
  callback: CallbackView | null;
  ended: "agent_left" | "canceled" | "closed" | "connection_lost" | "nobody_there" | "not_allowed" | "queue_full" | "server_error" | "visitor_left" | "waited_too_long" | null;
  seconds: number | null;
  may_rate: boolean;
  rated: number | null;
}

export interface Commands {
  open: { send: Open; reply: Opened };
  fill: { send: Fill; reply: null };
  start: { send: Start; reply: null };
  moved: { send: Moved; reply: null };
  ask_callback: { send: AskCallback; reply: null };
  cancel_callback: { send: CancelCallback; reply: null };
  leave_message: { send: LeaveMessage; reply: null };
  answer: { send: AnswerCallback; reply: null };
  hang_up: { send: HangUp; reply: null };
  rate: { send: Rate; reply: null };
}

export interface Events {
  visit: Visit;
  taken_over: TakenOver;
}
