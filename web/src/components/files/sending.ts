// The files that are on their way: how far each is, and why one was not sent.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { Sending } from "../../client/files.js";
import { icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./sending.css?inline";
import { failureWords } from "./words.js";

/** Refusals that another try does not change. */
const FINAL = new Set([
  "file_too_large",
  "file_empty",
  "file_type_not_allowed",
  "file_type_mismatch",
  "picture_too_large",
  "files_off",
  "not_allowed",
]);

/** Reports `drop-file` and `again-file` with the number of a file. */
@customElement("oh-files-sending")
export class FilesSending extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) sending: readonly Sending[] = [];
  /** Bytes of the largest file that may be sent. */
  @property({ type: Number }) limit = 0;

  override render(): TemplateResult {
    return html`<ul aria-label=${say("chat.file.sendings")}>
      ${repeat(
        this.sending,
        ({ id }) => id,
        (one) => (one.failure === null ? this.#going(one) : this.#failed(one, one.failure)),
      )}
    </ul>`;
  }

  #going({ id, name, size, sent }: Sending): TemplateResult {
    return html`<li>
      <span class="what"
        ><bdi class="small">${name}</bdi
        ><progress max=${size} .value=${sent} aria-label=${say("chat.file.sending", { name })}></progress
      ></span>
      ${this.#button("x", say("chat.file.cancel", { name }), "drop-file", id)}
    </li>`;
  }

  #failed({ id, name }: Sending, failure: string): TemplateResult {
    return html`<li data-failed>
      ${icon("alert", "i-s")}
      <span class="what"><p class="small" role="alert">${failureWords(failure, name, this.limit)}</p></span>
      ${FINAL.has(failure) ? nothing : this.#button("replay", say("chat.file.again", { name }), "again-file", id)}
      ${this.#button("x", say("chat.file.dismiss", { name }), "drop-file", id)}
    </li>`;
  }

  #button(name: "x" | "replay", words: string, event: string, id: number): TemplateResult {
    return html`<button class="btn btn-icon btn-s btn-quiet" type="button" aria-label=${words} title=${words}
      @click=${() => this.report(event, id)}>${icon(name)}</button>`;
  }
}
