// The dialog that lists the keys of the desk, with the one switch that turns them off.
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { type Key, say } from "../../words.js";
import { sheets } from "../element.js";
import styles from "./dialog.css?inline";
import { OffhookDialog } from "./dialog.js";

const KEYS: readonly (readonly [readonly string[], Key])[] = [
  [["Alt", "A"], "desk.accept"],
  [["Alt", "R"], "desk.reject"],
  [["Alt", "H"], "desk.key.hold"],
  [["Alt", "T"], "desk.transfer"],
  [["Alt", "E"], "desk.hang_up"],
  [["Alt", "F"], "desk.finish"],
  [["M"], "shortcut.mute"],
  [["V"], "shortcut.camera"],
  [["C"], "shortcut.chat"],
  [["?"], "shortcut.help"],
];

@customElement("oh-desk-shortcuts")
export class DeskShortcutsDialog extends OffhookDialog {
  static override styles = sheets(styles);

  @property({ type: Boolean }) enabled = true;

  protected title_(): string {
    return say("shortcut.title");
  }

  protected body(): TemplateResult {
    return html`<dl class="keys">
        ${KEYS.map(
          ([
            keys,
            words,
          ]) => html`<dt>${keys.map((key) => html`<kbd class="kbd">${key}</kbd>&nbsp;`)}</dt>
            <dd>${say(words)}</dd>`,
        )}
      </dl>
      <div class="spread apart">
        <span id="enabled">${say("shortcut.enabled")}</span>
        <button class="switch" type="button" role="switch" aria-checked=${this.enabled}
          aria-labelledby="enabled" @click=${() => this.report("toggle-shortcuts")}></button>
      </div>`;
  }
}
