// The dialog that lists the keys, with the one switch that turns them off.
import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { type Key, say } from "../../words.js";
import { sheets } from "../element.js";
import styles from "./dialog.css?inline";
import { OffhookDialog } from "./dialog.js";

const KEYS: readonly (readonly [string, Key])[] = [
  ["M", "shortcut.mute"],
  ["V", "shortcut.camera"],
  ["S", "shortcut.share"],
  ["C", "shortcut.chat"],
  ["P", "shortcut.people"],
  ["?", "shortcut.help"],
];

@customElement("oh-shortcuts")
export class ShortcutsDialog extends OffhookDialog {
  static override styles = sheets(styles);

  @property({ type: Boolean }) enabled = true;

  protected title_(): string {
    return say("shortcut.title");
  }

  protected body(): TemplateResult {
    return html`<dl class="keys">
        ${KEYS.map(
          ([key, words]) => html`<dt><kbd class="kbd">${key}</kbd></dt>
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
