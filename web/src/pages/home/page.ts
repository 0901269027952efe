// The element of the start page: open a room, the pages there are, and the state of this server.
import { html, nothing, svg, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import { OffhookElement, sheets } from "../../components/element.js";
import "../../components/menu/menu.js";
import { brand, type IconName, icon } from "../../icons.js";
import type { ServerStatus } from "../../protocol.js";
import { say } from "../../words.js";
import { chooseLook, looks } from "../looks.js";
import styles from "./page.css?inline";
import { roomName, serverStatus } from "./status.js";

/** Half heights of the waves of the line, left to right. */
const WAVES = [
  2, 5, 10, 16, 9, 22, 34, 20, 12, 28, 44, 30, 16, 24, 38, 50, 34, 20, 30, 42, 26, 14, 20, 32, 22,
  12, 16, 8, 12, 6, 3, 5, 2,
] as const;

interface Door {
  readonly href: string;
  readonly icon: IconName;
  readonly door: "room" | "admin" | "api";
}

const ROOM: Door = { href: "/r/demo", icon: "people", door: "room" };
const ADMIN: Door = { href: "/admin", icon: "sliders", door: "admin" };
const API: Door = { href: "/docs", icon: "terminal", door: "api" };

@customElement("oh-home-page")
export class HomePage extends OffhookElement {
  static override styles = sheets(styles);

  @state() private status: ServerStatus | null | undefined;
  @state() private unnamed = false;
  @query("#room") private field!: HTMLInputElement;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#ask();
  }

  override render(): TemplateResult {
    return html`<header class="top">
        ${brand()}
        <nav class="cluster" aria-label=${say("home.help")}>
          <a href="/docs">${say("home.door.api")}</a>
          <oh-menu icon="globe" .name=${say("menu.looks")} .items=${looks()}
            @choose=${this.#choose}></oh-menu>
        </nav>
      </header>
      <main>
        ${this.#hero()} ${this.#doors()}
        <div class="two">${this.#server()} ${this.#now()}</div>
      </main>
      <footer class="ft tiny faint">
        <span>Offhook ${this.status?.version ?? ""}</span>
      </footer>`;
  }

  #hero(): TemplateResult {
    return html`<section class="hero">
      ${this.#line()}
      <h1>${say("home.title")}</h1>
      <p class="lead">${say("home.lead")}</p>
      <form class="start" novalidate @submit=${this.#open}>
        <div class="field grow" ?data-invalid=${this.unnamed}>
          <label class="vh" for="room">${say("home.room")}</label>
          <input class="input" id="room" autocomplete="off" autocapitalize="off" spellcheck="false"
            dir="auto" placeholder=${say("home.room")}
            aria-invalid=${this.unnamed ? "true" : nothing}
            aria-describedby=${this.unnamed ? "problem" : nothing}
            @input=${() => {
              this.unnamed = false;
            }} />
          ${
            this.unnamed
              ? html`<p class="problem" id="problem">${icon("alert", "i-s")}${say("home.room.missing")}</p>`
              : nothing
          }
        </div>
        <button class="btn btn-open btn-l" type="submit">${say("home.open")}</button>
      </form>
    </section>`;
  }

  #line(): TemplateResult {
    const bars = WAVES.map((half, place) => {
      const x = 340 + place * 14;
      return svg`<path d=${`M${x} ${60 - half}V${60 + half}`} />`;
    });
    return html`<svg class="hero-line" viewBox="0 0 1120 120" preserveAspectRatio="xMidYMid slice"
      aria-hidden="true" focusable="false">
      <path class="rest" d="M0 60h322" /><g>${bars}</g><path class="rest" d="M806 60h314" />
    </svg>`;
  }

  #doors(): TemplateResult {
    const doors = this.status?.demo ? [ROOM, ADMIN, API] : [ADMIN, API];
    return html`<section aria-labelledby="doors">
      <h2 class="label sec" id="doors">${say("home.doors")}</h2>
      <ul class="doors">
        ${doors.map(
          ({ href, icon: name, door }) => html`<li>
            <a class="door" href=${href}>
              <span class="di">${icon(name)}</span>
              <span class="stack grow dtext"
                ><span class="dt">${say(`home.door.${door}`)}</span
                ><span class="small muted">${say(`home.door.${door}.what`)}</span></span
              >
              <span class="dw tiny faint">${say(`home.door.${door}.who`)}</span>
            </a>
          </li>`,
        )}
      </ul>
    </section>`;
  }

  #server(): TemplateResult {
    const { status } = this;
    return html`<section class="card pad" aria-labelledby="server">
      <div class="spread"><h2 class="h3" id="server">${say("home.server")}</h2>${this.#verdict()}</div>
      ${status === undefined ? this.#loading() : status === null ? this.#away() : this.#checks(status)}
    </section>`;
  }

  #verdict(): TemplateResult | typeof nothing {
    const { status } = this;
    if (!status) {
      return nothing;
    }
    const open = [!status.media, !status.turn].filter(Boolean).length;
    return open === 0
      ? html`<span class="badge" data-tone="live">${icon("check")}${say("home.all_well")}</span>`
      : html`<span class="badge" data-tone=${status.media ? "wait" : "end"}
          >${icon("alert")}${say("home.to_do", { count: open })}</span
        >`;
  }

  #checks(status: ServerStatus): TemplateResult {
    const port = String(status.media_port);
    return html`<ul class="checks small">
      ${this.#check(
        status.media,
        say(status.media ? "home.media" : "home.media.away", { port }),
        say(status.media ? "home.answers" : "home.silent"),
      )}
      ${this.#check(status.turn, say(status.turn ? "home.turn" : "home.turn.missing"), "")}
    </ul>`;
  }

  #check(well: boolean, words: string, state_: string): TemplateResult {
    return html`<li class=${well ? "" : "warn"}>
      ${icon(well ? "check" : "alert", "i-s")}<span class="grow">${words}</span>
      ${state_ ? html`<span class="faint">${state_}</span>` : nothing}
    </li>`;
  }

  #away(): TemplateResult {
    return html`<p class="notice away" data-tone="end">
      ${icon("alert")}<span class="grow">${say("home.away")}</span>
      <button class="btn btn-s" type="button" @click=${this.#ask}>${say("control.retry")}</button>
    </p>`;
  }

  #loading(): TemplateResult {
    return html`<div class="stack loading" aria-hidden="true">
      <div class="skeleton"></div><div class="skeleton"></div>
    </div>`;
  }

  #now(): TemplateResult {
    const { status } = this;
    const number = (value: number | undefined) => value ?? "–";
    return html`<section class="card pad" aria-labelledby="now">
      <h2 class="h3" id="now">${say("home.now")}</h2>
      <dl class="now">
        <div><dt>${say("home.rooms")}</dt><dd class="num">${number(status?.rooms)}</dd></div>
        <div><dt>${say("control.people")}</dt><dd class="num">${number(status?.participants)}</dd></div>
      </dl>
      ${
        status
          ? html`<p class="small muted about">${say(status.demo ? "home.demo" : "home.no_demo")}</p>`
          : nothing
      }
    </section>`;
  }

  readonly #open = (event: Event) => {
    event.preventDefault();
    const name = roomName(this.field.value);
    this.unnamed = name === "";
    if (name) {
      location.assign(`/r/${encodeURIComponent(name)}`);
    } else {
      this.field.focus();
    }
  };

  readonly #ask = async () => {
    this.status = undefined;
    this.status = await serverStatus();
  };

  readonly #choose = (event: CustomEvent<string>) => {
    void chooseLook(event.detail).then(() => this.requestUpdate());
  };
}
