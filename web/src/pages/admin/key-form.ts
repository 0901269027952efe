// The dialog in which an API key is made.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import dialogStyles from "../../components/dialogs/dialog.css?inline";
import { OffhookDialog } from "../../components/dialogs/dialog.js";
import { sheets } from "../../components/element.js";
import { icon } from "../../icons.js";
import type { ApiKeyCreate } from "../../rest.js";
import { say } from "../../words.js";
import styles from "../office/form.css?inline";

/** A permission is one's own and no key's. */
const NOT_FOR_KEYS = "sign_in.own";
const FOR_PARTICIPANTS = "rooms.join";

/** Reports `save` with name and scopes. */
@customElement("oh-key-form")
export class KeyForm extends OffhookDialog {
  static override styles = sheets(dialogStyles, styles);

  /** What somebody has, and so can give. */
  @property({ attribute: false }) permissions: readonly string[] = [];
  @property({ type: Boolean }) busy = false;
  @property() problem = "";
  @state() private everything = true;
  @state() private wrong: "" | "name" | "scopes" = "";

  protected title_(): string {
    return say("admin.key.new");
  }

  protected body(): TemplateResult {
    return html`<form novalidate @submit=${this.#submit}>
      <div role="alert">
        ${this.problem ? html`<p class="notice" data-tone="end">${icon("alert")}<span class="grow">${this.problem}</span></p>` : nothing}
      </div>
      <div class="field" ?data-invalid=${this.wrong === "name"}>
        <label for="name">${say("admin.name")}</label>
        <input class="input" id="name" autocomplete="off" maxlength="128" dir="auto" autofocus
          aria-invalid=${this.wrong === "name" ? "true" : nothing} aria-describedby="name-hint" />
        ${
          this.wrong === "name"
            ? html`<p class="problem" id="name-hint">${icon("alert", "i-s")}${say("admin.key.name.missing")}</p>`
            : html`<p class="hint" id="name-hint">${say("admin.key.name.hint")}</p>`
        }
      </div>
      <fieldset aria-describedby=${this.wrong === "scopes" ? "scopes-problem" : nothing}>
        <legend class="legend">${say("admin.scopes")}</legend>
        <label class="check all">
          <input type="checkbox" .checked=${this.everything} @change=${(event: Event) => {
            this.everything = (event.target as HTMLInputElement).checked;
          }} />${say("admin.scopes.all")}
        </label>
        <div class="scopes" ?data-off=${this.everything}>
          ${this.#scopes().map(
            (scope) => html`<label class="check">
              <input type="checkbox" name="scope" value=${scope} ?disabled=${this.everything} /><code dir="ltr">${scope}</code>
            </label>`,
          )}
        </div>
        ${
          this.wrong === "scopes"
            ? html`<p class="problem" id="scopes-problem">${icon("alert", "i-s")}${say("admin.scopes.missing")}</p>`
            : nothing
        }
      </fieldset>
      <div class="answers">
        <button class="btn" type="button" @click=${() => this.dialog.close()}>${say("control.cancel")}</button>
        <button class="btn btn-ink" type="submit" aria-busy=${this.busy}>
          ${this.busy ? icon("spin", "i-s") : nothing}${say("admin.key.make")}
        </button>
      </div>
    </form>`;
  }

  #scopes(): string[] {
    return [...this.permissions.filter((each) => each !== NOT_FOR_KEYS), FOR_PARTICIPANTS].sort();
  }

  readonly #submit = (event: Event) => {
    event.preventDefault();
    const name = this.renderRoot.querySelector<HTMLInputElement>("#name")?.value.trim() ?? "";
    const marked = this.renderRoot.querySelectorAll<HTMLInputElement>("[name=scope]:checked");
    const scopes = this.everything ? ["*"] : [...marked].map(({ value }) => value);
    this.wrong = name ? (scopes.length > 0 ? "" : "scopes") : "name";
    if (this.wrong === "name") {
      this.renderRoot.querySelector<HTMLInputElement>("#name")?.focus();
    } else if (!this.wrong && !this.busy) {
      this.report<ApiKeyCreate>("save", { name, scopes: scopes as ApiKeyCreate["scopes"] });
    }
  };
}
