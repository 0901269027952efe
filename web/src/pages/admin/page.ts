// The element of /admin: who is signed in, the list of sections, and the one that is open.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { OffhookElement, sheets } from "../../components/element.js";
import "../../components/menu/menu.js";
import type { MenuItem } from "../../components/menu/menu.js";
import "../../components/sign-in/sign-in.js";
import type { Change, Credentials, NewPassword, SignIn } from "../../components/sign-in/sign-in.js";
import "../../components/toasts/toasts.js";
import type { ToastModel } from "../../components/toasts/toasts.js";
import { brand, type IconName, icon, lineGlyph } from "../../icons.js";
import type { SignedIn } from "../../rest.js";
import { say } from "../../words.js";
import { chooseLook, looks } from "../looks.js";
import { Api } from "./api.js";
import "./events.js";
import "./keys.js";
import styles from "./page.css?inline";
import "./room.js";
import "./rooms.js";
import { fragmentOf, type Route, routeOf, type Section, sectionsOf } from "./route.js";
import "./webhook.js";
import "./webhooks.js";
import { isSignedOut, wordsFor } from "./words.js";

const ICONS: Readonly<Record<Section, IconName>> = {
  rooms: "door",
  events: "doc",
  webhooks: "hook",
  keys: "key",
};
/** Milliseconds that a toast stays. */
const TOAST = 4000;
const SKIP = "#main";

/** Reports `named` when another title is right. */
@customElement("oh-admin-page")
export class AdminPage extends OffhookElement {
  static override styles = sheets(styles);

  api = new Api();
  /** Where news are said to screen readers. */
  status: HTMLElement | null = null;

  /** Undefined while it is asked, null when nobody is signed in. */
  @state() private who: SignedIn | null | undefined;
  @state() private route: Route = { section: "rooms", id: "" };
  @state() private busy = false;
  @state() private trouble = "";
  @state() private reason = "";
  @state() private away = false;
  @state() private changing = false;
  @state() private toasts: readonly ToastModel[] = [];
  @query("oh-sign-in, oh-new-password") private form!: SignIn | NewPassword | null;

