// The dialog with all that is known of one delivery: its attempts, the answers, and what is sent.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import dialogStyles from "../../components/dialogs/dialog.css?inline";
import { OffhookDialog } from "../../components/dialogs/dialog.js";
import { sheets } from "../../components/element.js";
import { icon } from "../../icons.js";
import type { Delivery, DeliveryAttempt, DeliveryDetail } from "../../rest.js";
import { type Key, say, words } from "../../words.js";
import shared from "../office/office.css?inline";
import { exactly, until, when } from "../office/when.js";
import styles from "./delivery.css?inline";

const TONES: Readonly<Record<Delivery["state"], string>> = {
  pending: "",
  delivered: "live",
  retrying: "wait",
  failed: "end",
};
const FAILURES: Readonly<Record<string, Key>> = {
  timeout: "admin.failure.timeout",
  unreachable: "admin.failure.unreachable",
  address_refused: "admin.failure.address_refused",
};

/** The state of a delivery; one without a next attempt waits for an earlier event. */
export function deliveryBadge(delivery: Delivery): TemplateResult {
  const { state } = delivery;
  const behind = state === "pending" && delivery.next_attempt_at === null;
  return html`<span class="badge" data-tone=${TONES[state] || nothing}
    >${say(behind ? "admin.delivery.behind" : `admin.delivery.${state}`)}</span
  >`;
}

/** How long an answer took. */
export function milliseconds(count: number): string {
  const style = { style: "unit", unit: "millisecond", unitDisplay: "short" } as const;
  return new Intl.NumberFormat(words().language, style).format(count);
}

/** What an attempt came to: the receiver's status, or why there was none. */
export function outcomeOf(attempt: DeliveryAttempt): string {
  if (attempt.status !== null) {
    return String(attempt.status);
  }
  const key = FAILURES[attempt.error ?? ""];
  return key ? say(key) : (attempt.error ?? "–");
}

/** Reports `replay` with the delivery's id. */
@customElement("oh-admin-delivery")
export class DeliveryDialog extends OffhookDialog {
  static override styles = sheets(shared, dialogStyles, styles);

  @property({ attribute: false }) delivery: DeliveryDetail | null = null;
  @property({ type: Boolean }) replayable = false;
  @property({ type: Boolean }) busy = false;

  protected title_(): string {
    return this.delivery?.type ?? "";
  }

  protected body(): TemplateResult {
    const { delivery } = this;
    if (!delivery) {
      return html``;
    }
    const { next_attempt_at: next } = delivery;
    return html`<div class="stack">
      <div class="spread state-line">
        ${deliveryBadge(delivery)}
        ${next && delivery.state !== "delivered" ? html`<span class="small faint">${say("admin.delivery.next", { when: until(next) })}</span>` : nothing}
        <span class="grow"></span>
        ${
          this.replayable
            ? html`<button class="btn btn-s" type="button" aria-busy=${this.busy}
                @click=${() => this.report("replay", delivery.id)}>${icon(this.busy ? "spin" : "replay", "i-s")}${say("admin.replay")}</button>`
            : nothing
        }
      </div>
      <p class="id" dir="ltr">${delivery.subject} · ${delivery.seq} · ${delivery.id}</p>
      <h3>${say("admin.attempts")}</h3>
      ${
        delivery.log.length > 0
          ? html`<ol class="attempts">${delivery.log.map((attempt) => this.#attempt(attempt))}</ol>`
          : html`<p class="small faint">${say("admin.attempts.none")}</p>`
      }
      <h3>${say("admin.payload")}</h3>
      <pre tabindex="0" dir="ltr" aria-label=${say("admin.payload")}>${JSON.stringify(delivery.payload, null, 2)}</pre>
    </div>`;
  }

  #attempt(attempt: DeliveryAttempt): TemplateResult {
    const good = attempt.status !== null && attempt.status >= 200 && attempt.status < 300;
    return html`<li>
      <div class="spread">
        <span class="badge num" data-tone=${good ? "live" : "end"}>${outcomeOf(attempt)}</span>
        <span class="small faint num"
          ><time datetime=${attempt.at} title=${exactly(attempt.at)}>${when(attempt.at)}</time> · ${milliseconds(attempt.milliseconds)}</span
        >
      </div>
      ${attempt.response ? html`<pre tabindex="0" dir="auto" aria-label=${say("admin.answer")}>${attempt.response}</pre>` : nothing}
    </li>`;
  }
}
