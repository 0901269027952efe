// The dialog that says of each decision about a task why this agent, and why not that one.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { locale, say } from "../../words.js";
import dialogStyles from "../dialogs/dialog.css?inline";
import { OffhookDialog } from "../dialogs/dialog.js";
import { sheets } from "../element.js";
import styles from "./explain.css?inline";

/** One decision about a task in words, with everybody who was considered. */
export interface DecisionRow {
  readonly at: number;
  readonly queue: string;
  readonly words: string;
  readonly considered: readonly { readonly name: string; readonly why: string }[];
  readonly others: string;
}

@customElement("oh-explain")
export class ExplainDialog extends OffhookDialog {
  static override styles = sheets(dialogStyles, styles);

  /** Whose way it is, or a heading in its place. */
  @property() name = "";
  @property() heading = "";
  @property({ attribute: false }) decisions: readonly DecisionRow[] = [];

  protected title_(): string {
    return this.heading || say("live.explain.title", { name: this.name });
  }

  protected body(): TemplateResult {
    return this.decisions.length > 0
      ? html`<ol class="decisions">${this.decisions.map((each) => this.#decision(each))}</ol>`
      : html`<p class="muted">${say("live.explain.none")}</p>`;
  }

  #decision({ at, queue, words, considered, others }: DecisionRow): TemplateResult {
    const time = new Intl.DateTimeFormat(locale(), { timeStyle: "medium" }).format(at);
    return html`<li>
      <p class="tiny faint">${say("live.decided", { time, queue })}</p>
      <h3>${words}</h3>
      <dl class="who">
        ${considered.map(({ name, why }) => html`<dt><bdi>${name}</bdi></dt><dd>${why}</dd>`)}
      </dl>
      ${others ? html`<p class="small faint">${others}</p>` : nothing}
    </li>`;
  }
}
