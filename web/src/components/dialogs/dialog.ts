// What all dialogs share: a modal <dialog> with a title, closed by Escape or its last button.
import { html, type TemplateResult } from "lit";
import { property, query } from "lit/decorators.js";
import { icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement } from "../element.js";

export abstract class OffhookDialog extends OffhookElement {
  @property({ type: Boolean }) open = false;
  @query("dialog") protected dialog!: HTMLDialogElement;

  protected abstract title_(): string;
  protected abstract body(): TemplateResult;

  override render(): TemplateResult {
    return html`<dialog class="dialog" aria-labelledby="title" @close=${() => this.report("close")}>
      <div class="spread head">
        <h2 id="title">${this.title_()}</h2>
        <button class="btn btn-icon btn-s btn-quiet" type="button" aria-label=${say("control.close")}
          @click=${() => this.dialog.close()}>${icon("x")}</button>
      </div>
      ${this.open ? this.body() : ""}
    </dialog>`;
  }

  override updated(): void {
    if (this.open && !this.dialog.open) {
      this.dialog.showModal();
    } else if (!this.open && this.dialog.open) {
      this.dialog.close();
    }
  }
}
