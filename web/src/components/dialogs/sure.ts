// The dialog before what cannot be taken back: what will happen, and the two ways out.
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { say } from "../../words.js";
import { sheets } from "../element.js";
import styles from "./dialog.css?inline";
import { OffhookDialog } from "./dialog.js";

/** What is asked. `action`: the name of the button that does it. */
export interface SureModel {
  readonly title: string;
  readonly words: string;
  readonly action: string;
}

@customElement("oh-sure")
export class SureDialog extends OffhookDialog {
  static override styles = sheets(styles);

  @property({ attribute: false }) model: SureModel | null = null;

  protected title_(): string {
    return this.model?.title ?? "";
  }

  protected body(): TemplateResult {
    return html`<p class="muted">${this.model?.words}</p>
      <div class="ways">
        <button class="btn" type="button" autofocus @click=${() => this.dialog.close()}>
          ${say("control.cancel")}
        </button>
        <button class="btn btn-end" type="button" @click=${() => this.report("confirm")}>
          ${this.model?.action}
        </button>
      </div>`;
  }
}
