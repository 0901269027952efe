// The element of /supervisor: who is signed in, the list of places, and the one that is open.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import "../../components/confirm/confirm.js";
import { OffhookElement, sheets } from "../../components/element.js";
import "../../components/menu/menu.js";
import type { MenuItem } from "../../components/menu/menu.js";
import "../../components/toasts/toasts.js";
import { brand, type IconName, icon, lineGlyph } from "../../icons.js";
import type { SignedIn } from "../../rest.js";
import { say } from "../../words.js";
import { Api } from "../admin/api.js";
import { wordsFor } from "../desk/words.js";
import "../gate/gate.js";
import { chooseLook, looks } from "../looks.js";
import type { Regions } from "../room/herald.js";
import { ToastList } from "../room/toasts.js";
import type { LiveController } from "./controller.js";
import "./live-view.js";
import styles from "./page.css?inline";
import { fragmentOf, type Route, routeOf, type Section, sectionsOf } from "./route.js";
import "./set-up/editor.js";
import type { SetUpEditor } from "./set-up/editor.js";
import { KINDS, key } from "./set-up/kinds.js";
import "./set-up/list.js";
import { Objects, type Plural } from "./set-up/objects.js";
import { leaveQuestion } from "./set-up/questions.js";

const SKIP = "#main";

/** Reports `named` when another title is right. */
@customElement("oh-supervisor-page")
export class SupervisorPage extends OffhookElement {
  static override styles = sheets(styles);

  controller!: LiveController;
  regions!: Regions;
  api = new Api();
  objects = new Objects();

  @state() private who: SignedIn | null = null;
  /** Who was signed in last: what they write stays while they sign in again. */
  @state() private last: SignedIn | null = null;
  @state() private changing = false;
  @state() private reason = "";
  @state() private route: Route = routeOf("");
  /** What is done once it is said that unsaved changes may be lost. */
  @state() private leaving: (() => void) | null = null;
  @query("oh-set-up-editor") private editor!: SetUpEditor | null;
  @query("nav [aria-current]") private current!: HTMLElement | null;
  readonly #toasts = new ToastList(() => this.requestUpdate());

  override connectedCallback(): void {
    super.connectedCallback();
    const { controller } = this;
    controller.on("changed", () => this.requestUpdate());
    controller.on("out", () => this.#out(say("signin.over")));
    controller.on("failed", (error) => this.#tell("alert", wordsFor(error)));
    addEventListener("hashchange", this.#follow);
    this.route = routeOf(location.hash);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#follow);
  }

  /** What the page is called now. */
  get heading(): string {
    const { section, id } = this.route;
    if (!this.who || section === "live") {
      return say("live.title");
    }
    const list = say(key(section));
    return id && this.editor ? `${this.editor.heading} · ${list}` : list;
  }

  override render(): TemplateResult {
    return html`<header class="bar">
        ${brand()}<span class="label hide-s">${say("live.nav")}</span><span class="grow"></span>
        ${this.who ? this.#fresh() : nothing}
        ${
          this.who
            ? html`<oh-menu icon="user" .name=${this.who.name || this.who.login} .items=${this.#account()} @choose=${this.#own}></oh-menu>`
            : html`<oh-menu icon="globe" .name=${say("menu.looks")} .items=${looks()} @choose=${this.#own}></oh-menu>`
        }
      </header>
      ${this.#content()} ${this.#dialogs()}
      <oh-toasts .toasts=${this.#toasts.toasts}></oh-toasts>`;
  }

  #nav(sections: readonly Section[]): TemplateResult {
    return html`<nav class="side" aria-label=${say("live.nav")}>
      <ul>
        ${sections.map(
          (section) => html`<li>
            <a class="navi" href=${fragmentOf(section)} aria-current=${section === this.route.section ? "page" : nothing}
              >${icon(iconOf(section))}<span>${section === "live" ? say("live.heading") : say(key(section))}</span></a
            >
          </li>`,
        )}
      </ul>
    </nav>`;
  }

  #fresh(): TemplateResult | typeof nothing {
    return this.controller.standing === "in" && this.route.section === "live"
      ? html`<span class="small muted cluster hide-s">${icon("check", "i-s")}${say("live.up_to_date")}</span>`
      : nothing;
  }

  #account(): MenuItem[] {
    return [
      { id: "password", words: say("signin.change") },
      { id: "out", words: say("signin.out"), ends: true },
      ...looks(),
    ];
  }

  #content(): TemplateResult {
    const { who, last } = this;
    const shut = !who || this.changing;
    return html`${
      shut
        ? html`<oh-gate .api=${this.api} .reason=${this.reason} .changing=${this.changing ? who : null}
            @entered=${this.#entered}></oh-gate>`
        : nothing
    }
    ${last ? keyed(last.login, this.#office(last, shut)) : nothing}`;
  }

  #office({ permissions }: SignedIn, shut: boolean): TemplateResult {
    const sections = sectionsOf(permissions);
    if (!sections.includes(this.route.section)) {
      return this.#nothing(shut);
    }
    return html`<div class="lay" ?hidden=${shut}>${this.#nav(sections)} ${this.#section(permissions, shut)}</div>`;
  }

  #section(permissions: SignedIn["permissions"], shut: boolean): TemplateResult {
    const { controller, route } = this;
    if (route.section !== "live") {
      return this.#setUp(route.section, permissions, shut);
    }
    if (controller.standing === "refused") {
      return this.#nothing(false);
    }
    return html`<main aria-busy=${controller.live ? nothing : "true"} @tell=${this.#told}>
      ${shut ? nothing : html`<oh-live-view .controller=${controller}></oh-live-view>`}
    </main>`;
  }

  #setUp(section: Plural, permissions: SignedIn["permissions"], shut: boolean): TemplateResult {
    const { id } = this.route;
    const kind = KINDS[section];
    const { objects } = this;
    return html`<main @tell=${this.#told} @signed-out=${() => this.#out(say("signin.over"))} @titled=${() => this.report("named")}>
      ${keyed(
        `${section}/${id}`,
        id
          ? html`<oh-set-up-editor .objects=${objects} .permissions=${permissions} .kind=${kind} .itemId=${id} ?shut=${shut}></oh-set-up-editor>`
          : html`<oh-set-up-list .objects=${objects} .permissions=${permissions} .kind=${kind}></oh-set-up-list>`,
      )}
    </main>`;
  }

