// Something that is shown once: a secret, to be copied to where it is needed.
import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icon } from "../../icons.js";
import { say } from "../../words.js";
import dialogStyles from "../dialogs/dialog.css?inline";
import { OffhookDialog } from "../dialogs/dialog.js";
import { sheets } from "../element.js";
import styles from "./secret.css?inline";

/** What is shown. */
export interface Disclosure {
  readonly title: string;
  readonly words: string;
  readonly values: readonly { readonly label: string; readonly value: string }[];
}

/** Reports `copied`, and `close`. */
@customElement("oh-secret")
export class Secret extends OffhookDialog {
  static override styles = sheets(dialogStyles, styles);

  @property({ attribute: false }) disclosure: Disclosure | null = null;
  @state() private copied = "";

  protected title_(): string {
    return this.disclosure?.title ?? "";
  }

  protected body(): TemplateResult {
    const { disclosure } = this;
    return html`<p class="notice" data-tone="wait">
        ${icon("alert")}<span class="grow">${disclosure?.words}</span>
      </p>
      <dl>
        ${disclosure?.values.map(
          ({ label, value }) => html`<dt class="label">${label}</dt>
            <dd>
              <code dir="ltr">${value}</code>
              <button class="btn btn-s" type="button" aria-label=${say("secret.copy", { what: label })}
                @click=${() => this.#copy(label, value)}>
                ${icon(this.copied === label ? "check" : "copy", "i-s")}
                ${say(this.copied === label ? "docs.copied" : "docs.copy")}
              </button>
            </dd>`,
        )}
      </dl>
      <div class="answers">
        <button class="btn btn-ink" type="button" autofocus @click=${this.#close}>${say("secret.kept")}</button>
      </div>`;
  }

  async #copy(label: string, value: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(value);
    } catch {
      this.#select(label);
      return;
    }
    this.copied = label;
    this.report("copied", label);
  }

  /** Where the browser gives no clipboard, the text is marked so that two keys copy it. */
  #select(label: string): void {
    const place = this.disclosure?.values.findIndex((each) => each.label === label) ?? 0;
    const code = this.renderRoot.querySelectorAll("code")[place];
    if (code) {
      getSelection()?.selectAllChildren(code);
    }
  }

  readonly #close = () => {
    this.copied = "";
    this.dialog.close();
  };
}
