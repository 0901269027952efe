// What the panel shows for every state of a contact. Pure: the same state and time, the same view.
import type { Capture } from "../../client/devices.js";
import type { LineState } from "../../icons.js";
import type { FieldView, SiteView, Visit } from "../../visit-protocol.js";
import type { WidgetLine } from "../../widget/messages.js";
import { type Key, say } from "../../words.js";
import type { Answers, Problems } from "./answers.js";
import type { VisitState } from "./controller.js";
import { type Day, daysOf, ownZone, whenIs } from "./times.js";
import {
  closedWords,
  endTitle,
  endWords,
  linkWords,
  nameOf,
  problemWords,
  waitWords,
} from "./wording.js";

/** What is known on this side beside the contact. */
export interface Around {
  readonly now: Date;
  readonly locale: string;
  readonly microphone: Capture;
  readonly camera: Capture;
  /** Whether this browser can make calls at all. */
  readonly canCall: boolean;
  /** Whether the browser holds back the sound. */
  readonly soundBlocked: boolean;
  /** Where a link to this contact begins: the server's origin. */
  readonly origin: string;
}

/** Fields of the form with what was answered and what is wrong. */
export interface FieldsView {
  readonly fields: readonly FieldView[];
  readonly answers: Answers;
  readonly problems: Problems;
}

/** One thing to say, and perhaps one thing to do. */
export interface Notice {
  readonly kind: "notice";
  readonly line: LineState;
  readonly title: string;
  readonly words: string;
  readonly action: { readonly id: "reopen" | "again"; readonly words: string } | null;
}

export interface FormView extends FieldsView {
  readonly kind: "form";
  readonly lead: string;
  readonly consent: { readonly text: string; readonly required: boolean } | null;
  readonly agreed: boolean;
  readonly write: boolean;
}

export interface CheckView {
  readonly kind: "check";
  readonly asking: boolean;
  readonly trouble: string | null;
  readonly retry: boolean;
  readonly cameraTrouble: string | null;
  readonly ready: boolean;
  readonly video: boolean;
  readonly offersVideo: boolean;
  readonly write: boolean;
}

export interface WaitingView {
  readonly kind: "waiting";
  readonly position: number | null;
  readonly words: string;
  readonly music: boolean;
  readonly callback: boolean;
  readonly write: boolean;
}

export interface TalkingView {
  readonly kind: "talking";
  readonly name: string;
  readonly identity: string;
  readonly others: string | null;
  readonly connected: boolean;
  readonly held: boolean;
  readonly recording: boolean;
  readonly video: boolean;
}

export interface InsteadView {
  readonly kind: "instead";
  readonly title: string;
  readonly words: string;
  readonly callback: boolean;
  readonly write: boolean;
}

export interface BookView extends FieldsView {
  readonly kind: "book";
  readonly now: boolean;
  readonly days: readonly Day[];
  readonly zone: string;
}

export interface WriteView extends FieldsView {
  readonly kind: "write";
}

export interface BookedView {
  readonly kind: "booked";
  readonly title: string;
  readonly words: string;
  readonly stay: boolean;
  readonly link: string | null;
  readonly change: boolean;
}

export interface RingingView {
  readonly kind: "ringing";
  readonly title: string;
  readonly name: string;
  readonly identity: string;
}

export interface EndedView {
  readonly kind: "ended";
  readonly title: string;
  readonly words: string;
  readonly rates: boolean;
  readonly rated: number | null;
  readonly again: boolean;
}

export type Body =
  | Notice
  | FormView
  | CheckView
  | WaitingView
  | TalkingView
  | InsteadView
  | BookView
  | WriteView
  | BookedView
  | RingingView
  | EndedView;

/** The whole panel. */
export interface View {
  readonly title: string;
  readonly body: Body;
  readonly busy: boolean;
  /** What went wrong with the last thing that was pressed. */
  readonly failure: string | null;
  /** The contact is lost for now. */
  readonly lost: string | null;
  readonly soundBlocked: boolean;
}

/** The panel for a state. */
export function viewOf(state: VisitState, around: Around): View {
  const body = bodyOf(state, around);
  const { visit, phase } = state;
  const talks = visit?.state === "live" || visit?.state === "connecting";
  const lost = phase === "lost" && visit !== null && body.kind !== "notice";
  return {
    title: titleOf(body),
    body,
    busy: state.busy,
    failure: state.failure ? problemWords(state.failure) : null,
    lost: lost ? say(talks ? "visit.reconnecting.call" : "visit.reconnecting") : null,
    soundBlocked: around.soundBlocked && (talks || body.kind === "waiting"),
  };
}