  #nothing(shut: boolean): TemplateResult {
    return html`<main class="state alone" ?hidden=${shut}>
      ${lineGlyph("ended", "state-mark")}
      <h1>${say("admin.nothing")}</h1>
      <p>${say("admin.nothing.what")}</p>
    </main>`;
  }

  #dialogs(): TemplateResult {
    return html`<oh-confirm ?open=${this.leaving !== null} .question=${leaveQuestion()} @confirm=${() => this.leaving?.()}
      @close=${() => {
        this.leaving = null;
      }}></oh-confirm>`;
  }

  // --- news

  #tell(name: "check" | "alert", words: string): void {
    this.regions.status.textContent = words;
    this.#toasts.add(name, words);
  }

  readonly #told = (event: CustomEvent<string>) => this.#tell("check", event.detail);

  // --- finding one's way

  /** Another place, unless something there is not saved: then it is asked first. */
  readonly #follow = () => {
    const { hash } = location;
    const { section, id } = this.route;
    const wanted = routeOf(hash);
    if (hash === SKIP || (wanted.section === section && wanted.id === id)) {
      return;
    }
    if (!this.editor?.dirty) {
      void this.#go(wanted);
      return;
    }
    history.replaceState(null, "", fragmentOf(section, id));
    this.leaving = () => {
      history.replaceState(null, "", hash);
      void this.#go(wanted);
    };
  };

  async #go(route: Route): Promise<void> {
    this.route = route;
    this.changing = false;
    await this.updateComplete;
    this.report("named");
    scrollTo(0, 0);
    this.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
    const section = this.renderRoot.querySelector<OffhookElement>(".lay > main > *");
    await section?.updateComplete;
    section?.renderRoot.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  }

  #unlessUnsaved(go: () => void): void {
    if (this.editor?.dirty) {
      this.leaving = go;
    } else {
      go();
    }
  }

  // --- signing in and out

  readonly #entered = (event: CustomEvent<SignedIn>) => {
    const again = this.changing;
    this.who = event.detail;
    this.last = event.detail;
    this.reason = "";
    this.changing = false;
    this.report("named");
    if (again) {
      this.#tell("check", say("signin.changed"));
    } else if (sectionsOf(event.detail.permissions).length > 0) {
      this.controller.begin();
    }
  };

  readonly #own = async (event: CustomEvent<string>) => {
    switch (event.detail) {
      case "password":
        this.changing = true;
        return;
      case "out":
        this.#unlessUnsaved(() => void this.#signOut());
        return;
      default:
        await chooseLook(event.detail);
        this.requestUpdate();
    }
  };

  async #signOut(): Promise<void> {
    try {
      await this.api.signOut();
    } catch (error) {
      this.#tell("alert", wordsFor(error));
      return;
    }
    this.controller.close();
    this.last = null;
    this.#out(say("signin.left"));
  }

  #out(reason: string): void {
    this.who = null;
    this.changing = false;
    this.reason = reason;
    this.report("named");
  }
}

function iconOf(section: Section): IconName {
  return section === "live" ? "chart" : KINDS[section].icon;
}
