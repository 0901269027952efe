// The dialog that says how good one's own connection is, in the browser's own figures.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Figures, Flow, Grade } from "../../client/stats.js";
import { icon } from "../../icons.js";
import { type Key, locale, say } from "../../words.js";
import { sheets } from "../element.js";
import styles from "./dialog.css?inline";
import { OffhookDialog } from "./dialog.js";

const TONES: Readonly<Record<Grade, string>> = {
  excellent: "live",
  good: "live",
  poor: "wait",
  lost: "end",
};

@customElement("oh-connection")
export class ConnectionDialog extends OffhookDialog {
  static override styles = sheets(styles);

  @property({ attribute: false }) figures: Figures | null = null;
  @property() grade: Grade | "" = "";

  protected title_(): string {
    return say("connection.title");
  }

  protected body(): TemplateResult {
    const { figures } = this;
    return html`${this.grade ? this.#verdict(this.grade) : nothing}
      <dl class="figures">
        ${this.#figure("connection.round_trip", milliseconds(figures?.roundTrip))}
        ${this.#flow(figures?.up, "connection.sending", "connection.sent_loss")}
        ${this.#flow(figures?.down, "connection.receiving", "connection.received_loss")}
      </dl>`;
  }

  #verdict(grade: Grade): TemplateResult {
    const good = TONES[grade] === "live";
    return html`<p class="verdict">
      <span class="badge" data-tone=${TONES[grade]}
        >${icon(good ? "signal" : "signal-low")}${say(`quality.${grade}`)}</span
      >
    </p>`;
  }

  #flow(flow: Flow | null | undefined, rate: Key, loss: Key): TemplateResult {
    return html`${this.#figure(rate, described(flow))}
    ${this.#figure(loss, flow ? percent(flow.loss) : null)}`;
  }

  #figure(key: Key, value: string | null): TemplateResult {
    return html`<dt>${say(key)}</dt>
      <dd>${value ?? "–"}</dd>`;
  }
}

function milliseconds(seconds: number | null | undefined): string | null {
  return seconds === null || seconds === undefined ? null : `${Math.round(seconds * 1000)} ms`;
}

function percent(share: number): string {
  const style = { style: "percent", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(locale(), style).format(share);
}

function described(flow: Flow | null | undefined): string | null {
  if (!flow) {
    return null;
  }
  const rate =
    flow.bitrate >= 1_000_000
      ? `${(flow.bitrate / 1_000_000).toFixed(1)} Mbit/s`
      : `${Math.round(flow.bitrate / 1000)} kbit/s`;
  const size = flow.width
    ? `, ${flow.width}×${flow.height}, ${Math.round(flow.frameRate)} fps`
    : "";
  return rate + size;
}
