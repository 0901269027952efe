// The webhooks of the account, and how a new one is made.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { sheets } from "../../components/element.js";
import "../../components/secret/secret.js";
import type { Disclosure } from "../../components/secret/secret.js";
import type { NewWebhook, Webhook } from "../../rest.js";
import { say } from "../../words.js";
import { Live } from "../office/live.js";
import shared from "../office/office.css?inline";
import { pages } from "../office/paging.js";
import { fragmentOf } from "./route.js";
import { Section } from "./section.js";
import "./webhook-form.js";
import type { WebhookValues } from "./webhook-form.js";

@customElement("oh-admin-webhooks")
export class WebhooksSection extends Section {
  static override styles = sheets(shared);

  @state() private making = false;
  @state() private shown: Disclosure | null = null;

  #made = "";
  #pages = 1;
  readonly #live = new Live(
    this,
    () => pages((after) => this.api.webhooks(after), this.#pages),
    this.refused,
  );

  override render(): TemplateResult {
    return html`<div class="spread hd">
        <h1 tabindex="-1">${say("admin.webhooks")}</h1>
        ${this.may("webhooks.write") ? this.#button() : nothing}
      </div>
      ${this.making ? nothing : this.notice()} ${this.stale(this.#live)}
      <section class="card" aria-label=${say("admin.webhooks")}>${this.#list()}</section>
      <oh-webhook-form ?open=${this.making} ?busy=${this.busy === "make"} .problem=${this.trouble}
        @save=${(event: CustomEvent<WebhookValues>) => void this.#make(event.detail)}
        @close=${() => {
          this.making = false;
          this.trouble = "";
        }}></oh-webhook-form>
      <oh-secret .disclosure=${this.shown} ?open=${this.shown !== null}
        @copied=${() => this.report("tell", say("docs.copied"))} @close=${this.#kept}></oh-secret>`;
  }

  #button(): TemplateResult {
    return html`<button class="btn btn-ink" type="button" @click=${() => {
      this.trouble = "";
      this.making = true;
    }}>${say("admin.webhook.new")}</button>`;
  }

  #list(): TemplateResult {
    const found = this.#live.value;
    if (!found) {
      return this.unknown(this.#live);
    }
    if (found.items.length === 0) {
      return this.empty(say("admin.webhooks.none"), say("admin.webhooks.none.what"));
    }
    return html`<div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">${say("admin.webhook")}</th>
              <th scope="col">${say("admin.state")}</th>
              <th scope="col" class="c2">${say("admin.events")}</th>
              <th scope="col" class="end c3">${say("admin.created")}</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              found.items,
              (webhook) => webhook.id,
              (webhook) => this.#row(webhook),
            )}
          </tbody>
        </table>
      </div>
      ${this.older(found.next, () => {
        this.#pages += 1;
        void this.#live.refresh();
      })}`;
  }

  #row(webhook: Webhook): TemplateResult {
    return html`<tr class="press">
      <td class="wide">
        <a class="go" href=${fragmentOf("webhooks", webhook.id)}><bdi>${webhook.description || hostOf(webhook.url)}</bdi></a>
        <span class="id sub" dir="ltr">${webhook.url}</span>
      </td>
      <td>${stateOf(webhook)}</td>
      <td class="c2 mono small wide">${webhook.events.join(", ")}</td>
      <td class="end num c3">${this.time(webhook.created_at)}</td>
    </tr>`;
  }

  async #make(values: WebhookValues): Promise<void> {
    const made = await this.act("make", () => this.api.createWebhook(values));
    if (made) {
      this.making = false;
      this.#made = made.id;
      this.shown = disclosure(made, say("admin.webhook.made"));
      void this.#live.refresh();
    }
  }

  readonly #kept = () => {
    this.shown = null;
    location.hash = fragmentOf("webhooks", this.#made);
  };
}

/** The secret of a webhook, as it is shown this once. */
export function disclosure(made: NewWebhook, title: string): Disclosure {
  return {
    title,
    words: say("admin.secret.once"),
    values: [{ label: say("admin.webhook.secret"), value: made.secret }],
  };
}

/** Whether it is told anything, and why not. */
export function stateOf(webhook: Webhook): TemplateResult {
  if (webhook.enabled) {
    return html`<span class="badge" data-tone="live">${say("admin.webhook.on")}</span>`;
  }
  return webhook.disabled_reason === "gone"
    ? html`<span class="badge" data-tone="end">${say("admin.webhook.off.gone")}</span>`
    : html`<span class="badge">${say("admin.webhook.off")}</span>`;
}

/** The host of an address; the whole of it when it is none. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
