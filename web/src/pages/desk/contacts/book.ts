// The contacts of the desk: searched as one types, looked at, made, changed, and taken in from files.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import "../../../components/confirm/confirm.js";
import { OffhookElement, sheets } from "../../../components/element.js";
import { avatar } from "../../../components/people.js";
import { icon, lineGlyph } from "../../../icons.js";
import type { Contact, ContactPatch, ContactSession } from "../../../rest.js";
import { say } from "../../../words.js";
import { type ContactsApi, EXPORT } from "./api.js";
import styles from "./book.css?inline";
import "./card.js";
import type { ContactCard } from "./card.js";
import "./form.js";
import "./import.js";
import { Importing } from "./importing.js";
import { aboutOf, changesOf, type Draft, draftOf, fieldOf, nameOf, wordsFor } from "./words.js";

/** Milliseconds without a key before the server is asked. */
const PAUSE = 180;

const NOBODY = {
  name: "",
  company: "",
  emails: [],
  phones: [],
  language: "",
  attributes: {},
  notes: "",
};

type Dialog = "add" | "edit" | "delete" | "import";

/** Reports `told` with words for everybody. */
@customElement("oh-contact-book")
export class ContactBook extends OffhookElement {
  static override styles = sheets(styles);

  api!: ContactsApi;
  /** What whoever is signed in may do. */
  @property({ attribute: false }) permissions: readonly string[] = [];
  /** Whom to show first. */
  @property() first = "";

  @state() private items: readonly Contact[] | null = null;
  @state() private next: string | null = null;
  @state() private problem = "";
  @state() private chosen: Contact | null = null;
  @state() private sessions: readonly ContactSession[] | null = null;
  @state() private dialog: Dialog | null = null;
  @state() private busy = false;
  @state() private wrong = { words: "", field: "" };
  @query("#sought") private readonly field!: HTMLInputElement;
  @query("oh-contact-card") private readonly card!: ContactCard | null;
  #importing: Importing | null = null;
  #etag = "";
  #draft: Draft = draftOf(NOBODY);
  #turn = 0;
  #timer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#search();
    if (this.first) {
      void this.open(this.first);
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  override firstUpdated(): void {
    this.field.focus();
  }

  /** Show one contact. */
  async open(id: string): Promise<void> {
    try {
      await this.#show((await this.api.get(id)).value);
    } catch (error) {
      this.report("told", wordsFor(error));
    }
  }

  override render(): TemplateResult {
    return html`<section class="list" ?data-behind=${this.chosen !== null} aria-label=${say("contact.title")}>
        <div class="head">
          <div class="spread"><h1>${say("contact.title")}</h1>${this.#tools()}</div>
          <div class="search">
            ${icon("people", "i-lead")}
            <input class="input" id="sought" type="search" autocomplete="off" spellcheck="false" dir="auto" maxlength="200"
              aria-label=${say("contact.search")} placeholder=${say("contact.search.hint")}
              @input=${this.#typed} @keydown=${this.#onKey} />
          </div>
        </div>
        <div class="found" aria-busy=${this.items === null && !this.problem}>${this.#found()}</div>
      </section>
      <section class="one" ?data-behind=${this.chosen === null} aria-label=${this.chosen ? nameOf(this.chosen) : say("contact.choose")}>
        ${this.chosen ? this.#card(this.chosen) : html`<p class="small faint choose">${say("contact.choose")}</p>`}
      </section>
      ${this.#dialogs()}`;
  }

  #tools(): TemplateResult {
    return html`<div class="cluster tools">
      ${this.#may("import") ? html`<button class="btn btn-s" type="button" @click=${this.#import}>${say("contact.import")}</button>` : nothing}
      ${this.#may("export") ? html`<a class="btn btn-s" href=${EXPORT} download="contacts.csv">${say("contact.export")}</a>` : nothing}
      ${
        this.#may("write")
          ? html`<button class="btn btn-s btn-ink" type="button" @click=${() => this.#open("add")}>
              ${icon("plus", "i-s")}${say("contact.add")}</button>`
          : nothing
      }
    </div>`;
  }

  #found(): TemplateResult {
    if (this.problem) {
      return html`<div class="state">
        ${lineGlyph("lost", "state-mark")}<h2>${say("contact.failed")}</h2><p>${this.problem}</p>
        <button class="btn" type="button" @click=${() => this.#search()}>${say("control.retry")}</button>
      </div>`;
    }
    if (!this.items) {
      return html`<div class="waiting">${[1, 2, 3, 4].map(() => html`<span class="skeleton"></span>`)}</div>`;
    }
    return this.items.length > 0 ? this.#rows(this.items) : this.#nobody();
  }

  #nobody(): TemplateResult {
    const sought = this.field?.value.trim() ?? "";
    return html`<div class="state" role="status">
      ${lineGlyph("flat", "state-mark")}
      <h2>${say(sought ? "contact.nobody" : "contact.none")}</h2>
      <p>${say(sought ? "contact.nobody.what" : "contact.none.what")}</p>
    </div>`;
  }

  #rows(items: readonly Contact[]): TemplateResult {
    return html`<ul class="rows">
        ${repeat(
          items,
          ({ id }) => id,
          (contact) => html`<li>
            <button class="row" type="button" aria-current=${contact.id === this.chosen?.id ? "true" : nothing}
              @click=${() => this.#show(contact)}>
              ${avatar(nameOf(contact), contact.id)}
              <span class="grow two">
                <span class="cut name"><bdi>${nameOf(contact)}</bdi></span>
                <span class="cut small muted"><bdi>${aboutOf(contact)}</bdi></span>
              </span>
            </button>
          </li>`,
        )}
      </ul>
      ${this.next ? html`<div class="more"><button class="btn btn-s" type="button" @click=${() => this.#more()}>${say("contact.more")}</button></div>` : nothing}`;
  }

  #card(contact: Contact): TemplateResult {
    return html`<oh-contact-card .contact=${contact} .sessions=${this.sessions}
      ?mayWrite=${this.#may("write")} ?mayDelete=${this.#may("delete")}
      @edit=${this.#edit} @delete=${() => this.#open("delete")} @back=${this.#back}></oh-contact-card>`;
  }

  #dialogs(): TemplateResult {
    const { dialog, chosen } = this;
    const editing = dialog === "edit" && chosen;
    const name = chosen ? nameOf(chosen) : "";
    const close = () => this.#open(null);
    return html`<oh-contact-form ?open=${dialog === "add" || Boolean(editing)} ?busy=${this.busy}
        .heading=${say(editing ? "contact.edit.title" : "contact.add")} .draft=${this.#draft}
        .problem=${this.wrong.words} .field=${this.wrong.field}
        @save=${(event: CustomEvent<Required<ContactPatch>>) => this.#save(event.detail)} @close=${close}></oh-contact-form>
      <oh-contact-import ?open=${dialog === "import"} .importing=${this.#importing} @close=${this.#imported}></oh-contact-import>
      <oh-confirm ?open=${dialog === "delete"} .question=${{
        title: say("contact.delete.title", { name }),
        words: say("contact.delete.what"),
        action: say("contact.delete"),
        danger: true,
      }} @confirm=${this.#delete} @close=${close}></oh-confirm>`;
  }

  // --- what was pressed

  #may(what: string): boolean {
    return this.permissions.includes(`contacts.${what}`);
  }

  /** The form begins with what is known. */
  #open(dialog: Dialog | null): void {
    this.dialog = dialog;
    this.#draft = draftOf(dialog === "edit" && this.chosen ? this.chosen : NOBODY);
    this.wrong = { words: "", field: "" };
  }

  /** What is changed is the contact as it is now. */
  readonly #edit = () =>
    this.#try(async () => {
      const { value, etag } = await this.api.get(this.chosen?.id ?? "");
      this.chosen = value;
      this.#etag = etag;
      this.#open("edit");
    });

