// How long something still lasts: m:ss, down to nothing.
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { OffhookElement } from "../element.js";
import { lasted } from "../timer/timer.js";

@customElement("oh-countdown")
export class Countdown extends OffhookElement {
  /** When it ends, as `Date.now()` counts. */
  @property({ type: Number }) until = 0;
  /** What screen readers hear before the time. */
  @property() label = "";
  #beat: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#beat = setInterval(() => this.requestUpdate(), 250);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#beat);
  }

  override render(): TemplateResult {
    return html`<span class="timer" part="time" dir="ltr"
      ><span class="vh">${this.label} </span>${left(this.until, Date.now())}</span
    >`;
  }
}

/** The time until then, as a clock shows it; a second that has begun still counts. */
export function left(until: number, now: number): string {
  return lasted(Math.ceil(Math.max(0, until - now) / 1000) * 1000);
}
