// A contact as it is drawn: who they are, what is known, and their earlier sessions.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { OffhookElement, sheets } from "../../../components/element.js";
import { avatar } from "../../../components/people.js";
import { icon } from "../../../icons.js";
import type { Contact, ContactSession } from "../../../rest.js";
import { say } from "../../../words.js";
import { clockOf, languageName, whenOf } from "../times.js";
import styles from "./card.css?inline";
import { nameOf } from "./words.js";

/** Reports `edit`, `delete` and `back`. */
@customElement("oh-contact-card")
export class ContactCard extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) contact!: Contact;
  /** Null while they are on their way. */
  @property({ attribute: false }) sessions: readonly ContactSession[] | null = null;
  @property({ type: Boolean }) mayWrite = false;
  @property({ type: Boolean }) mayDelete = false;

  override render(): TemplateResult {
    const { contact } = this;
    const name = nameOf(contact);
    return html`<button class="btn btn-s btn-quiet back" type="button" @click=${() => this.report("back")}>
        ${icon("left", "flip")}${say("contact.back")}
      </button>
      <div class="who">
        ${avatar(name, contact.id, "av-l")}
        <div class="grow">
          <h2 tabindex="-1"><bdi>${name}</bdi></h2>
          ${contact.company && contact.company !== name ? html`<p class="small muted"><bdi>${contact.company}</bdi></p>` : nothing}
        </div>
      </div>
      <div class="cluster">
        ${this.mayWrite ? html`<button class="btn btn-s" type="button" @click=${() => this.report("edit")}>${say("contact.edit")}</button>` : nothing}
        ${this.mayDelete ? html`<button class="btn btn-s btn-danger" type="button" @click=${() => this.report("delete")}>${say("contact.delete")}</button>` : nothing}
      </div>
      ${this.#facts()}
      <section class="part">
        <h3>${say("contact.sessions")}</h3>
        ${this.#sessions()}
      </section>`;
  }

  #facts(): TemplateResult {
    const { emails, phones, language, attributes, notes } = this.contact;
    return html`<dl class="facts">
      ${emails.map((each) => fact(say("contact.emails"), html`<a href="mailto:${each}" dir="ltr">${each}</a>`))}
      ${phones.map((each) => fact(say("contact.phones"), html`<bdi dir="ltr">${each}</bdi>`))}
      ${language ? fact(say("desk.language"), languageName(language)) : nothing}
      ${Object.entries(attributes).map(([key, value]) => fact(key, html`<bdi>${value}</bdi>`))}
      ${notes ? fact(say("desk.notes"), html`<span class="said" dir="auto">${notes}</span>`) : nothing}
    </dl>`;
  }

  #sessions(): TemplateResult {
    if (!this.sessions) {
      return html`<p class="skeleton wait" aria-busy="true"></p>`;
    }
    return this.sessions.length > 0
      ? html`<ol class="timeline">${this.sessions.map(session)}</ol>`
      : html`<p class="small muted">${say("contact.sessions.none")}</p>`;
  }
}

function fact(name: string, value: unknown): TemplateResult {
  return html`<dt>${name}</dt><dd>${value}</dd>`;
}

function session(each: ContactSession): TemplateResult {
  const talked = each.seconds > 0;
  const rated = each.rated === null ? "" : say("desk.earlier.rated", { count: each.rated });
  const what = talked
    ? [say("desk.earlier.talk", { time: clockOf(each.seconds) }), rated].filter(Boolean).join(", ")
    : say("desk.earlier.missed");
  const small = [whenOf(each.opened_at, Date.now()), each.agent];
  return html`<li>
    <span class="mark">${icon(talked ? "phone" : "missed", "i-s")}</span>
    <div class="grow">
      <p>${[what, each.disposition].filter(Boolean).join(" · ")}</p>
      <p class="tiny faint">${small.filter(Boolean).join(" · ")}</p>
      ${each.own ? nothing : html`<p class="tiny faint">${say("contact.sessions.maybe")}</p>`}
      ${each.notes ? html`<p class="small muted said" dir="auto">${each.notes}</p>` : nothing}
    </div>
  </li>`;
}
