// A page that has one thing to say: refused, ended, unreachable, with what to do next.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { brand, type LineState, lineGlyph } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./outcome.css?inline";

/** What there is to say. `action`: the name of the button, which reports `act`. */
export interface OutcomeModel {
  readonly line: LineState;
  readonly title: string;
  readonly words: string;
  readonly action: string | null;
  /** What to tell a person who helps: a stable code. */
  readonly code: string | null;
}

@customElement("oh-outcome")
export class Outcome extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: OutcomeModel;

  override render(): TemplateResult {
    const { line, title, words, action, code } = this.model;
    return html`<header class="top">${brand()}<slot name="top"></slot></header>
      <main class="state">
        ${lineGlyph(line, "state-mark")}
        <h1>${title}</h1>
        <p>${words}</p>
        ${
          action
            ? html`<button class="btn btn-open btn-l" type="button" @click=${() => this.report("act")}>
                ${action}
              </button>`
            : nothing
        }
        <a class="small" href="/">${say("control.home")}</a>
        ${
          code
            ? html`<details class="tiny faint"><summary>${say("problem.details")}</summary><code>${code}</code></details>`
            : nothing
        }
      </main>`;
  }
}
