// What the desk draws, made from what the server says is on it. Pure.
import type { ColleagueRow, QueueRow, SessionRow } from "../../components/desk-side/desk-side.js";
import type { MenuItem } from "../../components/menu/menu.js";
import type { Fact, OfferModel } from "../../components/offer/offer.js";
import type {
  ActivityView,
  AgentView,
  ColleagueView,
  ContactView,
  CustomerView,
  Desk,
  OfferView,
} from "../../desk-protocol.js";
import type { LineState } from "../../icons.js";
import { say } from "../../words.js";
import { whyMine } from "./deciding.js";
import { type Clock, clockOf, languageName } from "./times.js";

/** What an agent's line is doing, as a shape and a word. */
export interface Doing {
  readonly line: LineState;
  readonly words: string;
}

/** The agent's own state: the activity, and the next one while there is work in hand. */
export function doingOf(agent: AgentView, activities: readonly ActivityView[]): Doing {
  if (agent.load === "wrapping") {
    return { line: "wrap", words: say("desk.wrap_up") };
  }
  const chosen = activities.find(
    ({ id, name }) => id === agent.activity || name === agent.activity,
  );
  const name = chosen?.name ?? agent.activity;
  return { line: chosen?.available ? "open" : "flat", words: name };
}

/** The name of the activity that comes next; empty when it stays as it is. */
export function nextOf(agent: AgentView, activities: readonly ActivityView[]): string {
  const next = agent.next_activity ?? (agent.load === "wrapping" ? agent.activity : null);
  return activities.find(({ id, name }) => id === next || name === next)?.name ?? next ?? "";
}

/** Why the agent is in this activity when somebody else chose it; empty when they did themselves. */
export function whyAway({ reason }: AgentView): string {
  switch (reason) {
    case "no_answer":
      return say("desk.closed.no_answer");
    case "supervisor":
      return say("desk.closed.supervisor");
    default:
      return "";
  }
}

/** The activities as a menu; with work in hand the one that comes next is checked. */
export function activityMenu(agent: AgentView, activities: readonly ActivityView[]): MenuItem[] {
  const counts = agent.next_activity ?? agent.activity;
  return activities.map(({ id, name }) => ({
    id,
    words: name,
    checked: id === counts || name === counts,
  }));
}

/** The session in front: the one that was chosen, else one that talks, else the first. */
export function frontOf(desk: Desk, chosen: string | null): ContactView | null {
  const { contacts } = desk;
  return (
    contacts.find(({ session }) => session === chosen) ??
    contacts.find((contact) => talks(contact)) ??
    contacts[0] ??
    null
  );
}

/** Whether this agent speaks in the session now, with the customer or about them. */
export function talks(contact: ContactView): boolean {
  if (contact.mine === "wrapping" || !contact.call) {
    return false;
  }
  return !isWaiting(contact) || isConsulting(contact);
}

/** Whether the customer hears music: on hold, or because a colleague is asked. */
export function isWaiting({ held, transfer }: ContactView): boolean {
  return held || transfer?.state === "ringing" || transfer?.state === "consulting";
}

/** Whether this agent speaks with a colleague while the customer waits. */
export function isConsulting(contact: ContactView): boolean {
  const { mine, transfer } = contact;
  return transfer?.state === "consulting" || (mine === "consulted" && isWaiting(contact));
}

/** The rows of the sessions on the desk. */
export function sessionRows(desk: Desk, front: string | null, clock: Clock): SessionRow[] {
  return desk.contacts.map((contact) => {
    const doing = standing(contact);
    const counts = doing.line === "live" && contact.answered_at;
    return {
      session: contact.session,
      name: nameOf(contact.customer),
      identity: identityOf(contact.customer, contact.session),
      ...doing,
      since: counts ? clock.local(contact.answered_at ?? "") : null,
      front: contact.session === front,
    };
  });
}

/** How a session stands, as a shape and a word. */
export function standing(contact: ContactView): Doing {
  const { transfer } = contact;
  if (contact.mine === "wrapping") {
    return { line: "wrap", words: say("desk.wrap_up") };
  }
  if (transfer?.state === "ringing") {
    return { line: "hold", words: say("desk.asking", { name: transfer.name }) };
  }
  if (isConsulting(contact)) {
    return { line: "live", words: say("desk.consulting") };
  }
  if (contact.channel === "message" && !contact.call) {
    return { line: "open", words: say("desk.offer.message") };
  }
  if (contact.state === "callback") {
    return { line: "ringing", words: say("desk.ringing") };
  }
  if (contact.state === "connecting") {
    return { line: "open", words: say("line.connecting") };
  }
  if (contact.held) {
    return { line: "hold", words: say("desk.on_hold") };
  }
  return isAway(contact)
    ? { line: "lost", words: say("line.lost") }
    : { line: "live", words: say("desk.talking") };
}

/** Whether the customer's page is cut off, or has not come yet. */
export function isAway(contact: ContactView): boolean {
  const visitor = contact.parties.find(({ role }) => role === "visitor");
  return contact.state === "live" && visitor?.there === false;
}

