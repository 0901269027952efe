// How long something has lasted: m:ss, from one hour on h:mm:ss.
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { say } from "../../words.js";
import { OffhookElement } from "../element.js";

@customElement("oh-timer")
export class Timer extends OffhookElement {
  /** When it began, as `Date.now()` counts. */
  @property({ type: Number }) since = 0;
  /** What screen readers hear before the time; null: that it is a connection's. */
  @property() label: string | null = null;
  #beat: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#beat = setInterval(() => this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#beat);
  }

  override render(): TemplateResult {
    return html`<span class="timer" part="time" dir="ltr"
      ><span class="vh">${this.label ?? say("call.connected_for")} </span>${lasted(Date.now() - this.since)}</span
    >`;
  }
}

/** A duration in milliseconds, as a clock shows it. */
export function lasted(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (part: number) => String(part).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}
