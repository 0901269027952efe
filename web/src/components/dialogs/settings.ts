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

  protected title_(): string {
    return say("settings.title");
  }

  protected body(): TemplateResult {
    return html`<oh-devices detailed .model=${this.devices}></oh-devices>`;
  }
}
