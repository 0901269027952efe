// Small news at the edge of the page: at most three, the newest below.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { type IconName, icon } from "../../icons.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./toasts.css?inline";

/** One piece of news. With an action it stays until it is used or closed. */
export interface ToastModel {
  readonly id: number;
  readonly icon: IconName;
  readonly words: string;
  readonly action?: string;
}

const MOST = 3;

@customElement("oh-toasts")
export class Toasts extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) toasts: readonly ToastModel[] = [];

  override render(): TemplateResult {
    return html`${repeat(
      this.toasts.slice(-MOST),
      (toast) => toast.id,
      (toast) => html`<div class="toast">
        ${icon(toast.icon, "i-s")}<span class="grow">${toast.words}</span>
        ${
          toast.action
            ? html`<button class="btn btn-s" type="button"
                @click=${() => this.report("toast-action", toast.id)}>${toast.action}</button>`
            : nothing
        }
      </div>`,
    )}`;
  }
}
