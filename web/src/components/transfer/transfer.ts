// The dialog to pass a customer on: to a colleague, asked first or not, or to a queue.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { lineGlyph } from "../../icons.js";
import { say } from "../../words.js";
import type { ColleagueRow, QueueRow } from "../desk-side/desk-side.js";
import dialogStyles from "../dialogs/dialog.css?inline";
import { OffhookDialog } from "../dialogs/dialog.js";
import { sheets } from "../element.js";
import styles from "./transfer.css?inline";

/** To whom the customer goes; `consult`: the colleague is asked first. */
export interface TransferDetail {
  readonly agent: string | null;
  readonly queue: string | null;
  readonly consult: boolean;
}

/** From so many colleagues on they can be searched. */
const MANY = 8;

/** Reports `transfer`, and `close`. */
@customElement("oh-transfer")
export class TransferDialog extends OffhookDialog {
  static override styles = sheets(dialogStyles, styles);

  @property() customer = "";
  @property({ attribute: false }) colleagues: readonly ColleagueRow[] = [];
  @property({ attribute: false }) queues: readonly QueueRow[] = [];
  @state() private chosen = "";
  @state() private sought = "";

  override willUpdate(): void {
    if (!this.open) {
      this.chosen = "";
      this.sought = "";
    }
  }

  protected title_(): string {
    return say("desk.transfer.title", { name: this.customer });
  }

  protected body(): TemplateResult {
    const agent = this.#chosenAgent();
    const queue = this.queues.find(({ id }) => `queue:${id}` === this.chosen);
    return html`<form method="dialog" @submit=${(event: Event) => this.#send(event, false)}>
      ${this.colleagues.length > MANY ? this.#search() : nothing}
      <div class="targets">
        ${this.#people()}
        ${this.queues.length > 0 ? this.#lines() : nothing}
      </div>
      <p class="hint">${say(queue ? "desk.transfer.queue.what" : "desk.transfer.what")}</p>
      <div class="answers">
        <button class="btn" type="button" autofocus @click=${() => this.dialog.close()}>${say("control.cancel")}</button>
        <button class="btn" type="button" ?disabled=${!agent} @click=${(event: Event) => this.#send(event, true)}>
          ${say("desk.transfer.ask")}
        </button>
        <button class="btn btn-ink" type="submit" ?disabled=${!agent && !queue}>${say("desk.transfer")}</button>
      </div>
    </form>`;
  }

  #search(): TemplateResult {
    return html`<div class="field">
      <label for="sought">${say("desk.transfer.search")}</label>
      <input class="input" id="sought" type="search" autocomplete="off" .value=${this.sought}
        @input=${(event: Event) => {
          this.sought = (event.target as HTMLInputElement).value;
        }} />
    </div>`;
  }

  #people(): TemplateResult {
    const sought = this.sought.trim().toLocaleLowerCase();
    const found = this.colleagues.filter(({ name }) => name.toLocaleLowerCase().includes(sought));
    return html`<fieldset>
      <legend class="label">${say("desk.colleagues")}</legend>
      ${found.map(({ id, name, line, words, free }) => this.#target(`agent:${id}`, name, free, { line, words }))}
      ${found.length === 0 ? html`<p class="small muted none">${say("desk.transfer.nobody")}</p>` : nothing}
    </fieldset>`;
  }

  #lines(): TemplateResult {
    return html`<fieldset>
      <legend class="label">${say("desk.queues")}</legend>
      ${this.queues.map(({ id, name, open, waiting }) =>
        this.#target(`queue:${id}`, name, open, {
          line: "flat",
          words: open ? say("desk.queue.waiting", { count: waiting }) : say("desk.queue.closed"),
        }),
      )}
    </fieldset>`;
  }

  #target(
    value: string,
    name: string,
    free: boolean,
    { line, words }: Pick<ColleagueRow, "line" | "words">,
  ): TemplateResult {
    return html`<label class="target" ?data-off=${!free}>
      <input type="radio" name="target" value=${value} ?disabled=${!free} .checked=${this.chosen === value}
        @change=${() => {
          this.chosen = value;
        }} />
      <span class="grow cut"><bdi>${name}</bdi></span>
      <span class="line" data-line=${line}>${line === "flat" ? nothing : lineGlyph(line)}${words}</span>
    </label>`;
  }

  #chosenAgent(): ColleagueRow | undefined {
    return this.colleagues.find(({ id, free }) => free && `agent:${id}` === this.chosen);
  }

  #send(event: Event, consult: boolean): void {
    event.preventDefault();
    const [kind, id = ""] = this.chosen.split(/:(.*)/s);
    const agent = kind === "agent" ? id : null;
    const queue = kind === "queue" ? id : null;
    this.report<TransferDetail>("transfer", { agent, queue, consult });
    this.dialog.close();
  }
}
