// A question before something that cannot be taken back; the safe answer has the focus.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { say } from "../../words.js";
import dialogStyles from "../dialogs/dialog.css?inline";
import { OffhookDialog } from "../dialogs/dialog.js";
import { sheets } from "../element.js";
import styles from "./confirm.css?inline";

/** One answer of several, when there is something to choose. */
export interface Choice {
  readonly value: string;
  readonly words: string;
}

/** What is asked. `action`: the name of the button that does it; `choices`: `label` names them. */
export interface Question {
  readonly title: string;
  readonly words: string;
  readonly action: string;
  readonly danger?: boolean;
  readonly label?: string;
  readonly choices?: readonly Choice[];
}

/** Reports `confirm` with the choice (empty when there is none), and `close`. */
@customElement("oh-confirm")
export class Confirm extends OffhookDialog {
  static override styles = sheets(dialogStyles, styles);

  @property({ attribute: false }) question: Question | null = null;

  protected title_(): string {
    return this.question?.title ?? "";
  }

  protected body(): TemplateResult {
    const { question } = this;
    return html`<form method="dialog" @submit=${this.#submit}>
      <p class="muted" id="words">${question?.words}</p>
      ${question?.choices ? this.#choices(question.label ?? "", question.choices) : nothing}
      <div class="answers">
        <button class="btn" type="button" autofocus @click=${() => this.dialog.close()}>
          ${say("control.cancel")}
        </button>
        <button class=${question?.danger ? "btn btn-danger" : "btn btn-ink"} type="submit">
          ${question?.action}
        </button>
      </div>
    </form>`;
  }

  #choices(label: string, choices: readonly Choice[]): TemplateResult {
    return html`<div class="field">
      <label for="choice">${label}</label>
      <select class="input" id="choice">
        ${choices.map(({ value, words }) => html`<option value=${value}>${words}</option>`)}
      </select>
    </div>`;
  }

  readonly #submit = (event: Event) => {
    event.preventDefault();
    const chosen = this.renderRoot.querySelector<HTMLSelectElement>("#choice")?.value ?? "";
    this.report("confirm", chosen);
    this.dialog.close();
  };
}