  readonly #typed = () => {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#search(), PAUSE);
  };

  /** Escape empties the search; the arrow goes to what was found. */
  readonly #onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      this.renderRoot.querySelector<HTMLElement>("button.row")?.focus();
    } else if (event.key === "Enter") {
      clearTimeout(this.#timer);
      void this.#search();
    }
  };

  readonly #back = async () => {
    this.chosen = null;
    await this.updateComplete;
    this.field.focus();
  };

  readonly #import = () => {
    const drawn = () => {
      this.requestUpdate();
      this.renderRoot.querySelector<OffhookElement>("oh-contact-import")?.requestUpdate();
    };
    this.#importing = new Importing(this.api, drawn);
    this.#open("import");
  };

  readonly #imported = () => {
    this.#open(null);
    void this.#search();
  };

  // --- what the server is asked

  /** Look for what is written; an answer to what is not written any more does not count. */
  async #search(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const { items, next } = await this.api.search(this.field?.value.trim() ?? "");
      if (turn === this.#turn) {
        this.items = items;
        this.next = next;
        this.problem = "";
      }
    } catch (error) {
      if (turn === this.#turn) {
        this.problem = wordsFor(error);
      }
    }
  }

  async #more(): Promise<void> {
    const turn = this.#turn;
    await this.#try(async () => {
      const { items, next } = await this.api.search(this.field.value.trim(), this.next ?? "");
      if (turn === this.#turn) {
        this.items = [...(this.items ?? []), ...items];
        this.next = next;
      }
    });
  }

  async #show(contact: Contact): Promise<void> {
    this.chosen = contact;
    this.sessions = null;
    await this.updateComplete;
    this.card?.renderRoot.querySelector<HTMLElement>("h2")?.focus();
    await this.#try(async () => {
      const { items } = await this.api.sessions(contact.id);
      if (this.chosen?.id === contact.id) {
        this.sessions = items;
      }
    });
  }

  async #save(wanted: Required<ContactPatch>): Promise<void> {
    const contact = this.dialog === "edit" ? this.chosen : null;
    this.busy = true;
    try {
      const kept = contact
        ? await this.api.change(contact.id, changesOf(contact, wanted), this.#etag)
        : await this.api.create(wanted);
      this.#open(null);
      this.report("told", say("contact.saved", { name: nameOf(kept) }));
      await Promise.all([this.#search(), this.#show(kept)]);
    } catch (error) {
      const nobody = fieldOf(error) === "name" && !nameOf({ ...NOBODY, ...wanted, name: "" });
      this.wrong = {
        words: nobody ? say("contact.problem.empty") : wordsFor(error),
        field: fieldOf(error),
      };
    } finally {
      this.busy = false;
    }
  }

  readonly #delete = async () => {
    const contact = this.chosen;
    if (contact) {
      await this.#try(async () => {
        await this.api.delete(contact.id);
        this.chosen = null;
        this.report("told", say("contact.deleted", { name: nameOf(contact) }));
        await this.#search();
      });
    }
  };

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.report("told", wordsFor(error));
    }
  }
}
