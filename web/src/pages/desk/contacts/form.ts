// The dialog in which a contact is made or changed.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import dialogStyles from "../../../components/dialogs/dialog.css?inline";
import { OffhookDialog } from "../../../components/dialogs/dialog.js";
import { sheets } from "../../../components/element.js";
import { icon } from "../../../icons.js";
import type { ContactPatch } from "../../../rest.js";
import { languages, say } from "../../../words.js";
import formStyles from "../../office/form.css?inline";
import { languageName } from "../times.js";
import { contactOf, type Draft } from "./words.js";

type Field = keyof Draft;

const EMPTY: Draft = {
  name: "",
  company: "",
  emails: "",
  phones: "",
  language: "",
  attributes: "",
  notes: "",
};

/** Reports `save` with everything that is written, and `close`. */
@customElement("oh-contact-form")
export class ContactForm extends OffhookDialog {
  static override styles = sheets(dialogStyles, formStyles);

  @property() heading = "";
  @property({ attribute: false }) draft: Draft = EMPTY;
  @property({ type: Boolean }) busy = false;
  /** What was wrong with what was saved last, and with which field; empty when it is with none. */
  @property() problem = "";
  @property() field = "";
  @state() private wrong = false;
  /** What was written when it was saved last; from then on it counts. */
  @state() private written: Draft | null = null;

  override willUpdate(): void {
    if (!this.open) {
      this.wrong = false;
      this.written = null;
    }
  }

  protected title_(): string {
    return this.heading;
  }

  protected body(): TemplateResult {
    const general = this.problem && !this.#named() ? this.problem : "";
    return html`<form novalidate @submit=${this.#submit}>
      <div role="alert">
        ${general ? html`<p class="notice" data-tone="end">${icon("alert")}<span class="grow">${general}</span></p>` : nothing}
      </div>
      ${this.#line("name", say("contact.name"))}
      ${this.#line("company", say("contact.company"))}
      ${this.#lines("emails", say("contact.emails"), say("contact.lines"), 2)}
      ${this.#lines("phones", say("contact.phones"), say("contact.phones.hint"), 2)}
      ${this.#language()}
      ${this.#lines("attributes", say("contact.attributes"), say("contact.attributes.hint"), 2)}
      ${this.#lines("notes", say("desk.notes"), "", 3)}
      <div class="answers">
        <button class="btn" type="button" @click=${() => this.dialog.close()}>${say("control.cancel")}</button>
        <button class="btn btn-ink" type="submit" aria-busy=${this.busy}>
          ${this.busy ? icon("spin", "i-s") : nothing}${say("contact.save")}
        </button>
      </div>
    </form>`;
  }

  #line(name: Field, label: string): TemplateResult {
    return this.#field(
      name,
      label,
      "",
      html`<input class="input" id=${name} dir="auto" autocomplete="off" maxlength="128" .value=${this.#shown[name]}
        ?autofocus=${name === "name"} aria-invalid=${this.#isWrong(name) ? "true" : nothing}
        aria-describedby="${name}-about" />`,
    );
  }

  #lines(name: Field, label: string, hint: string, rows: number): TemplateResult {
    const ltr = name === "emails" || name === "phones";
    return this.#field(
      name,
      label,
      hint,
      html`<textarea class="textarea" id=${name} rows=${rows} dir=${ltr ? "ltr" : "auto"} maxlength="4000"
        .value=${this.#shown[name]} aria-invalid=${this.#isWrong(name) ? "true" : nothing}
        aria-describedby="${name}-about"></textarea>`,
    );
  }

  #field(name: Field, label: string, hint: string, control: TemplateResult): TemplateResult {
    const problem = this.#problemOf(name);
    return html`<div class="field" ?data-invalid=${problem !== ""}>
      <label for=${name}>${label}</label>
      ${control}
      <p class=${problem ? "problem" : "hint"} id="${name}-about" ?hidden=${!problem && !hint}>
        ${problem ? html`${icon("alert", "i-s")}${problem}` : hint}
      </p>
    </div>`;
  }

  #language(): TemplateResult {
    const chosen = this.#shown.language;
    const all = [...new Set(["", ...languages, chosen])];
    return html`<div class="field">
      <label for="language">${say("desk.language")}</label>
      <span class="select-wrap">
        <select class="input select" id="language">
          ${all.map((each) => html`<option value=${each} ?selected=${each === chosen}>${each ? languageName(each) : "–"}</option>`)}
        </select>${icon("down")}
      </span>
    </div>`;
  }

  get #shown(): Draft {
    return this.written ?? this.draft;
  }

  #named(): boolean {
    return this.field in EMPTY;
  }

  #isWrong(name: Field): boolean {
    return this.#problemOf(name) !== "";
  }

  #problemOf(name: Field): string {
    if (this.wrong) {
      return name === "attributes" ? say("contact.problem.attribute") : "";
    }
    return this.field === name ? this.problem : "";
  }

  #typed(name: Field): string {
    type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
    return this.renderRoot.querySelector<Control>(`#${name}`)?.value ?? "";
  }

  readonly #submit = (event: Event) => {
    event.preventDefault();
    const fields = Object.keys(EMPTY) as Field[];
    const written = Object.fromEntries(fields.map((each) => [each, this.#typed(each)]));
    const draft = written as unknown as Draft;
    const wanted = contactOf(draft);
    this.wrong = wanted === null;
    this.written = draft;
    if (wanted && !this.busy) {
      this.report<Required<ContactPatch>>("save", wanted);
    } else if (!wanted) {
      this.renderRoot.querySelector<HTMLElement>("#attributes")?.focus();
    }
  };
}
