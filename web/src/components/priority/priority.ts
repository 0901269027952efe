// The dialog in which a task is made more or less urgent.
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { say } from "../../words.js";
import confirmStyles from "../confirm/confirm.css?inline";
import dialogStyles from "../dialogs/dialog.css?inline";
import { OffhookDialog } from "../dialogs/dialog.js";
import { sheets } from "../element.js";

/** Reports `prioritise` with the number, and `close`. */
@customElement("oh-priority")
export class PriorityDialog extends OffhookDialog {
  static override styles = sheets(dialogStyles, confirmStyles);

  @property() name = "";
  @property({ type: Number }) priority = 0;

  protected title_(): string {
    return say("live.prioritise.title", { name: this.name });
  }

  protected body(): TemplateResult {
    return html`<form method="dialog" @submit=${this.#submit}>
      <div class="field">
        <label for="priority">${say("live.prioritise.label")}</label>
        <input class="input" id="priority" type="number" step="1" required dir="ltr" autofocus
          aria-describedby="hint" .value=${String(this.priority)} />
        <p class="hint" id="hint">${say("live.prioritise.what")}</p>
      </div>
      <div class="answers">
        <button class="btn" type="button" @click=${() => this.dialog.close()}>${say("control.cancel")}</button>
        <button class="btn btn-ink" type="submit">${say("live.prioritise")}</button>
      </div>
    </form>`;
  }

  readonly #submit = (event: Event) => {
    event.preventDefault();
    const field = this.renderRoot.querySelector<HTMLInputElement>("#priority");
    if (field?.value && field.checkValidity()) {
      this.report("prioritise", Number(field.value));
      this.dialog.close();
    }
  };
}
