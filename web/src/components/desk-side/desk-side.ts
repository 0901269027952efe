// The side of the desk: who is on the line, what waits in the queues, and what colleagues do.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { type LineState, lineGlyph } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import { avatar } from "../people.js";
import "../timer/timer.js";
import { lasted } from "../timer/timer.js";
import styles from "./desk-side.css?inline";

/** One session on the desk. `since`: when it began to be so, as `Date.now()` counts. */
export interface SessionRow {
  readonly session: string;
  readonly name: string;
  readonly identity: string;
  readonly line: LineState;
  readonly words: string;
  readonly since: number | null;
  readonly front: boolean;
}

/** A queue as it is now; `longest` in seconds. */
export interface QueueRow {
  readonly id: string;
  readonly name: string;
  readonly open: boolean;
  readonly waiting: number;
  readonly longest: number;
}

/** Another agent. */
export interface ColleagueRow {
  readonly id: string;
  readonly name: string;
  readonly line: LineState;
  readonly words: string;
  readonly free: boolean;
}

/** Reports `front` with the session that was chosen. */
@customElement("oh-desk-side")
export class DeskSide extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) sessions: readonly SessionRow[] = [];
  @property({ attribute: false }) queues: readonly QueueRow[] = [];
  @property({ attribute: false }) colleagues: readonly ColleagueRow[] = [];

  override render(): TemplateResult {
    return html`<nav class="sessions" ?data-several=${this.sessions.length > 1} aria-label=${say("desk.contacts")}>
        <div class="spread head"><h2 class="label">${say("desk.contacts")}</h2></div>
        ${this.sessions.length > 0 ? this.#sessions() : html`<p class="none small faint">${say("desk.contacts.none")}</p>`}
      </nav>
      <section class="rest" aria-label=${say("desk.around")}>
        ${this.queues.length > 0 ? this.#queues() : nothing}
        ${this.colleagues.length > 0 ? this.#colleagues() : nothing}
      </section>`;
  }

  #sessions(): TemplateResult {
    return html`<ul class="rows">
      ${repeat(
        this.sessions,
        ({ session }) => session,
        (row) => html`<li>
          <button class="row" type="button" aria-current=${row.front ? "true" : nothing}
            @click=${() => this.report("front", row.session)}>
            ${avatar(row.name, row.identity)}
            <span class="grow two">
              <span class="cut name"><bdi>${row.name}</bdi></span>
              <span class="line" data-line=${row.line}
                >${lineGlyph(row.line)}<span class="cut">${row.words}</span>
                ${row.since === null ? nothing : html`<oh-timer .label=${""} .since=${row.since}></oh-timer>`}</span
              >
            </span>
          </button>
        </li>`,
      )}
    </ul>`;
  }

  #queues(): TemplateResult {
    return html`<div class="spread head">
        <h2 class="label">${say("desk.queues")}</h2>
        <span class="label" aria-hidden="true">${say("desk.queues.waiting")}</span>
      </div>
      <ul class="rows tight">
        ${this.queues.map(
          (queue) => html`<li class="row">
            <span class="grow cut"><bdi>${queue.name}</bdi></span>
            ${
              queue.open
                ? html`<span class="num"><span class="vh">${say("desk.queues.waiting")} </span>${queue.waiting}</span>
                    <span class="faint num small longest" dir="ltr">${queue.waiting > 0 ? lasted(queue.longest * 1000) : "–"}</span>`
                : html`<span class="faint small">${say("desk.queue.closed")}</span>`
            }
          </li>`,
        )}
      </ul>`;
  }

  #colleagues(): TemplateResult {
    return html`<div class="spread head"><h2 class="label">${say("desk.colleagues")}</h2></div>
      <ul class="rows tight">
        ${this.colleagues.map(
          ({ name, line, words }) => html`<li class="row">
            <span class="grow cut"><bdi>${name}</bdi></span>
            <span class="line cut" data-line=${line}>${lineGlyph(line)}<span class="cut">${words}</span></span>
          </li>`,
        )}
      </ul>`;
  }
}
