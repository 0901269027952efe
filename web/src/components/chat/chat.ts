// The chat of a room: what was said, in order, and a line to say something.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { RoomFiles } from "../../client/files.js";
import { icon } from "../../icons.js";
import type { FileView } from "../../protocol.js";
import { locale, say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import "../files/file.js";
import "../files/sending.js";
import styles from "./chat.css?inline";

/** One line of the chat as it is drawn. */
export interface ChatLine {
  readonly id: string;
  readonly name: string;
  readonly mine: boolean;
  readonly text: string;
  readonly file: FileView | null;
  readonly at: Date;
}

const NEAR_END = 60;
const LONGEST = 4000;

@customElement("oh-chat")
export class Chat extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) lines: readonly ChatLine[] = [];
  /** The files that go with it; null where there is no room yet. */
  @property({ attribute: false }) files: RoomFiles | null = null;
  @property({ type: Boolean }) allowed = true;
  /** Why the last message was not sent. */
  @property() failure = "";
  /** What is written where one writes, and the name of the field; empty: to everybody. */
  @property() placeholder = "";
  /** What stands where messages will be; empty: that they go to everybody. */
  @property() empty = "";
  /** Without its own heading, inside something that has one. */
  @property({ type: Boolean, reflect: true }) bare = false;

  @state() private dropping = false;
  @query("textarea") private readonly field!: HTMLTextAreaElement | null;
  @query(".scroll") private log!: HTMLElement;
  @query("input[type=file]") private readonly chooser!: HTMLInputElement | null;
  #follows = true;
  /** Pictures and files on their way change how much room there is after they are drawn. */
  readonly #growth =
    "ResizeObserver" in globalThis ? new ResizeObserver(() => this.#keepEnd()) : undefined;
  #list: Element | undefined;
  #inside = 0;
  #stopFiles: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("dragenter", this.#entered);
    this.addEventListener("dragover", this.#over);
    this.addEventListener("dragleave", this.#left);
    this.addEventListener("drop", this.#dropped);
    window.addEventListener("dragover", this.#missed);
    window.addEventListener("drop", this.#missed);
    this.#watch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopFiles?.();
    window.removeEventListener("dragover", this.#missed);
    window.removeEventListener("drop", this.#missed);
  }

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

  override willUpdate(changed: PropertyValues): void {
    if (changed.has("files")) {
      this.#watch();
    }
  }

  override render(): TemplateResult {
    return html`${this.bare ? nothing : this.#head()}
      <div class="scroll" role="log" aria-label=${say("chat.messages")} tabindex="0"
        @scroll=${this.#scrolled}>
        ${this.lines.length === 0 ? this.#empty() : this.#messages()}
      </div>
      ${this.#sending()}
      ${this.failure ? html`<p class="problem" role="alert">${icon("alert", "i-s")}${this.failure}</p>` : nothing}
      ${this.dropping ? html`<div class="drop" aria-hidden="true">${icon("clip")}<p>${say("chat.file.drop")}</p></div>` : nothing}
      ${this.allowed ? this.#composer() : html`<p class="hint">${say("chat.not_allowed")}</p>`}`;
  }

  override updated(changed: PropertyValues): void {
    if (changed.has("lines") && this.lines.at(-1)?.mine) {
      this.#follows = true;
    }
    const list = this.log.firstElementChild;
    if (list && list !== this.#list) {
      this.#list = list;
      this.#growth?.observe(list);
      this.#growth?.observe(this.log);
    }
    this.#keepEnd();
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
          ${line.text ? html`<p dir="auto">${line.text}</p>` : nothing}
          ${
            line.file
              ? html`<oh-file .file=${line.file} .files=${this.files} ?mine=${line.mine}></oh-file>`
              : nothing
          }
        </li>`,
      )}
    </ol>`;
  }

  #composer(): TemplateResult {
    const placeholder = this.placeholder || say("chat.placeholder");
    return html`<form class="composer" @submit=${this.#submit}>
      <slot name="tools"></slot>
      ${this.#maySend ? this.#clip() : nothing}
      <textarea
        rows="1"
        maxlength=${LONGEST}
        aria-label=${placeholder}
        placeholder=${placeholder}
        dir="auto"
        @keydown=${this.#onKey}
        @input=${this.#grow}
        @paste=${this.#pasted}
      ></textarea>
      <button class="btn btn-ink btn-icon" type="submit" aria-label=${say("chat.send")}>
        ${icon("send")}
      </button>
    </form>`;
  }

  /** Whether files may be sent from here. */
  get #maySend(): boolean {
    return this.allowed && Boolean(this.files?.rules);
  }

  #clip(): TemplateResult {
    const words = say("chat.attach");
    const types = Object.entries(this.files?.rules?.types ?? {});
    const accepted = types.flatMap(([type, endings]) => [type, ...endings.map((end) => `.${end}`)]);
    return html`<button class="btn btn-quiet btn-icon" type="button" aria-label=${words} title=${words}
        @click=${() => this.chooser?.click()}>${icon("clip")}</button>
      <input type="file" hidden multiple accept=${accepted.join(",")} @change=${this.#chosen} />`;
  }

  #sending(): TemplateResult | typeof nothing {
    const { files } = this;
    return files && files.sending.length > 0
      ? html`<oh-files-sending .sending=${files.sending} .limit=${files.rules?.max_size ?? 0}
          @drop-file=${(event: CustomEvent<number>) => files.drop(event.detail)}
          @again-file=${(event: CustomEvent<number>) => files.again(event.detail)}></oh-files-sending>`
      : nothing;
  }

  #watch(): void {
    this.#stopFiles?.();
    this.#stopFiles = this.files?.on("changed", () => this.requestUpdate());
  }

  readonly #chosen = () => {
    if (this.chooser) {
      this.files?.add([...(this.chooser.files ?? [])]);
      this.chooser.value = "";
      this.focusField();
    }
  };

  /** Pictures of the clipboard are sent; words go where one writes. */
  readonly #pasted = (event: ClipboardEvent) => {
    const given = [...(event.clipboardData?.files ?? [])];
    if (this.#maySend && given.length > 0) {
      event.preventDefault();
      this.files?.add(given);
    }
  };

  readonly #entered = (event: DragEvent) => {
    if (this.#carriesFiles(event)) {
      this.#inside += 1;
      this.dropping = true;
    }
  };

  readonly #over = (event: DragEvent) => {
    if (this.#carriesFiles(event)) {
      event.preventDefault();
    }
  };

  readonly #left = (event: DragEvent) => {
    if (this.#carriesFiles(event)) {
      this.#inside = Math.max(0, this.#inside - 1);
      this.dropping = this.#inside > 0;
    }
  };

  readonly #dropped = (event: DragEvent) => {
    this.#inside = 0;
    this.dropping = false;
    if (this.#carriesFiles(event)) {
      event.preventDefault();
      this.files?.add([...(event.dataTransfer?.files ?? [])]);
    }
  };

  /** A file that is dropped beside the chat would replace the page, and end the call. */
  readonly #missed = (event: DragEvent) => {
    if (!event.defaultPrevented && event.dataTransfer?.types.includes("Files")) {
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    }
  };

  #carriesFiles({ dataTransfer }: DragEvent): boolean {
    return this.#maySend && (dataTransfer?.types.includes("Files") ?? false);
  }

  /** Whoever reads what was said before stays there; all others stay at the end. */
  readonly #scrolled = () => {
    const { log } = this;
    this.#follows = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  };

  #keepEnd(): void {
    if (this.#follows) {
      this.log.scrollTop = this.log.scrollHeight;
    }
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
