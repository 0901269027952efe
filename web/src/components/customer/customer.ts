// Who the customer is: what they said, where they came from, what happened before, what to note.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { type IconName, icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import type { Fact } from "../offer/offer.js";
import { avatar } from "../people.js";
import styles from "./customer.css?inline";

/** What is known of a customer, as it is drawn. */
export interface CustomerModel {
  readonly session: string;
  readonly name: string;
  readonly identity: string;
  readonly reach: string;
  readonly verified: boolean;
  /** What the customer wrote, and how they came. */
  readonly facts: readonly Fact[];
  readonly page: { readonly url: string; readonly title: string } | null;
  /** What the site's server vouches for. */
  readonly known: readonly Fact[];
  /** What the page said; anybody could have changed it. */
  readonly claimed: readonly Fact[];
  readonly earlier: readonly Earlier[];
  /** What was left to be read; empty where it stands elsewhere, or when nothing was. */
  readonly message: string;
  /** Why it came to this agent; empty when that is not known. */
  readonly why: string;
  /** Notes so far; null where they are written elsewhere, or not yet. */
  readonly notes: string | null;
}

/** An earlier session, in words. */
export interface Earlier {
  readonly session: string;
  readonly icon: IconName;
  readonly title: string;
  readonly small: string;
  readonly notes: string;
}

type Tab = "now" | "history" | "notes";

/** Reports `note` with what is written, and `explain`. */
@customElement("oh-customer")
export class Customer extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: CustomerModel;
  @state() private chosen: Tab = "now";

  override render(): TemplateResult {
    const { model } = this;
    const tab = this.chosen === "notes" && model.notes === null ? "now" : this.chosen;
    return html`<div class="who">
        ${avatar(model.name, model.identity, "av-l")}
        <div class="grow">
          <h2><bdi>${model.name}</bdi></h2>
          ${model.reach ? html`<p class="small muted cut"><bdi dir="ltr">${model.reach}</bdi></p>` : nothing}
          ${model.verified ? html`<span class="badge" data-tone="info">${icon("shield")}${say("desk.verified")}</span>` : nothing}
        </div>
      </div>
      <div class="tabs" role="tablist" aria-label=${say("desk.customer")} @keydown=${this.#onKey}>
        ${this.#tabs().map((each) => this.#tab(each, tab))}
      </div>
      <div class="panel" role="tabpanel" id="panel" aria-labelledby="tab-${tab}" tabindex="0">
        ${tab === "now" ? this.#now() : tab === "history" ? this.#history() : this.#notes(model.notes ?? "")}
      </div>`;
  }

  #tabs(): readonly Tab[] {
    return this.model.notes === null ? ["now", "history"] : ["now", "history", "notes"];
  }

  #tab(each: Tab, open: Tab): TemplateResult {
    const count = this.model.earlier.length;
    return html`<button class="tab" role="tab" type="button" id="tab-${each}" aria-controls="panel"
      aria-selected=${each === open} tabindex=${each === open ? 0 : -1}
      @click=${() => {
        this.chosen = each;
      }}>
      ${say(`desk.tab.${each}`)}
      ${each === "history" && count > 0 ? html`<span class="faint num">${count}</span>` : nothing}
    </button>`;
  }

  readonly #onKey = async (event: KeyboardEvent) => {
    const tabs = this.#tabs();
    const rtl = getComputedStyle(this).direction === "rtl";
    const steps: Record<string, number> = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const place = (tabs.indexOf(this.chosen) + step + tabs.length) % tabs.length;
      this.chosen = tabs[place] ?? "now";
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>(`#tab-${this.chosen}`)?.focus();
    }
  };

  #now(): TemplateResult {
    const { facts, page, known, claimed, earlier, message, why } = this.model;
    const link = page && /^https?:/.test(page.url) ? page : null;
    return html`${
      message
        ? html`<section class="part">
              <h3>${say("desk.message")}</h3>
              <blockquote dir="auto">${message}</blockquote>
            </section>`
        : nothing
    }
      <dl class="facts">
        ${this.#list(facts)}
        ${
          link
            ? html`<dt>${say("desk.page")}</dt>
                <dd><a href=${link.url} target="_blank" rel="noopener noreferrer nofollow"><bdi>${link.title || link.url}</bdi></a></dd>`
            : nothing
        }
        ${this.#list(known)} ${why ? this.#why(why) : nothing}
      </dl>
      ${
        claimed.length > 0
          ? html`<section class="part">
              <h3>${say("desk.claimed")}</h3>
              <p class="hint">${say("desk.claimed.what")}</p>
              <dl class="facts">${this.#list(claimed)}</dl>
            </section>`
          : nothing
      }
      ${
        earlier.length > 0
          ? html`<section class="part"><h3>${say("desk.earlier")}</h3>${this.#timeline(earlier.slice(0, 3), false)}</section>`
          : nothing
      }`;
  }

  #list(facts: readonly Fact[]): TemplateResult[] {
    return facts.map(({ name, value }) => html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>`);
  }

  #why(why: string): TemplateResult {
    return html`<dt>${say("desk.why")}</dt>
      <dd>${why} <button class="link" type="button" @click=${() => this.report("explain")}>${say("desk.why.more")}</button></dd>`;
  }

  #history(): TemplateResult {
    const { earlier } = this.model;
    return earlier.length > 0
      ? this.#timeline(earlier, true)
      : html`<p class="muted">${say("desk.earlier.none")}</p>`;
  }

  #timeline(earlier: readonly Earlier[], whole: boolean): TemplateResult {
    return html`<ol class="timeline">
      ${earlier.map(
        (each) => html`<li>
          <span class="mark">${icon(each.icon, "i-s")}</span>
          <div class="grow">
            <p>${each.title}</p>
            <p class="tiny faint">${each.small}</p>
            ${whole && each.notes ? html`<p class="small muted said" dir="auto">${each.notes}</p>` : nothing}
          </div>
        </li>`,
      )}
    </ol>`;
  }

  #notes(notes: string): TemplateResult {
    return html`<div class="field">
      <label for="notes">${say("desk.notes")}</label>
      <textarea class="textarea" id="notes" rows="8" maxlength="4000" dir="auto" .value=${notes}
        @input=${(event: Event) => this.report("note", (event.target as HTMLTextAreaElement).value)}></textarea>
      <p class="hint saved">${icon("check", "i-s")}${say("desk.notes.saved")}</p>
    </div>`;
  }
}
