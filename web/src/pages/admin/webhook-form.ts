// The dialog in which a webhook is made or changed.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import dialogStyles from "../../components/dialogs/dialog.css?inline";
import { OffhookDialog } from "../../components/dialogs/dialog.js";
import { sheets } from "../../components/element.js";
import { icon } from "../../icons.js";
import type { Webhook, WebhookCreate } from "../../rest.js";
import { say } from "../../words.js";
import styles from "../office/form.css?inline";

/** What `save` reports. */
export type WebhookValues = Required<Pick<WebhookCreate, "url" | "description" | "events">>;

const FILTER = /^(\*|[a-z][a-z0-9_.]{0,62}\*?)$/;

/** The filters in a text with commas or spaces between; everything when there are none. */
export function filtersOf(text: string): string[] {
  const found = text.split(/[\s,]+/).filter(Boolean);
  return found.length > 0 ? [...new Set(found)] : ["*"];
}

@customElement("oh-webhook-form")
export class WebhookForm extends OffhookDialog {
  static override styles = sheets(dialogStyles, styles);

  /** What is changed; null for a new one. */
  @property({ attribute: false }) webhook: Webhook | null = null;
  @property({ type: Boolean }) busy = false;
  /** What the server said of it. */
  @property() problem = "";
  @state() private wrong: "" | "url" | "events" = "";

  protected title_(): string {
    return say(this.webhook ? "admin.webhook.edit" : "admin.webhook.new");
  }

  protected body(): TemplateResult {
    const { webhook } = this;
    return html`<form novalidate @submit=${this.#submit}>
      <div role="alert">
        ${this.problem ? html`<p class="notice" data-tone="end">${icon("alert")}<span class="grow">${this.problem}</span></p>` : nothing}
      </div>
      <div class="field" ?data-invalid=${this.wrong === "url"}>
        <label for="url">${say("admin.webhook.url")}</label>
        <input class="input" id="url" type="url" inputmode="url" autocomplete="off" spellcheck="false" dir="ltr"
          maxlength="2000" placeholder="https://crm.example.com/hooks" .value=${webhook?.url ?? ""} autofocus
          aria-invalid=${this.wrong === "url" ? "true" : nothing} aria-describedby="url-hint" />
        ${this.#hint("url", say("admin.webhook.url.hint"), say("admin.webhook.url.wrong"))}
      </div>
      <div class="field">
        <label for="description">${say("admin.webhook.name")}</label>
        <input class="input" id="description" autocomplete="off" maxlength="128" dir="auto"
          .value=${webhook?.description ?? ""} />
      </div>
      <div class="field" ?data-invalid=${this.wrong === "events"}>
        <label for="events">${say("admin.events")}</label>
        <input class="input mono" id="events" autocomplete="off" spellcheck="false" dir="ltr"
          .value=${webhook?.events.join(", ") ?? "*"}
          aria-invalid=${this.wrong === "events" ? "true" : nothing} aria-describedby="events-hint" />
        ${this.#hint("events", say("admin.webhook.events.hint"), say("admin.webhook.events.wrong"))}
      </div>
      <div class="answers">
        <button class="btn" type="button" @click=${() => this.dialog.close()}>${say("control.cancel")}</button>
        <button class="btn btn-ink" type="submit" aria-busy=${this.busy}>
          ${this.busy ? icon("spin", "i-s") : nothing}${say(webhook ? "admin.save" : "admin.webhook.make")}
        </button>
      </div>
    </form>`;
  }

  #hint(field: "url" | "events", hint: string, wrong: string): TemplateResult {
    return this.wrong === field
      ? html`<p class="problem" id="${field}-hint">${icon("alert", "i-s")}${wrong}</p>`
      : html`<p class="hint" id="${field}-hint">${hint}</p>`;
  }

  #read(id: string): string {
    return this.renderRoot.querySelector<HTMLInputElement>(`#${id}`)?.value.trim() ?? "";
  }

  readonly #submit = (event: Event) => {
    event.preventDefault();
    const url = this.#read("url");
    const events = filtersOf(this.#read("events"));
    const good = events.every((filter) => FILTER.test(filter));
    this.wrong = URL.canParse(url) && /^https?:/.test(url) ? (good ? "" : "events") : "url";
    if (this.wrong) {
      this.renderRoot.querySelector<HTMLInputElement>(`#${this.wrong}`)?.focus();
    } else if (!this.busy) {
      this.report<WebhookValues>("save", { url, events, description: this.#read("description") });
    }
  };
}
