// Where contacts stand on the desk: in the place of the line, and beside the customer in front.
import { html, nothing, type TemplateResult } from "lit";
import type { ContactView, OfferView } from "../../../desk-protocol.js";
import { lineGlyph } from "../../../icons.js";
import { say } from "../../../words.js";
import { nameOf } from "../view.js";
import type { ContactsApi } from "./api.js";
import "./book.js";
import "./strip.js";

/** What contacts need of the page; `go` shows one, all (""), or the line again (null). */
export interface Beside {
  readonly api: ContactsApi;
  readonly permissions: readonly string[];
  go(looked: string | null): void;
  told(words: string): void;
}

/** The contacts in the place of the line; a call goes on, and the way back to it is on top. */
export function contactsPlace(
  first: string,
  { api, permissions, go, told }: Beside,
  front: ContactView | null,
): TemplateResult {
  return html`${front ? onTheLine(front, () => go(null)) : nothing}
    <oh-contact-book .api=${api} .permissions=${permissions} .first=${first}
      @told=${(event: CustomEvent<string>) => told(event.detail)}></oh-contact-book>`;
}

function onTheLine(front: ContactView, back: () => void): TemplateResult {
  return html`<p class="notice on-line" data-tone="live">
    ${lineGlyph("live", "glyph")}
    <span class="grow">${say("contact.call", { name: nameOf(front.customer) })}</span>
    <button class="btn btn-s" type="button" @click=${back}>${say("contact.call.back")}</button>
  </p>`;
}

/** Whom of the contacts the customer is, or that they can be kept as one. */
export function besideCustomer(
  view: ContactView | OfferView | undefined,
  session: string,
  { api, permissions, go, told }: Beside,
): TemplateResult | typeof nothing {
  return view && permissions.includes("contacts.read")
    ? html`<oh-contact-strip .api=${api} .customer=${view.customer} .session=${session}
        ?mayWrite=${permissions.includes("contacts.write")}
        @open-contact=${(event: CustomEvent<string>) => go(event.detail)}
        @told=${(event: CustomEvent<string>) => told(event.detail)}></oh-contact-strip>`
    : nothing;
}
