// What the customer panel draws: answers, page, what is vouched for, and what happened before. Pure.
import type { CustomerModel, Earlier } from "../../components/customer/customer.js";
import type { Fact } from "../../components/offer/offer.js";
import type { ContactView, CustomerView, EarlierView, OfferView } from "../../desk-protocol.js";
import { say } from "../../words.js";
import { isLetter } from "./letters.js";
import { clockOf, languageName, whenOf } from "./times.js";
import { answersOf, identityOf, nameOf, whyContact } from "./view.js";

/** The customer who calls, before anybody has answered. */
export function offeredCustomer(offer: OfferView, now: number): CustomerModel {
  const waited: Fact = { name: say("desk.waited"), value: clockOf(offer.waited) };
  return customerModel(offer.customer, offer.session, {
    more: [waited],
    earlier: offer.earlier ?? [],
    message: "",
    why: "",
    notes: null,
    now,
  });
}

/** The customer of a session on the desk; `notes` are null where they are written elsewhere. */
export function customerOf(contact: ContactView, notes: string | null, now: number): CustomerModel {
  const reading = isLetter(contact) && contact.mine !== "wrapping";
  return customerModel(contact.customer, contact.session, {
    more: [{ name: say("desk.queue"), value: contact.queue }],
    earlier: contact.earlier,
    message: reading ? "" : (contact.customer.message ?? ""),
    why: whyContact(contact),
    notes,
    now,
  });
}

function customerModel(
  customer: CustomerView,
  session: string,
  more: Pick<CustomerModel, "message" | "why" | "notes"> & {
    more: Fact[];
    earlier: readonly EarlierView[];
    now: number;
  },
): CustomerModel {
  const name = nameOf(customer);
  const reach = [customer.email, customer.phone].find((each) => each !== "" && each !== name) ?? "";
  return {
    session,
    name,
    identity: identityOf(customer, session),
    reach,
    verified: customer.verified,
    facts: [...factsOf(customer), ...more.more].filter(({ value }) => value !== ""),
    page: customer.page_url ? { url: customer.page_url, title: customer.page_title } : null,
    known: factList(customer.attributes),
    claimed: factList(customer.page_attributes),
    earlier: more.earlier.map((each) => earlierOf(each, more.now)),
    message: more.message,
    why: more.why,
    notes: more.notes,
  };
}

function factsOf(customer: CustomerView): Fact[] {
  return [
    ...answersOf(customer),
    { name: say("desk.came_from"), value: hostOf(customer.referrer) },
    {
      name: say("desk.language"),
      value: customer.language ? languageName(customer.language) : "",
    },
    { name: say("desk.site"), value: customer.site },
    { name: say("desk.phone"), value: customer.name || customer.email ? customer.phone : "" },
  ];
}

function factList(values: Readonly<Record<string, string>>): Fact[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

function hostOf(url: string): string {
  try {
    return new URL(url).host || url;
  } catch {
    return url;
  }
}

function earlierOf(each: EarlierView, now: number): Earlier {
  const talked = each.seconds > 0;
  const what = talked ? say("desk.earlier.talk", { time: clockOf(each.seconds) }) : "";
  const rated = each.rated === null ? "" : say("desk.earlier.rated", { count: each.rated });
  const title = talked ? [what, rated].filter(Boolean).join(", ") : say("desk.earlier.missed");
  return {
    session: each.session,
    icon: talked ? "phone" : "missed",
    title: [title, each.disposition].filter(Boolean).join(" · "),
    small: [whenOf(each.at, now), each.agent || each.queue].filter(Boolean).join(" · "),
    notes: each.notes,
  };
}