/** The offers that are drawn; `first` says when each was seen first. */
export function offerModels(
  desk: Desk,
  more: {
    clock: Clock;
    first: (reservation: string) => number;
    accepting: string | null;
    shortcuts: boolean;
  },
): OfferModel[] {
  return desk.offers.map((offer) => ({
    reservation: offer.reservation,
    session: offer.session,
    name: nameOf(offer.customer),
    identity: identityOf(offer.customer, offer.session),
    kind: kindOf(offer),
    about: aboutOf(offer.customer),
    facts: offerFacts(offer),
    said: saidOf(offer),
    why: whyOffered(offer),
    first: more.first(offer.reservation),
    until: more.clock.local(offer.until),
    busy: more.accepting === offer.reservation,
    shortcuts: more.shortcuts,
  }));
}

/** What kind of work an offer is, in one line. */
export function kindOf(offer: OfferView): string {
  if (offer.consult) {
    const name = offer.transfer_from;
    return name ? say("desk.offer.consult", { name }) : say("desk.offer.consult.somebody");
  }
  if (offer.transfer_from) {
    return say("desk.offer.transfer", { name: offer.transfer_from });
  }
  const { site } = offer.customer;
  switch (offer.channel) {
    case "video":
      return site ? say("desk.offer.video.from", { site }) : say("desk.offer.video");
    case "callback":
      return say("desk.offer.callback");
    case "message":
      return say("desk.offer.message");
    case "chat":
      return say("desk.offer.chat");
    default:
      return site ? say("desk.offer.voice.from", { site }) : say("desk.offer.voice");
  }
}

/** What is to be read before the answer: a message that was left, or a colleague's notes. */
function saidOf({ customer, notes, transfer_from: name }: OfferView): Fact | null {
  if (customer.message) {
    return { name: say("desk.message"), value: customer.message };
  }
  return name && notes ? { name: say("desk.note_of", { name }), value: notes } : null;
}

/** Why an offer came to this agent: a colleague chose them, or the router did. */
function whyOffered({ consult, decision, transfer_from: name }: OfferView): string {
  const chosen = name !== null && !consult && decision?.considered.length === 1;
  return consult || chosen ? "" : whyMine(decision);
}

/** Why a session came to this agent, by the router's decision. */
export function whyContact({ decision, mine }: ContactView): string {
  return mine === "consulted" ? "" : whyMine(decision);
}

/** What a customer is called, as far as is known. */
export function nameOf(customer: CustomerView): string {
  return customer.name || customer.email || customer.phone || say("desk.somebody");
}

/** What stays the same for one customer, for the colour of their picture. */
export function identityOf(customer: CustomerView, session: string): string {
  return customer.contact || customer.email || customer.name || session;
}

/** What a customer wants: the first thing they wrote, and the page they were on. */
export function aboutOf(customer: CustomerView): string {
  const answer = answersOf(customer)[0]?.value ?? "";
  const { page_title: title } = customer;
  if (answer && title) {
    return say("desk.about.page", { what: answer, page: title });
  }
  return answer || title;
}

/** What a customer wrote in the form, but for what is shown as who they are. */
export function answersOf({ answers, name, email, phone }: CustomerView): Fact[] {
  return answers
    .map(({ label, value }) => ({ name: label, value: value.trim() }))
    .filter(({ value }) => value !== "" && ![name, email, phone].includes(value));
}

function offerFacts(offer: OfferView): Fact[] {
  const { customer } = offer;
  const last = offer.earlier?.[0];
  const facts: (Fact | false)[] = [
    { name: say("desk.waited"), value: clockOf(offer.waited) },
    customer.language !== "" && {
      name: say("desk.language"),
      value: languageName(customer.language),
    },
    last !== undefined && {
      name: say("desk.last_contact"),
      value: [last.agent, last.disposition].filter(Boolean).join(" · ") || last.queue,
    },
    { name: say("desk.queue"), value: offer.queue },
  ];
  return facts.filter((fact): fact is Fact => fact !== false && fact.value !== "");
}

/** The queues as rows. */
export function queueRows(desk: Desk): QueueRow[] {
  return desk.queues.map(({ id, name, open, waiting, longest }) => ({
    id,
    name,
    open,
    waiting,
    longest,
  }));
}

/** The colleagues as rows: those who could be rung first, then by name. */
export function colleagueRows(desk: Desk): ColleagueRow[] {
  return desk.colleagues
    .map((colleague) => ({
      id: colleague.id,
      name: colleague.name,
      free: colleague.free,
      ...colleagueDoing(colleague),
    }))
    .sort(
      (one, other) => Number(other.free) - Number(one.free) || one.name.localeCompare(other.name),
    );
}

function colleagueDoing({ load, activity, free }: ColleagueView): Doing {
  switch (load) {
    case "offered":
      return { line: "ringing", words: say("desk.ringing") };
    case "busy":
      return { line: "live", words: say("desk.talking") };
    case "wrapping":
      return { line: "wrap", words: say("desk.wrap_up") };
    default:
      return { line: free ? "open" : "flat", words: activity };
  }
}
