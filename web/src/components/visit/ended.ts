// The end of a visit: why it ended, how it was, and how to call again.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { icon, lineGlyph } from "../../icons.js";
import type { EndedView } from "../../pages/visit/view.js";
import { say } from "../../words.js";
import { problemLine } from "./fields.js";
import { VisitStep } from "./step.js";

const STARS = [1, 2, 3, 4, 5] as const;

@customElement("oh-visit-ended")
export class VisitEnded extends VisitStep {
  @property({ attribute: false }) view!: EndedView;
  @property({ type: Boolean }) busy = false;
  @state() private stars: 0 | (typeof STARS)[number] = 0;
  @state() private missing = false;
  @query("textarea") private readonly comment!: HTMLTextAreaElement | null;

  override render(): TemplateResult {
    const { view } = this;
    return html`<div class="wait">
        <span class="line ended" data-line="flat">${lineGlyph("ended")}</span>
        <p class="strong">${view.title}</p>
        <p class="muted small">${view.words}</p>
      </div>
      ${view.rates ? this.#rating() : nothing}
      ${view.rated === null ? nothing : html`<p class="notice" data-tone="live">${icon("check")}<span>${say("visit.rate.thanks")}</span></p>`}
      ${
        view.again
          ? html`<button class="btn ${view.rates ? "btn-quiet" : "btn-open btn-l"} btn-block" type="button"
              @click=${this.press({ do: "again" })}>${view.rates ? nothing : icon("phone")}${say("visit.call.again")}</button>`
          : nothing
      }`;
  }

  #rating(): TemplateResult {
    return html`<form class="stack" novalidate @submit=${this.#submit}>
      <fieldset aria-describedby="stars-hint">
        <legend class="legend middle">${say("visit.rate")}</legend>
        <div class="stars" dir="ltr">${STARS.map((count) => this.#star(count))}</div>
        <p class="hint middle" id="stars-hint">
          ${this.missing ? problemLine("stars-problem", say("visit.rate.missing")) : this.stars ? say(`visit.rate.${this.stars}`) : html`&nbsp;`}
        </p>
      </fieldset>
      <div class="field">
        <label for="comment"
          >${say("visit.rate.comment")} <span class="faint">${say("visit.field.optional")}</span></label
        >
        <textarea class="textarea" id="comment" rows="3" maxlength="2000" dir="auto"></textarea>
      </div>
      <button class="btn btn-ink btn-l btn-block" type="submit" aria-busy=${this.busy ? "true" : nothing}>
        ${say("visit.rate.send")}
      </button>
    </form>`;
  }

  #star(count: (typeof STARS)[number]): TemplateResult {
    return html`<label class="st"
      ><input type="radio" name="stars" value=${count} .checked=${this.stars === count}
        @change=${() => {
          this.stars = count;
          this.missing = false;
        }} /><span class=${count <= this.stars ? "lit" : ""} aria-hidden="true">${icon("star")}</span
      ><span class="vh">${say("visit.rate.of", { stars: count })}</span></label
    >`;
  }

  readonly #submit = (event: Event) => {
    event.preventDefault();
    this.missing = this.stars === 0;
    if (!this.missing && !this.busy) {
      this.act({ do: "rate", stars: this.stars, comment: this.comment?.value.trim() ?? "" });
    }
  };
}
