// The pickers of microphone, camera and speaker, with a test of the speaker.
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { DeviceKind, Processing } from "../../client/devices.js";
import { type IconName, icon } from "../../icons.js";
import { type Key, say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./devices.css?inline";

/** The devices as they are drawn. */
export interface DevicesModel {
  readonly lists: Readonly<Record<DeviceKind, readonly MediaDeviceInfo[]>>;
  readonly chosen: Readonly<Record<DeviceKind, string>>;
  readonly canChooseSpeaker: boolean;
  /** Whether the invitation allows to be seen and heard. */
  readonly canCapture: boolean;
  readonly processing: Processing;
}

/** A device that was chosen. */
export interface ChosenDetail {
  readonly kind: DeviceKind;
  readonly id: string;
}

const ICONS: Readonly<Record<DeviceKind, IconName>> = {
  microphone: "mic",
  camera: "cam",
  speaker: "volume",
};

const SWITCHES = [
  ["noiseSuppression", "device.noise"],
  ["echoCancellation", "device.echo"],
  ["autoGainControl", "device.gain"],
] as const satisfies readonly (readonly [keyof Processing, Key])[];

@customElement("oh-devices")
export class DevicePickers extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: DevicesModel;
  /** Whether the treatment of the sound is shown at once. */
  @property({ type: Boolean }) detailed = false;

  override render(): TemplateResult {
    if (!this.model.canCapture) {
      return this.#picker("speaker");
    }
    return html`<div class="stack">
      ${this.#picker("microphone")} ${this.#picker("camera")} ${this.#picker("speaker")}
      <details ?open=${this.detailed}>
        <summary class="small">${say("device.treatment")}</summary>
        <div class="stack switches">${SWITCHES.map(([name, key]) => this.#switch(name, key))}</div>
      </details>
    </div>`;
  }

  #picker(kind: DeviceKind): TemplateResult {
    const fixed = kind === "speaker" && !this.model.canChooseSpeaker;
    const select = html`<span class="select-wrap grow"
      >${icon(ICONS[kind], "i-lead")}
      <select
        class="select"
        id=${kind}
        ?disabled=${fixed || this.model.lists[kind].length === 0}
        @change=${(event: Event) => this.#chose(kind, event)}
      >
        ${this.#options(kind)}
      </select>
      ${icon("down")}</span
    >`;
    return html`<div class="field">
      <label for=${kind}>${say(`device.${kind}`)}</label>
      ${kind === "speaker" ? this.#withTest(select) : select}
    </div>`;
  }

  #withTest(select: TemplateResult): TemplateResult {
    return html`<div class="pair">
      ${select}<button class="btn" type="button" @click=${() => this.report("test-speaker")}
        aria-label=${say("device.test.speaker")}>${say("device.test")}</button>
    </div>`;
  }

  #options(kind: DeviceKind): TemplateResult | TemplateResult[] {
    const devices = this.model.lists[kind];
    if (devices.length === 0) {
      return html`<option>${say(`device.${kind}.none`)}</option>`;
    }
    const chosen = this.model.chosen[kind];
    const known = devices.some((device) => device.deviceId === chosen);
    return devices.map((device, place) => {
      const selected = known ? device.deviceId === chosen : place === 0;
      const name = device.label || say(`device.${kind}.unnamed`, { number: place + 1 });
      return html`<option value=${device.deviceId} .selected=${selected}>${name}</option>`;
    });
  }

  #switch(name: keyof Processing, key: Key): TemplateResult {
    const on = this.model.processing[name];
    return html`<div class="spread">
      <span class="small" id=${name}>${say(key)}</span>
      <button class="switch" type="button" role="switch" aria-checked=${on} aria-labelledby=${name}
        @click=${() => this.report<Partial<Processing>>("process", { [name]: !on })}></button>
    </div>`;
  }

  #chose(kind: DeviceKind, event: Event): void {
    const id = (event.target as HTMLSelectElement).value;
    this.report<ChosenDetail>("choose-device", { kind, id });
  }
}
