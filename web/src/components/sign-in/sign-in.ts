// Signing in with login and password, and choosing another password.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { icon } from "../../icons.js";
import { type Key, say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./sign-in.css?inline";

/** What `sign-in` reports. */
export interface Credentials {
  readonly login: string;
  readonly password: string;
}

/** What `change-password` reports. */
export interface Change {
  readonly password: string;
  readonly new_password: string;
}

const LEAST = 10;

/** What both forms have in common: one problem at a time, and a button that works. */
abstract class PasswordForm extends OffhookElement {
  static override styles = sheets(styles);

  @property({ type: Boolean }) busy = false;
  /** What the server said; empty when there is nothing. */
  @property() problem = "";

  @query("form") protected form!: HTMLFormElement;

  protected value(name: string): string {
    return (this.form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? "";
  }

  protected focusOn(name: string): void {
    (this.form.elements.namedItem(name) as HTMLInputElement | null)?.focus();
  }

  protected field(
    name: string,
    label: Key,
    more: { complete: string; problem?: string; hint?: string },
  ) {
    const wrong = Boolean(more.problem);
    const told = wrong ? `${name}-problem` : more.hint ? `${name}-hint` : nothing;
    const isLogin = name === "login";
    return html`<div class="field" ?data-invalid=${wrong}>
      <label for=${name}>${say(label)}</label>
      <input class="input" id=${name} name=${name} type=${isLogin ? "text" : "password"} required
        autocomplete=${more.complete} autocapitalize="off" spellcheck="false" dir="ltr" maxlength="200"
        aria-invalid=${wrong ? "true" : nothing} aria-describedby=${told} />
      ${
        wrong
          ? html`<p class="problem" id="${name}-problem">${icon("alert", "i-s")}${more.problem}</p>`
          : more.hint
            ? html`<p class="hint" id="${name}-hint">${more.hint}</p>`
            : nothing
      }
    </div>`;
  }

  protected trouble(): TemplateResult {
    return html`<div role="alert">
      ${
        this.problem
          ? html`<p class="notice" data-tone="end">${icon("alert")}<span class="grow">${this.problem}</span></p>`
          : nothing
      }
    </div>`;
  }

  protected submit(words: Key): TemplateResult {
    return html`<button class="btn btn-ink btn-l btn-block" type="submit" aria-busy=${this.busy}>
      ${this.busy ? icon("spin") : nothing}${say(words)}
    </button>`;
  }
}

/** Reports `sign-in` with credentials. */
@customElement("oh-sign-in")
export class SignIn extends PasswordForm {
  /** Why somebody who was signed in is asked again; empty at first. */
  @property() reason = "";
  @state() private missing: "" | "login" | "password" = "";

  override render(): TemplateResult {
    const missing = (name: string) =>
      this.missing === name ? { problem: say("signin.missing") } : {};
    return html`<h1>${say("signin.title")}</h1>
      ${this.reason && !this.problem ? html`<p class="notice" data-tone="info">${icon("info")}<span class="grow">${this.reason}</span></p>` : nothing}
      ${this.trouble()}
      <form novalidate @submit=${this.#submit}>
        ${this.field("login", "signin.login", { complete: "username", ...missing("login") })}
        ${this.field("password", "signin.password", { complete: "current-password", ...missing("password") })}
        ${this.submit("signin.action")}
      </form>
      <p class="small faint">${say("signin.help")}</p>`;
  }

  /** Where one begins to write. */
  begin(): void {
    this.focusOn(this.value("login") ? "password" : "login");
  }

  readonly #submit = (event: Event) => {
    event.preventDefault();
    if (this.busy) {
      return;
    }
    const login = this.value("login").trim();
    const password = this.value("password");
    this.missing = login ? (password ? "" : "password") : "login";
    if (this.missing) {
      this.focusOn(this.missing);
      return;
    }
    this.report<Credentials>("sign-in", { login, password });
  };
}

/** Reports `change-password`, and `cancel` when it need not be. */
@customElement("oh-new-password")
export class NewPassword extends PasswordForm {
  /** A one-time password must be changed before anything else. */
  @property({ type: Boolean }) forced = false;
  /** Who it is, for password managers. */
  @property() login = "";
  /** The present password, when it was written just now. */
  @property({ attribute: false }) present = "";
  @state() private wrong: { field: string; words: string } | null = null;

  override render(): TemplateResult {
    const wrong = (name: string) =>
      this.wrong?.field === name ? { problem: this.wrong.words } : {};
    return html`<h1>${say(this.forced ? "signin.choose" : "signin.change")}</h1>
      ${this.forced ? html`<p class="muted">${say("signin.choose.why")}</p>` : nothing}
      ${this.trouble()}
      <form novalidate @submit=${this.#submit}>
        <input class="vh" type="text" autocomplete="username" .value=${this.login} tabindex="-1" aria-hidden="true" readonly />
        ${
          this.present
            ? nothing
            : this.field("password", "signin.present", {
                complete: "current-password",
                ...wrong("password"),
              })
        }
        ${this.field("new_password", "signin.new", {
          complete: "new-password",
          hint: say("signin.new.hint", { count: LEAST }),
          ...wrong("new_password"),
        })}
        ${this.field("again", "signin.again", { complete: "new-password", ...wrong("again") })}
        ${this.submit("signin.change.action")}
        ${
          this.forced
            ? nothing
            : html`<button class="btn btn-block" type="button" @click=${() => this.report("cancel")}>${say("control.cancel")}</button>`
        }
      </form>`;
  }

  begin(): void {
    this.focusOn(this.present ? "new_password" : "password");
  }

  readonly #submit = (event: Event) => {
    event.preventDefault();
    if (this.busy) {
      return;
    }
    const password = this.present || this.value("password");
    const chosen = this.value("new_password");
    this.wrong = this.#check(password, chosen);
    if (this.wrong) {
      this.focusOn(this.wrong.field);
      return;
    }
    this.report<Change>("change-password", { password, new_password: chosen });
  };

  #check(password: string, chosen: string): { field: string; words: string } | null {
    if (!password) {
      return { field: "password", words: say("signin.missing") };
    }
    if ([...chosen].length < LEAST) {
      return { field: "new_password", words: say("signin.problem.too_short") };
    }
    if (chosen !== this.value("again")) {
      return { field: "again", words: say("signin.again.differs") };
    }
    return null;
  }
}
