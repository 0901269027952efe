// The call itself: head, stage, controls, and the panel with chat or people.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import type { RoomFiles } from "../../client/files.js";
import { icon, lineGlyph } from "../../icons.js";
import { type Key, say } from "../../words.js";
import type { CallBarModel } from "../call-bar/call-bar.js";
import "../call-bar/call-bar.js";
import type { Chat, ChatLine } from "../chat/chat.js";
import "../chat/chat.js";
import { OffhookElement, sheets } from "../element.js";
import type { MenuItem } from "../menu/menu.js";
import "../menu/menu.js";
import type { BannedRow, PersonRow } from "../people-panel/people-panel.js";
import "../people-panel/people-panel.js";
import "../stage/stage.js";
import type { TileModel } from "../tile/tile.js";
import "../timer/timer.js";
import styles from "./call.css?inline";

/** Something that is true now and has to be known. `action`: the name of its button. */
export interface Notice {
  readonly id: string;
  readonly tone: "wait" | "end" | "info" | "live";
  readonly words: string;
  readonly action?: string;
}

export type Panel = "chat" | "people" | null;

/** What the call shows. */
export interface CallModel {
  readonly title: string;
  readonly since: number;
  readonly line: "live" | "lost" | "open";
  readonly weak: boolean;
  readonly people: readonly TileModel[];
  readonly screen: TileModel | null;
  readonly bar: CallBarModel;
  readonly menu: readonly MenuItem[];
  readonly panel: Panel;
  readonly rows: readonly PersonRow[];
  readonly moderates: boolean;
  readonly locked: boolean;
  readonly banned: readonly BannedRow[];
  readonly lines: readonly ChatLine[];
  readonly files: RoomFiles | null;
  readonly mayChat: boolean;
  readonly chatFailure: string;
  readonly notices: readonly Notice[];
  readonly alone: boolean;
}

const LINES: Readonly<Record<CallModel["line"], Key>> = {
  live: "line.live",
  lost: "line.lost",
  open: "line.connecting",
};

@customElement("oh-call")
export class Call extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: CallModel;
  @query("oh-chat") private readonly chat!: Chat | null;

  /** Put the cursor into the open panel. */
  async enterPanel(): Promise<void> {
    await this.updateComplete;
    await this.chat?.updateComplete;
    if (this.model.panel === "chat") {
      this.chat?.focusField();
    } else {
      this.renderRoot.querySelector<HTMLElement>(".panel")?.focus();
    }
  }

  /** Empty the field of the chat after its text was sent. */
  sent(): void {
    this.chat?.sent();
  }

  override render(): TemplateResult {
    const { model } = this;
    return html`<div class="room" ?data-panel=${model.panel !== null}>
      ${this.#head()}
      <main class="stage" aria-label=${say("stage.label")}>
        ${this.#notices()}
        <oh-stage .people=${model.people} .screen=${model.screen}></oh-stage>
      </main>
      <footer class="foot">${this.#bar()}</footer>
      ${model.panel ? this.#panel() : nothing}
    </div>`;
  }

  #head(): TemplateResult {
    const { model } = this;
    return html`<header class="head">
      <div class="cluster grow title">
        <h1 class="cut"><bdi>${model.title}</bdi></h1>
        <span class="sep" aria-hidden="true"></span>
        <span class="line" data-line=${model.line}
          >${lineGlyph(model.line)}<span class=${model.line === "live" ? "vh" : ""}
            >${say(LINES[model.line])}</span
          >${model.line === "live" ? html`<oh-timer .since=${model.since}></oh-timer>` : nothing}</span
        >
        ${
          model.locked
            ? html`<span class="badge" title=${say("room.locked.badge")}
                >${icon("lock")}<span class="words">${say("room.locked.badge")}</span></span
              >`
            : nothing
        }
      </div>
      <button class="btn btn-s btn-quiet" type="button" title=${say("connection.title")}
        @click=${this.#report("connection")} ?data-weak=${model.weak}>
        ${icon(model.weak ? "signal-low" : "signal", "i-s")}<span
          class=${model.weak ? "hide-s" : "vh"}
          >${say(model.weak ? "quality.poor" : "connection.title")}</span>
      </button>
      <button class="btn btn-s btn-quiet hide-s" type="button" @click=${this.#report("copy-link")}>
        ${icon("link", "i-s")}${say("control.copy")}
      </button>
      <button class="btn btn-s btn-quiet hide-s" type="button" id="people-button"
        aria-expanded=${model.panel === "people"} aria-keyshortcuts=${model.bar.shortcuts ? "p" : nothing}
        @click=${(event: MouseEvent) => this.report("people", event.detail === 0)}>
        ${icon("people", "i-s")}${say("control.people")} <span class="num">${model.rows.length}</span>
      </button>
    </header>`;
  }

  #notices(): TemplateResult {
    return html`<div class="notices">
      ${this.model.notices.map(
        ({ id, tone, words, action }) => html`<p class="notice" data-tone=${tone}>
          ${icon(tone === "wait" ? "spin" : tone === "info" ? "info" : "alert", tone === "wait" ? "turning" : "")}
          <span class="grow">${words}</span>
          ${
            action
              ? html`<button class="btn btn-s" type="button" @click=${() => this.report("notice", id)}>
                  ${action}
                </button>`
              : nothing
          }
        </p>`,
      )}
    </div>`;
  }

  #bar(): TemplateResult {
    return html`<oh-call-bar id="controls" .model=${this.model.bar}>
      <oh-menu slot="more" look="bar" .name=${say("control.more")} .items=${this.model.menu}></oh-menu>
    </oh-call-bar>`;
  }

  #panel(): TemplateResult {
    const { model } = this;
    const isChat = model.panel === "chat";
    return html`<aside class="panel" tabindex="-1" @keydown=${this.#onPanelKey}
      aria-label=${say(isChat ? "control.chat" : "control.people")}>
      ${
        isChat
          ? html`<oh-chat .lines=${model.lines} .files=${model.files} .allowed=${model.mayChat} .failure=${model.chatFailure}
              @close=${this.#report("close-panel")}></oh-chat>`
          : html`<oh-people-panel .people=${model.rows} .banned=${model.banned} ?moderates=${model.moderates}
              @close=${this.#report("close-panel")}></oh-people-panel>`
      }
    </aside>`;
  }

  readonly #onPanelKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      this.report("close-panel");
    }
  };

  #report(name: string): () => void {
    return () => this.report(name);
  }
}
