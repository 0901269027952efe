// Beside a customer: whom of the contacts they are, or that they can be kept as one.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { OffhookElement, sheets } from "../../../components/element.js";
import { avatar } from "../../../components/people.js";
import type { CustomerView } from "../../../desk-protocol.js";
import { icon } from "../../../icons.js";
import type { Contact } from "../../../rest.js";
import { say } from "../../../words.js";
import type { ContactsApi } from "./api.js";
import styles from "./strip.css?inline";
import { aboutOf, nameOf, wordsFor } from "./words.js";

/** Reports `open-contact` with an id, and `told` with words. */
@customElement("oh-contact-strip")
export class ContactStrip extends OffhookElement {
  static override styles = sheets(styles);

  api!: ContactsApi;
  @property({ attribute: false }) customer!: CustomerView;
  /** Whom the customer talks with; empty before anybody has answered. */
  @property() session = "";
  @property({ type: Boolean }) mayWrite = false;
  /** Null while it is not known. */
  @state() private found: readonly Contact[] | null = null;
  @state() private busy = false;
  #asked = "";

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("customer")) {
      const { contact, email, phone } = this.customer;
      const whom = JSON.stringify([contact, email, phone]);
      if (whom !== this.#asked) {
        this.#asked = whom;
        this.found = null;
        void this.#look(whom);
      }
    }
  }

  override render(): TemplateResult | typeof nothing {
    const contact = this.found?.[0];
    if (contact) {
      return this.#known(contact);
    }
    const { name, email, phone } = this.customer;
    const worth = this.session !== "" && [name, email, phone].some(Boolean);
    return this.found && worth && this.mayWrite
      ? html`<button class="btn btn-s" type="button" aria-busy=${this.busy} @click=${this.#keep}>
          ${icon(this.busy ? "spin" : "plus", "i-s")}${say("contact.keep")}</button>`
      : nothing;
  }

  #known(contact: Contact): TemplateResult {
    return html`<p class="label">${say("contact.known")}</p>
      <div class="who">
        ${avatar(nameOf(contact), contact.id, "av-s")}
        <span class="grow">
          <span class="cut name"><bdi>${nameOf(contact)}</bdi></span>
          <span class="cut tiny muted"><bdi>${aboutOf(contact)}</bdi></span>
        </span>
        <button class="btn btn-s" type="button" @click=${() => this.report("open-contact", contact.id)}>${say("contact.open")}</button>
      </div>
      ${contact.notes ? html`<p class="small muted notes" dir="auto">${contact.notes}</p>` : nothing}`;
  }

  async #look(whom: string): Promise<void> {
    try {
      const { items } = await this.api.known(this.customer);
      if (whom === this.#asked) {
        this.found = items;
      }
    } catch {
      // Without contacts the customer is shown all the same; the next customer is looked for anew.
      this.#asked = "";
    }
  }

  readonly #keep = async () => {
    const { name, email, phone, language } = this.customer;
    const what = {
      name,
      emails: email ? [email] : [],
      phones: phone.startsWith("+") ? [phone] : [],
    };
    this.busy = true;
    try {
      const kept = await this.api.create({ ...what, language, session: this.session });
      this.found = [kept];
      this.report("told", say("contact.saved", { name: nameOf(kept) }));
    } catch (error) {
      this.report("told", wordsFor(error));
    } finally {
      this.busy = false;
    }
  };
}
