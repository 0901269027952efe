// After the talk: how it ended, what to remember, and when the next one may come.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { icon } from "../../icons.js";
import { say } from "../../words.js";
import "../countdown/countdown.js";
import type { Choice } from "../confirm/confirm.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./wrap-up.css?inline";

/** Wrap-up as it is drawn. `until`: as `Date.now()` counts. */
export interface WrapUpModel {
  readonly session: string;
  readonly name: string;
  readonly small: string;
  readonly until: number;
  readonly dispositions: readonly string[];
  readonly disposition: string;
  readonly notes: string;
  readonly activities: readonly Choice[];
  readonly next: string;
  readonly problem: string;
  readonly busy: boolean;
  readonly shortcuts: boolean;
}

/** What `note` reports: what changed. */
export interface NoteDetail {
  readonly notes?: string;
  readonly disposition?: string;
}

/** Reports `note`, `more-time`, `next` with an activity, and `finish`. */
@customElement("oh-wrap-up")
export class WrapUp extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: WrapUpModel;
  @query("input[name=disposition]") private readonly first!: HTMLInputElement | null;

  /** Where the problem is. */
  focusProblem(): void {
    this.first?.focus();
  }

  override render(): TemplateResult {
    const { model } = this;
    return html`<form @submit=${this.#submit}>
      <div class="spread head">
        <div>
          <h1>${say("desk.wrap_up")}</h1>
          <p class="muted"><bdi>${model.name}</bdi> · ${model.small}</p>
        </div>
        <div class="time">
          <oh-countdown class="large" .until=${model.until} label=${say("desk.time_left")}></oh-countdown>
          <button class="btn btn-s" type="button" @click=${() => this.report("more-time")}>
            ${icon("plus", "i-s")}${say("desk.more_time")}
          </button>
        </div>
      </div>
      ${model.dispositions.length > 0 ? this.#dispositions() : nothing}
      <div class="field">
        <label for="notes">${say("desk.notes")}</label>
        <textarea class="textarea" id="notes" rows="4" maxlength="4000" dir="auto" .value=${model.notes}
          @input=${(event: Event) => this.report<NoteDetail>("note", { notes: (event.target as HTMLTextAreaElement).value })}></textarea>
        <p class="hint saved">${icon("check", "i-s")}${say("desk.notes.saved")}</p>
      </div>
      <div class="foot">
        <div class="field next">
          <label for="next">${say("desk.then")}</label>
          <span class="select-wrap"
            ><select class="select" id="next" @change=${this.#next}>
              ${model.activities.map(
                ({ value, words }) =>
                  html`<option value=${value} .selected=${value === model.next}>${words}</option>`,
              )}</select
            >${icon("down")}</span
          >
        </div>
        <button class="btn btn-ink btn-l" type="submit" aria-busy=${model.busy}
          aria-keyshortcuts=${model.shortcuts ? "Alt+F" : nothing}>
          ${model.busy ? icon("spin") : nothing}${say("desk.finish")}
        </button>
      </div>
    </form>`;
  }

  #dispositions(): TemplateResult {
    const { dispositions, disposition, problem } = this.model;
    return html`<fieldset aria-describedby=${problem ? "problem" : nothing}>
      <legend class="legend">${say("desk.disposition")}</legend>
      <div class="choices">
        ${dispositions.map(
          (each) => html`<label class="choice">
            <input type="radio" name="disposition" .checked=${each === disposition} value=${each}
              @change=${() => this.report<NoteDetail>("note", { disposition: each })} />
            <span>${each}</span>
          </label>`,
        )}
      </div>
      <div role="alert">
        ${problem ? html`<p class="problem" id="problem">${icon("alert", "i-s")}${problem}</p>` : nothing}
      </div>
    </fieldset>`;
  }

  readonly #next = (event: Event) => {
    this.report("next", (event.target as HTMLSelectElement).value);
  };

  readonly #submit = (event: Event) => {
    event.preventDefault();
    if (!this.model.busy) {
      this.report("finish");
    }
  };
}
