// Lines of code to be put somewhere else, with a button that copies them.
import { html, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./snippet.css?inline";

/** Reports `copied` with what the code is. */
@customElement("oh-snippet")
export class Snippet extends OffhookElement {
  static override styles = sheets(styles);

  /** What the code is, for its button. */
  @property() what = "";
  @property() code = "";
  @state() private copied = "";
  @query("code") private shown!: HTMLElement;

  override render(): TemplateResult {
    const done = this.copied === this.code;
    return html`<pre dir="ltr" tabindex="0" role="group" aria-label=${this.what}><code>${this.code}</code></pre>
      <button class="btn btn-s" type="button" aria-label=${say("secret.copy", { what: this.what })} @click=${this.#copy}>
        ${icon(done ? "check" : "copy", "i-s")}${say(done ? "docs.copied" : "docs.copy")}
      </button>`;
  }

  /** Where the browser gives no clipboard, the code is marked so that two keys copy it. */
  readonly #copy = async () => {
    try {
      await navigator.clipboard.writeText(this.code);
    } catch {
      getSelection()?.selectAllChildren(this.shown);
      return;
    }
    this.copied = this.code;
    this.report("copied", this.what);
  };
}
