// The dialog of an agent's devices: those to talk with, the one that rings, and the sounds.
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icon } from "../../icons.js";
import { say } from "../../words.js";
import "../devices/devices.js";
import type { DevicesModel } from "../devices/devices.js";
import { sheets } from "../element.js";
import styles from "./dialog.css?inline";
import { OffhookDialog } from "./dialog.js";

/** How the desk rings. `device` is empty for the system's choice. */
export interface RingModel {
  readonly on: boolean;
  readonly device: string;
  readonly mayAsk: boolean;
}

/** Reports what `oh-devices` reports, `ring-device`, `ring-test`, `toggle-ring` and `notify`. */
@customElement("oh-desk-settings")
export class DeskSettingsDialog extends OffhookDialog {
  static override styles = sheets(styles);

  @property({ attribute: false }) devices!: DevicesModel;
  @property({ attribute: false }) ring: RingModel = { on: true, device: "", mayAsk: false };

  protected title_(): string {
    return say("settings.title");
  }

  protected body(): TemplateResult {
    const { ring } = this;
    return html`<oh-devices .model=${this.devices}></oh-devices>
      <div class="field apart">
        <label for="ring">${say("desk.ring.device")}</label>
        <div class="pair">
          <span class="select-wrap grow"
            >${icon("bell", "i-lead")}<select class="select" id="ring" ?disabled=${!this.devices.canChooseSpeaker}
              @change=${(event: Event) => this.report("ring-device", (event.target as HTMLSelectElement).value)}>
              <option value="" .selected=${ring.device === ""}>${say("device.speaker.none")}</option>
              ${this.devices.lists.speaker
                .filter(({ deviceId }) => deviceId !== "")
                .map(
                  (
                    { deviceId, label },
                    place,
                  ) => html`<option value=${deviceId} .selected=${deviceId === ring.device}>
                    ${label || say("device.speaker.unnamed", { number: place + 1 })}
                  </option>`,
                )}</select
            >${icon("down")}</span
          ><button class="btn" type="button" @click=${() => this.report("ring-test")}>${say("desk.ring.test")}</button>
        </div>
      </div>
      <div class="spread apart">
        <span class="small" id="ringing">${say("desk.ring.on")}</span>
        <button class="switch" type="button" role="switch" aria-checked=${ring.on}
          aria-labelledby="ringing" @click=${() => this.report("toggle-ring")}></button>
      </div>
      ${
        ring.mayAsk
          ? html`<p class="apart"><button class="btn btn-block" type="button" @click=${() => this.report("notify")}>
              ${icon("bell")}${say("desk.notify")}</button></p>`
          : ""
      }`;
  }
}
