// Work that waits for an answer: who, about what, how long they waited, and the time left.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { icon, lineGlyph } from "../../icons.js";
import { say } from "../../words.js";
import "../countdown/countdown.js";
import { OffhookElement, sheets } from "../element.js";
import { avatar } from "../people.js";
import { lasted } from "../timer/timer.js";
import styles from "./offer.css?inline";

/** An offer as it is drawn. Times are as `Date.now()` counts. */
export interface OfferModel {
  readonly reservation: string;
  readonly session: string;
  readonly name: string;
  readonly identity: string;
  /** What kind of work it is, such as a video call from the shop. */
  readonly kind: string;
  readonly about: string;
  readonly facts: readonly Fact[];
  /** What was left to be read, or what the colleague noted who passes it on, under its name. */
  readonly said: Fact | null;
  /** Why it came to this agent; empty when that is not known. */
  readonly why: string;
  readonly first: number;
  readonly until: number;
  readonly busy: boolean;
  readonly shortcuts: boolean;
}

/** Something that is known, with its name. */
export interface Fact {
  readonly name: string;
  readonly value: string;
}

/** Reports `accept` and `reject` with the reservation, and `explain` with the session. */
@customElement("oh-offer")
export class Offer extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: OfferModel;
  /** Beside a call that goes on it is drawn small. */
  @property({ type: Boolean, reflect: true }) small = false;
  @query(".left") private bar!: HTMLElement | null;
  #shown = "";

  override render(): TemplateResult {
    const { model } = this;
    return html`<section class="offer" aria-labelledby="title">
      <div class="offer-time" aria-hidden="true"><span class="left"></span></div>
      <div class="body">
        <div class="spread">
          <span class="line" data-line="ringing">${lineGlyph("ringing")}${model.kind}</span>
          <oh-countdown class="muted" .until=${model.until} label=${say("desk.offer.within")}></oh-countdown>
        </div>
        <div class="who">
          ${avatar(model.name, model.identity, this.small ? "" : "av-xl")}
          <div class="grow">
            ${this.#name(model.name)}
            ${model.about ? html`<p class="muted">${model.about}</p>` : nothing}
          </div>
        </div>
        ${this.small ? nothing : this.#more(model)}
        <div class="answers">
          <button class="btn btn-l" type="button" aria-keyshortcuts=${model.shortcuts ? "Alt+R" : nothing}
            @click=${() => this.report("reject", model.reservation)}>${say("desk.reject")}</button>
          <button class="btn btn-open btn-l" type="button" aria-busy=${model.busy}
            aria-keyshortcuts=${model.shortcuts ? "Alt+A" : nothing}
            @click=${() => this.report("accept", model.reservation)}>
            ${icon(model.busy ? "spin" : "phone")}${say("desk.accept")}
          </button>
        </div>
        <p class="hint">${this.#keys()}${say("desk.offer.unanswered")}</p>
      </div>
    </section>`;
  }

  override updated(_: PropertyValues): void {
    if (this.#shown !== this.model.reservation) {
      this.#shown = this.model.reservation;
      this.#run();
    }
  }

  /** A page has one first heading: beside a call it is the call's. */
  #name(name: string): TemplateResult {
    return this.small
      ? html`<h2 id="title"><bdi>${name}</bdi></h2>`
      : html`<h1 id="title"><bdi>${name}</bdi></h1>`;
  }

  #more({ facts, said, why }: OfferModel): TemplateResult {
    return html`${said ? this.#said(said) : nothing}
      <dl class="facts">
        ${facts.map(({ name, value }) => html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>`)}
        ${why ? this.#why(why) : nothing}
      </dl>`;
  }

  #said({ name, value }: Fact): TemplateResult {
    return html`<figure class="said">
      <figcaption class="label">${name}</figcaption>
      <blockquote dir="auto">${value}</blockquote>
    </figure>`;
  }

  #why(why: string): TemplateResult {
    return html`<dt>${say("desk.why")}</dt>
      <dd>${why} <button class="link" type="button" @click=${() => this.report("explain", this.model.session)}>${say("desk.why.more")}</button></dd>`;
  }

  #keys(): TemplateResult | typeof nothing {
    const key = (letter: string) =>
      html`<span class="kbd">Alt</span> <span class="kbd">${letter}</span>`;
    return this.model.shortcuts
      ? html`<span class="keys">${key("A")} ${say("desk.key.accept")} · ${key("R")} ${say("desk.key.reject")}</span>`
      : nothing;
  }

  /** The bar empties evenly from where it stands now. */
  #run(): void {
    const { first, until } = this.model;
    const now = Date.now();
    const left = Math.max(0, until - now);
    const share = until > first ? Math.min(1, left / (until - first)) : 0;
    this.bar?.animate?.([{ inlineSize: `${share * 100}%` }, { inlineSize: "0%" }], {
      duration: left,
      fill: "forwards",
    });
  }
}

/** What is waited for already, as a clock shows it. */
export function waited(seconds: number): string {
  return lasted(seconds * 1000);
}
