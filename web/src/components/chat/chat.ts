// The chat of a room: what was said, in order, and a line to say something.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../../icons.js";
import { locale, say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./chat.css?inline";

/** One line of the chat as it is drawn. */
export interface ChatLine {
  readonly id: string;
  readonly name: string;
  readonly mine: boolean;
  readonly text: string;
  readonly at: Date;
}

const NEAR_END = 60;
const LONGEST = 4000;

@customElement("oh-chat")
export class Chat extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) lines: readonly ChatLine[] = [];
  @property({ type: Boolean }) allowed = true;
  /** Why the last message was not sent. */
  @property() failure = "";
  /** What is written where one writes, and the name of the field; empty: to everybody. */
  @property() placeholder = "";
  /** What stands where messages will be; empty: that they go to everybody. */
  @property() empty = "";
  /** Without its own heading, inside something that has one. */
  @property({ type: Boolean, reflect: true }) bare = false;

  @query("textarea") private readonly field!: HTMLTextAreaElement | null;
  @query(".scroll") private log!: HTMLElement;
  #follows = true;

  /** Put the cursor where one writes. */
  focusField(): void {
    this.field?.focus();
  }

  /** Empty the field after what was in it was sent. */
  sent(): void {
    if (this.field) {
      this.field.value = "";
      this.#grow();
    }
  }

  /** Put words where the cursor stands, to be changed before they are sent. */
  insert(text: string): void {
    const { field } = this;
    if (field) {
      field.focus();
      const before = field.value.slice(0, field.selectionStart);
      const apart = before === "" || /\s$/.test(before) ? "" : " ";
      field.setRangeText(apart + text, field.selectionStart, field.selectionEnd, "end");
      this.#grow();
    }
  }

  override willUpdate(): void {
    const { log } = this;
    this.#follows = !log || log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  }

  override render(): TemplateResult {
    return html`${this.bare ? nothing : this.#head()}
      <div class="scroll" role="log" aria-label=${say("chat.messages")} tabindex="0">
        ${this.lines.length === 0 ? this.#empty() : this.#messages()}
      </div>
      ${this.failure ? html`<p class="problem" role="alert">${icon("alert", "i-s")}${this.failure}</p>` : nothing}
      ${this.allowed ? this.#composer() : html`<p class="hint">${say("chat.not_allowed")}</p>`}`;
  }

  override updated(changed: PropertyValues): void {
    const last = this.lines.at(-1);
    if (changed.has("lines") && (this.#follows || last?.mine)) {
      this.log.scrollTop = this.log.scrollHeight;
    }
  }

  #head(): TemplateResult {
    return html`<div class="spread phead">
      <h2>${say("control.chat")}</h2>
      <button class="btn btn-icon btn-s btn-quiet" type="button" aria-label=${say("control.close")}
        @click=${() => this.report("close")}>${icon("x")}</button>
    </div>`;
  }

  #empty(): TemplateResult {
    return html`<p class="none small">${this.empty || say("chat.empty")}</p>`;
  }

  #messages(): TemplateResult {
    const clock = new Intl.DateTimeFormat(locale(), { timeStyle: "short" });
    return html`<ol class="msgs">
      ${repeat(
        this.lines,
        (line) => line.id,
        (line) => html`<li class="msg ${line.mine ? "msg-me" : ""}">
          <span class="by"
            ><bdi>${line.mine ? say("you") : line.name}</bdi> ·
            <time datetime=${line.at.toISOString()}>${clock.format(line.at)}</time></span
          >
          <p dir="auto">${line.text}</p>
        </li>`,
      )}
    </ol>`;
  }

  #composer(): TemplateResult {
    const placeholder = this.placeholder || say("chat.placeholder");
    return html`<form class="composer" @submit=${this.#submit}>
      <slot name="tools"></slot>
      <textarea
        rows="1"
        maxlength=${LONGEST}
        aria-label=${placeholder}
        placeholder=${placeholder}
        dir="auto"
        @keydown=${this.#onKey}
        @input=${this.#grow}
      ></textarea>
      <button class="btn btn-ink btn-icon" type="submit" aria-label=${say("chat.send")}>
        ${icon("send")}
      </button>
    </form>`;
  }

  readonly #onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      this.#submit(event);
    }
  };

  readonly #submit = (event: Event) => {
    event.preventDefault();
    const text = this.field?.value.trim();
    if (text) {
      this.report("say", text);
    }
  };

  readonly #grow = () => {
    if (this.field) {
      this.field.style.blockSize = "";
      this.field.style.blockSize = `${Math.min(140, Math.max(36, this.field.scrollHeight))}px`;
    }
  };
}
