// The way into a page for people who work here: asks who it is, signs in, changes the password.
import { html, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { OffhookElement, sheets } from "../../components/element.js";
import "../../components/sign-in/sign-in.js";
import type { Change, Credentials, NewPassword, SignIn } from "../../components/sign-in/sign-in.js";
import { lineGlyph } from "../../icons.js";
import type { SignedIn } from "../../rest.js";
import { say } from "../../words.js";
import type { Api } from "../admin/api.js";
import { isSignedOut, wordsFor } from "../admin/words.js";
import styles from "./gate.css?inline";

type Way = "asking" | "unreachable" | "sign-in" | "must-change" | "changing";

/** Reports `entered` with who is signed in, and `cancel` when the password stays as it is. */
@customElement("oh-gate")
export class Gate extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) api!: Api;
  /** Why somebody who was signed in is asked again; empty at first. */
  @property() reason = "";
  /** Who wants another password; null asks who is signed in. */
  @property({ attribute: false }) changing: SignedIn | null = null;

  @state() private way: Way = "asking";
  @state() private busy = false;
  @state() private trouble = "";
  @query("oh-sign-in, oh-new-password") private form!: SignIn | NewPassword | null;

  #who: SignedIn | null = null;
  /** A one-time password that was written just now need not be written again to be changed. */
  #written = "";

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.changing) {
      this.#who = this.changing;
      this.#go("changing");
    } else {
      void this.#ask();
    }
  }

  override render(): TemplateResult {
    switch (this.way) {
      case "asking":
        return html`<main aria-busy="true"></main>`;
      case "unreachable":
        return this.#unreachable();
      case "sign-in":
        return html`<main>
          <oh-sign-in .reason=${this.reason} .problem=${this.trouble} ?busy=${this.busy}
            @sign-in=${this.#signIn}></oh-sign-in>
        </main>`;
      case "must-change":
      case "changing":
        return html`<main>
          <oh-new-password ?forced=${this.way === "must-change"} .login=${this.#who?.login ?? ""}
            .present=${this.#written} .problem=${this.trouble} ?busy=${this.busy}
            @change-password=${this.#changePassword}></oh-new-password>
        </main>`;
    }
  }

  #unreachable(): TemplateResult {
    return html`<main class="state">
      ${lineGlyph("lost", "state-mark")}
      <h1>${say("outcome.unreachable")}</h1>
      <p>${say("problem.unreachable")}</p>
      <button class="btn btn-ink" type="button" @click=${this.#ask}>${say("control.retry")}</button>
    </main>`;
  }

  readonly #ask = async () => {
    this.way = "asking";
    try {
      this.#enter(await this.api.who());
    } catch (error) {
      this.#go(isSignedOut(error) ? "sign-in" : "unreachable");
    }
  };

  readonly #signIn = async (event: CustomEvent<Credentials>) => {
    const { login, password } = event.detail;
    await this.#try(async () => {
      const who = await this.api.signIn({ login, password });
      this.#written = who.must_change ? password : "";
      this.#enter(who);
    });
  };

  readonly #changePassword = async (event: CustomEvent<Change>) => {
    await this.#try(async () => {
      const who = await this.api.changePassword(event.detail);
      this.#written = "";
      this.#enter(who);
    });
  };

  async #try(work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.trouble = "";
    try {
      await work();
    } catch (error) {
      this.trouble = wordsFor(error);
    } finally {
      this.busy = false;
    }
  }

  #enter(who: SignedIn): void {
    this.#who = who;
    if (who.must_change) {
      this.#go("must-change");
    } else {
      this.report<SignedIn>("entered", who);
    }
  }

  /** Another form is right, and one begins to write in it. */
  async #go(way: Way): Promise<void> {
    this.way = way;
    await this.updateComplete;
    const { form } = this;
    await form?.updateComplete;
    form?.begin();
  }
}
