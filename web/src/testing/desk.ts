// Desks, offers and customers for tests.
import type {
  AgentView,
  ContactView,
  CustomerView,
  DecisionView,
  Desk,
  EarlierView,
  Entered,
  OfferView,
} from "../desk-protocol.js";

export const customer: CustomerView = {
  contact: "CO1",
  name: "Marta Silva",
  email: "marta.silva@example.org",
  phone: "",
  language: "en",
  verified: true,
  answers: [{ name: "about", label: "About", value: "Delivery and returns" }],
  attributes: { Order: "MP-20418" },
  page_attributes: { basket: "Halden desk lamp" },
  page_url: "https://shop.example.org/lamps/halden",
  page_title: "Halden desk lamp",
  referrer: "https://search.example.org/?q=lamp",
  site: "Lamp shop",
};

export const earlier: EarlierView = {
  session: "SE0",
  at: "2026-09-02T10:00:00.000Z",
  queue: "Support, English",
  agent: "Tom Becker",
  seconds: 250,
  disposition: "Question answered",
  notes: "Asked whether the shade is sold alone.",
  rated: 5,
};

/** Of two who fit this agent had been idle for longer. */
export const decision: DecisionView = {
  at: "2026-11-21T11:59:59.000Z",
  decision: "offered",
  queue: "Support, English",
  considered: [
    { agent: "AG1", name: "Inès Moreau", reason: "offered" },
    { agent: "AG4", name: "Salma Haddad", reason: "capacity" },
    { agent: "AG2", name: "Tom Becker", reason: "longer_idle" },
  ],
  others: 1,
};

export const agent: AgentView = {
  id: "AG1",
  name: "Inès Moreau",
  activity: "AV1",
  next_activity: null,
  load: "idle",
  since: "2026-11-20T10:00:00.000Z",
  there: true,
  skills: {},
  sessions: [],
  strikes: 0,
  reason: "",
};

export const entered: Entered = {
  user: "US1",
  name: "Inès Moreau",
  role: "agent",
  agent: "AG1",
  activities: [
    { id: "AV1", name: "Available", available: true },
    { id: "AV2", name: "Break", available: false },
    { id: "AV3", name: "Lunch", available: false },
  ],
  dispositions: ["Return arranged", "Question answered"],
  replies: [
    { id: "RP1", title: "Greeting", text: "Hello {{visitor.name}}, this is {{agent.name}}." },
    {
      id: "RP2",
      title: "Order on its way",
      text: "Your order {{attributes.Order}} is on its way.",
    },
  ],
  desk: null,
  live: null,
};

/** An offer that waits for so many milliseconds from `now`. */
export function offer(now: number, more: Partial<OfferView> = {}): OfferView {
  return {
    reservation: "RS1",
    task: "TA1",
    session: "SE1",
    channel: "video",
    queue: "Support, English",
    until: new Date(now + 14_000).toISOString(),
    waited: 48,
    customer,
    consult: false,
    transfer_from: null,
    notes: "",
    earlier: [earlier],
    decision,
    ...more,
  };
}

/** A session in which the agent talks with the customer. */
export function contact(now: number, more: Partial<ContactView> = {}): ContactView {
  const { session = "SE1" } = more;
  return {
    session,
    task: "TA1",
    reservation: "RS1",
    state: "live",
    mine: "agent",
    queue: "Support, English",
    channel: "video",
    customer,
    earlier: [earlier],
    parties: [
      { identity: "visitor", name: "Marta Silva", role: "visitor", there: true, held: false },
      { identity: "AG1", name: "Inès Moreau", role: "agent", there: true, held: false },
    ],
    call: { room: `call-${session}`, identity: "AG1", token: "token" },
    held: false,
    callback: null,
    transfer: null,
    answered_at: new Date(now - 222_000).toISOString(),
    wrap_up_until: null,
    dispositions: entered.dispositions,
    disposition: "",
    notes: "",
    decision,
    ...more,
  };
}

/** A session whose talk is over. */
export function wrapping(now: number, more: Partial<ContactView> = {}): ContactView {
  const until = new Date(now + 38_000).toISOString();
  return contact(now, {
    state: "ended",
    mine: "wrapping",
    call: null,
    wrap_up_until: until,
    ...more,
  });
}

/** A desk with two queues and two colleagues. */
export function desk(now: number, more: Partial<Desk> = {}): Desk {
  return {
    seq: 1,
    agent,
    offers: [],
    contacts: [],
    colleagues: [
      { id: "AG2", name: "Tom Becker", activity: "Available", load: "idle", free: true },
      { id: "AG3", name: "Aiko Mori", activity: "Break", load: "idle", free: false },
      { id: "AG4", name: "Salma Haddad", activity: "Available", load: "busy", free: false },
    ],
    queues: [
      { id: "QU1", name: "Support, English", open: true, waiting: 3, longest: 100, available: 1 },
      { id: "QU2", name: "Support, French", open: true, waiting: 0, longest: 0, available: 0 },
      { id: "QU3", name: "Sales", open: false, waiting: 0, longest: 0, available: 0 },
    ],
    notice: null,
    at: new Date(now).toISOString(),
    ...more,
  };
}
