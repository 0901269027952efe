// A message that somebody left instead of calling, and the ways to answer it.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./letter.css?inline";

/** A message as it is drawn; `email` and `phone` are empty when they are not known. */
export interface LetterModel {
  readonly session: string;
  readonly name: string;
  readonly small: string;
  readonly text: string;
  readonly email: string;
  readonly phone: string;
  readonly busy: boolean;
}

/** Reports `done` when the message needs nothing more. */
@customElement("oh-letter")
export class Letter extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: LetterModel;

  override render(): TemplateResult {
    const { name, small, text, busy } = this.model;
    return html`<article aria-labelledby="title">
      <header>
        <h1 id="title">${say("desk.message.from", { name })}</h1>
        <p class="small muted">${small}</p>
      </header>
      ${
        text
          ? html`<blockquote dir="auto">${text}</blockquote>`
          : html`<p class="muted">${say("desk.message.empty")}</p>`
      }
      <footer>
        ${this.#ways()}
        <button class="btn btn-ink btn-l" type="button" aria-busy=${busy} @click=${this.#done}>
          ${icon(busy ? "spin" : "check")}${say("desk.message.done")}
        </button>
      </footer>
    </article>`;
  }

  #ways(): TemplateResult {
    const { email, phone } = this.model;
    if (!email && !phone) {
      return html`<p class="small muted grow">${say("desk.message.no_way")}</p>`;
    }
    return html`<div class="cluster grow">
      ${email ? html`<a class="btn" href="mailto:${address(email)}">${icon("chat")}<bdi dir="ltr">${email}</bdi></a>` : nothing}
      ${phone ? html`<a class="btn" href="tel:${phone.replace(/[^+\d]/g, "")}">${icon("phone")}<bdi dir="ltr">${phone}</bdi></a>` : nothing}
    </div>`;
  }

  readonly #done = () => {
    if (!this.model.busy) {
      this.report("done");
    }
  };
}

/** An address in a link: whatever a visitor wrote adds no header to the mail. */
function address(email: string): string {
  return encodeURIComponent(email).replace("%40", "@");
}