/** The line as the button of the site's page draws it. */
export function lineOf(state: VisitState): WidgetLine {
  const { visit, phase } = state;
  if (!visit || state.elsewhere) {
    return "none";
  }
  if (phase === "lost" && !OVER.has(visit.state)) {
    return "lost";
  }
  switch (visit.state) {
    case "queued":
    case "offering":
      return "ringing";
    case "connecting":
    case "live":
      return visit.held ? "hold" : "live";
    case "callback":
      return visit.ringing ? "ringing" : "none";
    case "ended":
      return visit.may_rate ? "ended" : "none";
    default:
      return "none";
  }
}

const OVER = new Set<Visit["state"]>(["ended", "abandoned", "failed"]);

function bodyOf(state: VisitState, around: Around): Body {
  const { site, visit } = state;
  if (state.elsewhere) {
    const words = say("control.use_this_tab");
    return notice("ended", "visit.elsewhere", say("visit.elsewhere.what"), "reopen", words);
  }
  const link = linkWords(state.error);
  if (link) {
    return notice("ended", link.title, say(link.words), "again", say("visit.call"));
  }
  if (state.error) {
    const words = say("control.retry");
    return notice("ended", "outcome.refused", problemWords(state.error), "reopen", words);
  }
  if (!site || !visit) {
    return state.phase === "lost"
      ? notice("lost", "visit.unreachable", say("room.server_gone"))
      : notice("open", "visit.talk", say("visit.opening"));
  }
  return stepOf(state, site, around) ?? ofVisit(state, site, visit, around);
}

function stepOf(
  state: VisitState,
  site: SiteView,
  around: Around,
): CheckView | BookView | WriteView | null {
  switch (state.step) {
    case "check":
      return checkView(state, site, around);
    case "book":
      return bookView(state, site, around);
    case "write":
      return { kind: "write", ...fieldsOf(state, site) };
    default:
      return null;
  }
}

function ofVisit(state: VisitState, site: SiteView, visit: Visit, around: Around): Body {
  switch (visit.state) {
    case "created":
    case "form":
    case "consent":
      return isClosed(site, around.now)
        ? insteadView(site, visit, around)
        : formView(state, site, visit);
    case "queued":
    case "offering":
      return waitingView(site, visit);
    case "connecting":
    case "live":
      return talkingView(site, visit);
    case "closed":
      return state.written ? writtenView() : insteadView(site, visit, around);
    case "callback":
      return visit.ringing ? ringingView(site, visit) : bookedView(site, visit, around);
    case "ended":
    case "abandoned":
    case "failed":
      return state.written ? writtenView() : endedView(visit);
  }
}

function titleOf(body: Body): string {
  switch (body.kind) {
    case "form":
      return say("visit.talk");
    case "check":
      return say("visit.check");
    case "waiting":
      return say("visit.waiting");
    case "talking":
      return body.connected ? body.name : say("visit.connecting");
    case "book":
      return say("visit.callback");
    case "write":
      return say("visit.message");
    case "ended":
      return say("visit.ended");
    case "notice":
    case "instead":
    case "booked":
    case "ringing":
      return body.title;
  }
}

/** Whether nobody answers now; what the site said on opening is carried on with the clock. */
function isClosed({ hours }: SiteView, now: Date): boolean {
  const opened = hours.opens_at !== null && now >= new Date(hours.opens_at);
  return !hours.open && !opened;
}

function formView(state: VisitState, site: SiteView, visit: Visit): FormView {
  const consent = site.consent && {
    text: site.consent.text,
    required: site.consent.required ?? false,
  };
  const filled = visit.state === "consent";
  return {
    kind: "form",
    ...fieldsOf(state, site),
    ...(filled ? { fields: [] } : {}),
    lead: say("visit.answers_now"),
    consent,
    agreed: state.agreed,
    write: site.message,
  };
}

function fieldsOf(state: VisitState, site: SiteView): FieldsView {
  const fields = state.answers ? [] : site.fields;
  return { fields, answers: state.answers ?? {}, problems: state.problems };
}

