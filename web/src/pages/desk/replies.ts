// Canned replies: texts with places that are filled in with what is known of the contact. Pure.
import type { FilledReply } from "../../components/desk-call/desk-call.js";
import type { ContactView, ReplyView } from "../../desk-protocol.js";
import { locale } from "../../words.js";

/** The replies with `{{visitor.name}}`, `{{form.reason}}` and the like filled in, as the server
 * fills them in itself: what is not known is left out. */
export function filledReplies(
  replies: readonly ReplyView[],
  contact: ContactView,
  agent: string,
  now: number,
): FilledReply[] {
  const known = knownOf(contact, agent, now);
  return replies.map(({ id, title, text }) => ({
    id,
    title,
    text: text.replace(/\{\{(.*?)\}\}/gs, (_, name: string) => known.get(name.trim()) ?? ""),
  }));
}

/** By name; what the site vouches for goes before what the page said. */
function knownOf(contact: ContactView, agent: string, now: number): ReadonlyMap<string, string> {
  const { customer, queue, session } = contact;
  const attributes = { ...customer.page_attributes, ...customer.attributes };
  return new Map([
    ...customer.answers.map(({ name, value }) => [`form.${name}`, value] as const),
    ...Object.entries(attributes).map(([name, value]) => [`attributes.${name}`, value] as const),
    ["visitor.name", customer.name],
    ["visitor.email", customer.email],
    ["visitor.phone", customer.phone],
    ["agent.name", agent],
    ["site.name", customer.site],
    ["queue.name", queue],
    ["session.id", session],
    ["date", new Intl.DateTimeFormat(locale(), { dateStyle: "long" }).format(now)],
    ["time", new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(now)],
  ]);
}
