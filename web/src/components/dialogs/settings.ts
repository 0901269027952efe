// The dialog in which devices are changed during a call.
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { say } from "../../words.js";
import "../devices/devices.js";
import type { DevicesModel } from "../devices/devices.js";
import { sheets } from "../element.js";
import styles from "./dialog.css?inline";
import { OffhookDialog } from "./dialog.js";

@customElement("oh-settings")
export class SettingsDialog extends OffhookDialog {
  static override styles = sheets(styles);

  @property({ attribute: false }) devices!: DevicesModel;
  /** Whether the small sounds of a room are on. */
  @property({ type: Boolean }) sounds = true;

  protected title_(): string {
    return say("settings.title");
  }

  protected body(): TemplateResult {
    return html`<oh-devices detailed .model=${this.devices}></oh-devices>
      <div class="spread apart">
        <span class="small" id="sounds">${say("settings.sounds")}</span>
        <button class="switch" type="button" role="switch" aria-checked=${this.sounds}
          aria-labelledby="sounds" @click=${() => this.report("toggle-sounds")}></button>
      </div>`;
  }
}