function checkView(
  state: VisitState,
  site: SiteView,
  { microphone, camera, canCall }: Around,
): CheckView {
  const { track, asking, trouble } = microphone;
  return {
    kind: "check",
    asking,
    trouble: microphoneWords(trouble, canCall),
    retry: canCall && trouble !== null && trouble !== "insecure",
    cameraTrouble: state.video && camera.trouble ? say("visit.trouble.camera") : null,
    ready: track !== null && canCall,
    video: state.video,
    offersVideo: site.video,
    write: site.message,
  };
}

function microphoneWords(trouble: Capture["trouble"], canCall: boolean): string | null {
  if (!canCall) {
    return say("visit.trouble.no_calls");
  }
  return trouble && say(`visit.trouble.${trouble}`);
}

function waitingView(site: SiteView, visit: Visit): WaitingView {
  const rings = visit.state === "offering";
  return {
    kind: "waiting",
    position: rings ? null : visit.position,
    words: rings ? say("visit.ringing") : `${waitWords(visit)} ${say("visit.wait.kept")}`,
    music: visit.music,
    callback: visit.offers_callback && !rings && (site.callback_now || site.callback_later),
    write: site.message && !rings,
  };
}

function talkingView(site: SiteView, visit: Visit): TalkingView {
  const names = visit.others.map(({ name }) => name).join(", ");
  return {
    kind: "talking",
    name: nameOf(visit),
    identity: visit.agent?.identity ?? "",
    others: names ? say("visit.also_here", { names }) : null,
    connected: visit.state === "live",
    held: visit.held,
    recording: visit.recording,
    video: site.video,
  };
}

function insteadView(site: SiteView, visit: Visit, { now, locale }: Around): InsteadView {
  return {
    kind: "instead",
    ...closedWords(visit.ended, site, now, locale),
    callback: site.callback_now || site.callback_later,
    write: site.message,
  };
}

function bookView(state: VisitState, site: SiteView, { now, locale }: Around): BookView {
  const closed = isClosed(site, now);
  return {
    kind: "book",
    ...fieldsOf(state, site),
    now: site.callback_now && !(closed && site.callback_later),
    days: site.callback_later ? daysOf(site.callback_times ?? [], now, locale) : [],
    zone: say("visit.callback.zone", { zone: ownZone(locale, now) }),
  };
}

function bookedView(site: SiteView, visit: Visit, { now, locale, origin }: Around): BookedView {
  const { state = "requested", at = null, link = "" } = visit.callback ?? {};
  const going = state === "requested" || state === "due" || state === "dialing";
  const title: Key = going
    ? "visit.callback.booked"
    : state === "canceled"
      ? "visit.callback.canceled"
      : "visit.callback.expired";
  return {
    kind: "booked",
    title: say(title),
    words: bookedWords(state, at && whenIs(at, now, locale)),
    stay: going,
    link: going && link ? new URL(link, origin).href : null,
    change: state === "requested" && site.callback_later,
  };
}

function bookedWords(state: string, when: string | null): string {
  switch (state) {
    case "due":
    case "dialing":
      return say("visit.callback.due");
    case "expired":
      return say("visit.callback.expired.what");
    case "canceled":
      return say("visit.instead.none");
    default:
      return when ? say("visit.callback.at", { when }) : say("visit.callback.requested");
  }
}

function ringingView(site: SiteView, visit: Visit): RingingView {
  return {
    kind: "ringing",
    title: visit.agent
      ? say("visit.callback.rings", { name: visit.agent.name })
      : say("visit.callback.rings.site", { site: site.name }),
    name: visit.agent?.name ?? site.name,
    identity: visit.agent?.identity ?? site.name,
  };
}

function endedView(visit: Visit): EndedView {
  return {
    kind: "ended",
    title: endTitle(visit),
    words: endWords(visit),
    rates: visit.may_rate && visit.rated === null,
    rated: visit.rated,
    again: visit.ended !== "not_allowed",
  };
}

function writtenView(): Notice {
  const words = say("visit.message.sent.what");
  return notice("ended", "visit.message.sent", words, "again", say("visit.call"));
}

function notice(
  line: LineState,
  title: Key,
  words: string,
  id?: "reopen" | "again",
  action = "",
): Notice {
  return {
    kind: "notice",
    line,
    title: say(title),
    words,
    action: id ? { id, words: action } : null,
  };
}
