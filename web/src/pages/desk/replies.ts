// Canned replies: text with holes that are filled in with what is known of the customer. Pure.
import type { FilledReply } from "../../components/desk-call/desk-call.js";
import type { ContactView, ReplyView } from "../../desk-protocol.js";

/** The replies with `{name}`, `{agent}`, `{queue}` and the customer's answers and attributes filled
 * in; a hole for which nothing is known stays, so that it is seen before it is sent. */
export function filledReplies(
  replies: readonly ReplyView[],
  contact: ContactView,
  agent: string,
): FilledReply[] {
  const values = valuesOf(contact, agent);
  return replies.map(({ id, title, text }) => ({
    id,
    title,
    text: text.replace(/\{([\w.-]+)\}/g, (hole, name: string) => values.get(name) || hole),
  }));
}

function valuesOf({ customer, queue }: ContactView, agent: string): ReadonlyMap<string, string> {
  const { name, email, phone, site } = customer;
  const first = name.trim().split(/\s+/u)[0] ?? "";
  return new Map([
    ...Object.entries(customer.page_attributes),
    ...Object.entries(customer.answers),
    ...Object.entries(customer.attributes),
    ...Object.entries({ name, first_name: first, email, phone, site, agent, queue }),
    ["page", customer.page_title || customer.page_url],
  ]);
}
