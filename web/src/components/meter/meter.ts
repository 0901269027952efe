// How loud the microphone is, in twelve steps, and whether it is heard at all.
import { html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./meter.css?inline";

export const STEPS = 12;

@customElement("oh-meter")
export class Meter extends OffhookElement {
  static override styles = sheets(styles);

  /** The level now, from 0 to 1. */
  @property({ type: Number }) level = 0;
  /** Whether there is a microphone that is meant to be heard. */
  @property({ type: Boolean }) listening = false;

  @state() private heard = false;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("listening") && !this.listening) {
      this.heard = false;
    }
    if (this.lit > 1) {
      this.heard = true;
    }
  }

  /** How many of the steps are lit. */
  get lit(): number {
    return this.listening ? Math.min(STEPS, Math.round(this.level * STEPS)) : 0;
  }

  override render(): TemplateResult {
    const heard = this.heard && this.listening;
    const verdict = say(heard ? "meter.heard" : this.listening ? "meter.silent" : "meter.off");
    return html`<div class="lvl">
        <span class="label" id="label">${say("meter.label")}</span>
        <div class="meter" role="meter" aria-labelledby="label" aria-valuemin="0"
          aria-valuemax=${STEPS} aria-valuenow=${this.lit} aria-valuetext=${verdict}>
          ${Array.from({ length: STEPS }, (_, step) => html`<span ?data-lit=${step < this.lit}></span>`)}
        </div>
      </div>
      <span class="verdict small ${heard ? "ok" : ""}"
        >${heard ? icon("check", "i-s") : ""}<span>${verdict}</span></span
      >`;
  }
}
