// Generated from signalling/api/desk_messages.py by `make generate`; do not edit.

/**
 * `accept`: take an offer. Ack: `null`, or 409 `offer_over` when it is gone.
 */
export interface Accept {
  reservation: string;
}

/**
 * What an agent may choose to be doing; work is offered in an available one.
 */
export interface ActivityView {
  id: string;
  name: string;
  available: boolean;
}

/**
 * An agent as the live view shows them. `since` is when they came into activity and load.
 * `reason`: why they are in this activity when they did not choose it: `no_answer` after offers
 * that were not answered, `supervisor`, or `absent`; else empty.
 */
export interface AgentView {
  id: string;
  name: string;
  activity: string;
  next_activity: string | null;
  load: "busy" | "idle" | "offered" | "wrapping";
  since: string;
  there: boolean;
  skills: Record<string, number>;
  sessions: string[];
  strikes: number;
  reason: string;
}

/**
 * An answer to a field of the form. `label` is the question and `value` the answer, a chosen
 * one in words, both in the agent's language.
 */
export interface AnswerView {
  name: string;
  label: string;
  value: string;
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
 * `callback_link`: a link by which the customer takes the call on any device, while this agent
 * calls back; it rings on for five minutes. Ack: `CallbackLinked`, or 409 `no_callback_now`.
 */
export interface CallbackLink {
  session: string;
}

/**
 * Ack of `callback_link`. `url` begins with `/` where the server does not know its own name
 * (`public_url`): then it is at the server that the desk is at. The link is good once, and until
 * `expires_at`.
 */
export interface CallbackLinked {
  url: string;
  expires_at: string;
}

/**
 * A callback that this agent makes. It rings until `until`; `there`: in an open page of the
 * customer. `may_mail`: a link can be sent to `email`, which is shortened.
 */
export interface CallbackOf {
  state: "canceled" | "connected" | "dialing" | "due" | "expired" | "requested";
  until: string | null;
  there: boolean;
  may_mail: boolean;
  email: string;
  mail: MailView | null;
}

/**
 * `cancel_task`: end a task; its customer is told. Ack: `null`.
 */
export interface CancelTask {
  task: string;
}

/**
 * `choose_activity`: counts now, or after what is in hand, with its wrap-up. Ack: `null`.
 */
export interface ChooseActivity {
  activity: string;
}

/**
 * Another agent, to transfer to. `free`: could be rung now.
 */
export interface ColleagueView {
  id: string;
  name: string;
  activity: string;
  load: "busy" | "idle" | "offered" | "wrapping";
  free: boolean;
}

/**
 * An agent who was looked at for a task, and why they were offered it or not.
 */
export interface ConsideredView {
  agent: string;
  name: string;
  reason: string;
}

/**
 * `consulted`: end a consultation. `complete`: the colleague keeps the customer; `conference`:
 * all talk together; `cancel`: the colleague leaves, the customer stays on hold. Ack: `null`.
 */
export interface Consulted {
  session: string;
  outcome: "cancel" | "complete" | "conference";
}

/**
 * One session on the agent's desk. `state` is the session's; with `wrap_up_until` the talk is
 * over, and disposition and notes are asked for. `mine`: this agent's part in it. `decision`: why
 * it came to this agent; null when a colleague handed it over.
 */
export interface ContactView {
  session: string;
  task: string;
  reservation: string;
  state: "abandoned" | "callback" | "closed" | "connecting" | "consent" | "created" | "ended" | "failed" | "form" | "live" | "offering" | "queued";
  mine: "agent" | "consulted" | "wrapping";
  queue: string;
  channel: string;
  customer: CustomerView;
  earlier: EarlierView[];
  parties: PartyOf[];
  call: CallView | null;
  held: boolean;
  callback: CallbackOf | null;
  transfer: TransferView | null;
  answered_at: string | null;
  wrap_up_until: string | null;
  dispositions: string[];
  disposition: string;
  notes: string;
  decision: DecisionView | null;
}

/**
 * Who it is, as far as is known. `verified`: the site's server vouches for name, e-mail and
 * `attributes`; `page_attributes` are what the page said; `message`: what was left to be read.
 */
export interface CustomerView {
  contact: string;
  name: string;
  email: string;
  phone: string;
  language: string;
  verified: boolean;
  answers: AnswerView[];
  attributes: Record<string, string>;
  page_attributes: Record<string, string>;
  page_url: string;
  page_title: string;
  referrer: string;
  site: string;
  message?: string;
}

/**
 * One decision about a task: what was decided when, and who was considered.
 */
export interface DecisionView {
  at: string;
  decision: string;
  queue: string;
  considered: ConsideredView[];
  others: number;
}

/**
 * `desk`: everything on this agent's desk as it is now; `seq` grows with every change. `at` is
 * the server's time, by which a page whose clock is wrong still counts rightly.
 */
export interface Desk {
  seq: number;
  agent: AgentView;
  offers: OfferView[];
  contacts: ContactView[];
  colleagues: ColleagueView[];
  queues: QueueView[];
  notice: string | null;
  at: string;
}

/**
 * An earlier session of the same customer. Times are ISO 8601.
 */
export interface EarlierView {
  session: string;
  at: string;
  queue: string;
  agent: string;
  seconds: number;
  disposition: string;
  notes: string;
  rated: number | null;
}

/**
 * `enter`: begin. Ack: `Entered`. A later page of the same agent takes the desk over; the
 * earlier one is told `taken_over`.
 */
export interface Enter {
  view?: "desk" | "live";
  language?: string;
}

/**
 * Ack of `enter`. `desk` is there for agents, `live` when the live view was asked for.
 */
export interface Entered {
  user: string;
  name: string;
  role: string;
  agent: string | null;
  activities: ActivityView[];
  dispositions: string[];
  replies: ReplyView[];
  desk: Desk | null;
  live: Live | null;
}

/**
 * `extend_wrap_up`: so many seconds more. Ack: `null`, or 409 `no_more_time`.
 */
export interface ExtendWrapUp {
  session: string;
  seconds?: number;
}

/**
 * `finish_wrap_up`: done with it. Ack: `null`, 404 `disposition_not_found`, or 422
 * `disposition_required`.
 */
export interface FinishWrapUp {
  session: string;
  disposition?: string;
  notes?: string;
}

/**
 * `hang_up`: end the call for the customer; wrap-up begins. A colleague who is only consulted
 * leaves. Ack: `null`.
 */
export interface HangUp {
  session: string;
}

/**
 * `hold`: put the customer on hold, or take them off it. Ack: `null`.
 */
export interface Hold {
  session: string;
  held: boolean;
}

/**
 * `live`: the account's contact centre as it is now, at most twice a second. `at` is the
 * server's time.
 */
export interface Live {
  seq: number;
  queues: QueueView[];
  agents: AgentView[];
  waiting: WaitingView[];
  talks: TalkView[];
  answered_today: number;
  abandoned_today: number;
  at: string;
}

/**
 * `mail_link`: send such a link to the customer. Ack: `null`, or 409 `no_callback_now`,
 * `no_mail`, `mail_on_its_way`, `too_many_mails`. `callback.mail` tells what became of it.
 */
export interface MailLink {
  session: string;
}

/**
 * The last letter to the customer; `reason` says why it failed: `smtp_unreachable`, `smtp_tls`,
 * `smtp_sign_in`, `smtp_refused`, `smtp_no_utf8`, `bad_address`, `too_late`, `not_needed`,
 * `not_configured`.
 */
export interface MailView {
  state: "failed" | "sending" | "sent";
  reason: string;
}

/**
 * `note`: keep notes and disposition so far. Ack: `null`.
 */
export interface Note {
  session: string;
  notes?: string | null;
  disposition?: string | null;
}

/**
 * Work that waits for this agent's answer until `until`. `waited` is in seconds. `consult`: a
 * colleague asks first; `transfer_from`: the colleague who asks or passes it on, and `notes` what
 * was noted so far. `earlier`: the customer's sessions before this one, so that they are known
 * before the answer. `decision`: why it came to this agent; null when a colleague asks.
 */
export interface OfferView {
  reservation: string;
  task: string;
  session: string;
  channel: string;
  queue: string;
  until: string;
  waited: number;
  customer: CustomerView;
  consult: boolean;
  transfer_from: string | null;
  notes: string;
  earlier: EarlierView[];
  decision: DecisionView | null;
}

/**
 * Somebody in a call. `there`: their page is in the room; `held`: hears music or nothing.
 */
export interface PartyOf {
  identity: string;
  name: string;
  role: "agent" | "consulted" | "visitor";
  there: boolean;
  held: boolean;
}

/**
 * `prioritise`: make a task more or less urgent. Ack: `null`.
 */
export interface Prioritise {
  task: string;
  priority: number;
}

/**
 * A queue as it is now; `longest` is in seconds.
 */
export interface QueueView {
  id: string;
  name: string;
  open: boolean;
  waiting: number;
  longest: number;
  available: number;
}

/**
 * `reject`: do not take an offer. Ack: `null`.
 */
export interface Reject {
  reservation: string;
  busy?: boolean;
}

/**
 * A canned reply in the agent's language; `{{visitor.name}}` and the like are filled in by the
 * page.
 */
export interface ReplyView {
  id: string;
  title: string;
  text: string;
}

/**
 * `set_activity`: set somebody's activity, now. Ack: `null`.
 */
export interface SetActivity {
  agent: string;
  activity: string;
}

/**
 * `signed_out`: the sign-in has ended; the socket is closed.
 */
export interface SignedOut {
}

/**
 * `taken_over`: another page of this agent has the desk now; the socket is closed.
 */
export interface TakenOver {
}

/**
 * A session in progress.
 */
export interface TalkView {
  session: string;
  state: "abandoned" | "callback" | "closed" | "connecting" | "consent" | "created" | "ended" | "failed" | "form" | "live" | "offering" | "queued";
  queue: string;
  agent: string;
  customer: string;
  since: string;
  held: boolean;
  recording: boolean;
}

/**
 * `transfer`: pass the customer on, to an agent or to a queue. Ack: `null`, or 404
 * `agent_not_found`, 409 `agent_unavailable`, 404 `queue_not_found`.
 *
 * With `consult` the colleague is asked first, while the customer is on hold; only an agent can
 * be consulted.
 */
export interface Transfer {
  session: string;
  agent?: string | null;
  queue?: string | null;
  consult?: boolean;
}

/**
 * A colleague is being asked, or is consulted. `failed` says why one that was asked last did
 * not come.
 */
export interface TransferView {
  agent: string;
  name: string;
  state: "conference" | "consulting" | "failed" | "ringing";
  failed: string | null;
}

/**
 * A task that is not over. `age` is in seconds; so is `service_level`, within which its queue
 * is to answer: None when it is in no queue.
 */
export interface WaitingView {
  task: string;
  session: string | null;
  channel: string;
  state: "assigned" | "canceled" | "completed" | "pending" | "reserved" | "wrapping";
  queue: string;
  priority: number;
  age: number;
  service_level: number | null;
  customer: string;
  language: string;
  agent: string | null;
  decisions: DecisionView[];
}

export interface Commands {
  enter: { send: Enter; reply: Entered };
  choose_activity: { send: ChooseActivity; reply: null };
  accept: { send: Accept; reply: null };
  reject: { send: Reject; reply: null };
  hold: { send: Hold; reply: null };
  hang_up: { send: HangUp; reply: null };
  transfer: { send: Transfer; reply: null };
  consulted: { send: Consulted; reply: null };
  note: { send: Note; reply: null };
  finish_wrap_up: { send: FinishWrapUp; reply: null };
  extend_wrap_up: { send: ExtendWrapUp; reply: null };
  callback_link: { send: CallbackLink; reply: CallbackLinked };
  mail_link: { send: MailLink; reply: null };
  set_activity: { send: SetActivity; reply: null };
  prioritise: { send: Prioritise; reply: null };
  cancel_task: { send: CancelTask; reply: null };
}

export interface Events {
  desk: Desk;
  live: Live;
  taken_over: TakenOver;
  signed_out: SignedOut;
}