  /** A one-time password that was written just now need not be written again to be changed. */
  #written = "";
  #count = 0;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.#follow);
    void this.#ask();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#follow);
    for (const timer of this.#timers) {
      clearTimeout(timer);
    }
  }

  /** What the page is called now. */
  get heading(): string {
    const open = this.who && !this.who.must_change;
    return open ? say(`admin.${this.route.section}`) : say("signin.title");
  }

  override render(): TemplateResult {
    return html`<header class="bar">
        ${brand()}<span class="label">${say("admin.title")}</span><span class="grow"></span>
        <oh-menu icon="globe" .name=${say("menu.looks")} .items=${looks()} @choose=${this.#look}></oh-menu>
        ${
          this.who
            ? html`<oh-menu icon="user" .name=${this.who.name || this.who.login} .items=${this.#account(this.who)} @choose=${this.#own}></oh-menu>`
            : nothing
        }
      </header>
      ${this.#content()}
      <oh-toasts .toasts=${this.toasts}></oh-toasts>`;
  }

  #content(): TemplateResult {
    const { who } = this;
    if (this.away) {
      return this.#unreachable();
    }
    if (who === undefined) {
      return html`<main class="alone" aria-busy="true"></main>`;
    }
    if (who === null) {
      return html`<main class="alone">
        <oh-sign-in .reason=${this.reason} .problem=${this.trouble} ?busy=${this.busy} @sign-in=${this.#signIn}></oh-sign-in>
      </main>`;
    }
    if (who.must_change || this.changing) {
      return html`<main class="alone">
        <oh-new-password ?forced=${who.must_change} .login=${who.login} .present=${this.#written} .problem=${this.trouble}
          ?busy=${this.busy} @change-password=${this.#changePassword} @cancel=${this.#cancel}></oh-new-password>
      </main>`;
    }
    return this.#office(who);
  }

  #office(who: SignedIn): TemplateResult {
    const sections = sectionsOf(who.permissions);
    return html`<div class="lay">
      <nav class="side" aria-label=${say("admin.title")}>
        <ul>
          ${sections.map(
            (section) => html`<li>
              <a class="navi" href=${fragmentOf(section)} aria-current=${section === this.route.section ? "page" : nothing}
                >${icon(ICONS[section])}<span>${say(`admin.${section}`)}</span></a
              >
            </li>`,
          )}
        </ul>
      </nav>
      <main @tell=${this.#tell} @signed-out=${this.#signedOut}>
        ${sections.length > 0 ? this.#section(who) : this.#nothing()}
      </main>
    </div>`;
  }

  #section({ permissions }: SignedIn): TemplateResult {
    const { section, id } = this.route;
    const { api } = this;
    switch (section) {
      case "rooms":
        return id
          ? html`<oh-admin-room .api=${api} .permissions=${permissions} .name=${id}></oh-admin-room>`
          : html`<oh-admin-rooms .api=${api} .permissions=${permissions}></oh-admin-rooms>`;
      case "events":
        return html`<oh-admin-events .api=${api} .permissions=${permissions}></oh-admin-events>`;
      case "webhooks":
        return id
          ? html`<oh-admin-webhook .api=${api} .permissions=${permissions} .webhookId=${id}></oh-admin-webhook>`
          : html`<oh-admin-webhooks .api=${api} .permissions=${permissions}></oh-admin-webhooks>`;
      case "keys":
        return html`<oh-admin-keys .api=${api} .permissions=${permissions}></oh-admin-keys>`;
    }
  }

  #nothing(): TemplateResult {
    return html`<div class="state">
      ${lineGlyph("ended", "state-mark")}
      <h1>${say("admin.nothing")}</h1>
      <p>${say("admin.nothing.what")}</p>
    </div>`;
  }

  #unreachable(): TemplateResult {
    return html`<main class="state alone">
      ${lineGlyph("lost", "state-mark")}
      <h1>${say("outcome.unreachable")}</h1>
      <p>${say("problem.unreachable")}</p>
      <button class="btn btn-ink" type="button" @click=${this.#ask}>${say("control.retry")}</button>
    </main>`;
  }

  #account({ must_change }: SignedIn): MenuItem[] {
    const change = { id: "password", words: say("signin.change") };
    return [...(must_change ? [] : [change]), { id: "out", words: say("signin.out") }];
  }

  // --- signing in and out

  readonly #ask = async () => {
    this.away = false;
    try {
      this.#enter(await this.api.who());
    } catch (error) {
      this.who = isSignedOut(error) ? null : undefined;
      this.away = this.who === undefined;
      this.#changed();
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
      this.changing = false;
      this.#written = "";
      this.#enter(who);
      this.#say(say("signin.changed"));
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
    this.who = who;
    this.reason = "";
    this.trouble = "";
    this.route = routeOf(location.hash, sectionsOf(who.permissions));
    this.#changed();
  }

  readonly #signedOut = () => {
    this.who = null;
    this.reason = say("signin.over");
    this.#changed();
  };

  readonly #cancel = () => {
    this.changing = false;
    this.trouble = "";
  };

  readonly #own = async (event: CustomEvent<string>) => {
    if (event.detail === "password") {
      this.trouble = "";
      this.changing = true;
      this.#changed();
      return;
    }
    try {
      await this.api.signOut();
    } catch (error) {
      if (!isSignedOut(error)) {
        this.#say(wordsFor(error));
        return;
      }
    }
    this.who = null;
    this.reason = say("signin.left");
    this.changing = false;
    this.#changed();
  };

  // --- finding one's way

  readonly #follow = async () => {
    if (location.hash === SKIP || !this.who) {
      return;
    }
    this.route = routeOf(location.hash, sectionsOf(this.who.permissions));
    this.changing = false;
    this.#changed();
    scrollTo(0, 0);
    await this.updateComplete;
    const section = this.renderRoot.querySelector<OffhookElement>("main > *");
    await section?.updateComplete;
    section?.renderRoot.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  };

  /** Another title is right, and where there is a form one begins to write. */
  async #changed(): Promise<void> {
    this.report("named");
    await this.updateComplete;
    const { form } = this;
    await form?.updateComplete;
    form?.begin();
  }

  readonly #look = (event: CustomEvent<string>) => {
    void chooseLook(event.detail).then(() => this.requestUpdate());
  };

  // --- news

  readonly #tell = (event: CustomEvent<string>) => this.#say(event.detail);

  #say(words: string): void {
    this.#count += 1;
    const id = this.#count;
    this.toasts = [...this.toasts, { id, icon: "check", words }];
    if (this.status) {
      this.status.textContent = words;
    }
    const timer = setTimeout(() => {
      this.toasts = this.toasts.filter((toast) => toast.id !== id);
      this.#timers.delete(timer);
    }, TOAST);
    this.#timers.add(timer);
  }
}
