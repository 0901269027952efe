// A call on the desk: who is on it, how it stands, the picture, the controls and the chat.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { RoomFiles } from "../../client/files.js";
import { type IconName, icon, type LineState, lineGlyph } from "../../icons.js";
import { say } from "../../words.js";
import "../chat/chat.js";
import type { Chat, ChatLine } from "../chat/chat.js";
import "../desk-bar/desk-bar.js";
import type { DeskBarModel } from "../desk-bar/desk-bar.js";
import { OffhookElement, sheets } from "../element.js";
import "../menu/menu.js";
import "../tile/tile.js";
import type { TileModel } from "../tile/tile.js";
import "../timer/timer.js";
import styles from "./desk-call.css?inline";

/** Something that is so, and what can be done about it. */
export interface DeskNotice {
  readonly id: string;
  readonly tone: "info" | "wait" | "end" | "live";
  readonly icon: IconName;
  readonly words: string;
  readonly actions: readonly NoticeAction[];
}

/** A button of a notice. `main`: the one that is meant to be pressed. */
export interface NoticeAction {
  readonly id: string;
  readonly words: string;
  readonly main?: boolean;
}

/** A canned reply, filled in. */
export interface FilledReply {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** A call as it is drawn. `since`: as `Date.now()` counts. */
export interface DeskCallModel {
  readonly session: string;
  readonly name: string;
  readonly small: string;
  readonly line: LineState;
  readonly words: string;
  readonly since: number | null;
  readonly held: string;
  readonly people: readonly TileModel[];
  readonly me: TileModel | null;
  readonly screen: TileModel | null;
  readonly notices: readonly DeskNotice[];
  readonly bar: DeskBarModel;
  readonly chatOpen: boolean;
  readonly lines: readonly ChatLine[];
  readonly files: RoomFiles | null;
  readonly chatFailure: string;
  readonly replies: readonly FilledReply[];
}

/** Reports `act`, `choose`, `notice` with the id of what was pressed, and `say`. */
@customElement("oh-desk-call")
export class DeskCall extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: DeskCallModel;
  @query("oh-chat") private readonly chat!: Chat | null;

  /** Put the cursor where one writes to the customer. */
  focusChat(): void {
    this.chat?.focusField();
  }

  /** Empty the field after what was in it was sent. */
  sent(): void {
    this.chat?.sent();
  }

  override render(): TemplateResult {
    const { model } = this;
    return html`<div class="head">
        <div class="grow">
          <h1><bdi>${model.name}</bdi></h1>
          <p class="small muted">${model.small}</p>
        </div>
        <span class="line" data-line=${model.line}>${lineGlyph(model.line)}${model.words}</span>
        ${
          model.since === null
            ? nothing
            : html`<oh-timer class="large" .label=${say("desk.talking_for")} .since=${model.since}></oh-timer>`
        }
      </div>
      ${repeat(
        model.notices,
        ({ id }) => id,
        (notice) => this.#notice(notice),
      )}
      ${this.#stage(model)}
      <oh-desk-bar .model=${model.bar}></oh-desk-bar>
      ${model.chatOpen ? this.#chat(model) : nothing}`;
  }

  #notice({ id, tone, icon: name, words, actions }: DeskNotice): TemplateResult {
    return html`<div class="notice" data-tone=${tone} data-id=${id}>
      ${icon(name)}<p class="grow">${words}</p>
      ${
        actions.length > 0
          ? html`<span class="cluster">
              ${actions.map(
                (
                  action,
                ) => html`<button class="btn btn-s ${action.main ? "btn-ink" : ""}" type="button"
                  @click=${() => this.report("notice", action.id)}>${action.words}</button>`,
              )}
            </span>`
          : nothing
      }
    </div>`;
  }

  #stage({ people, me, screen, held }: DeskCallModel): TemplateResult {
    const small = screen ? [...people, ...(me ? [me] : [])] : me ? [me] : [];
    return html`<div class="stage" ?data-held=${held !== ""} ?data-screen=${screen !== null}>
      <div class="tiles" data-count=${screen ? 1 : people.length}>
        ${
          screen
            ? html`<oh-tile .model=${screen}></oh-tile>`
            : repeat(
                people,
                ({ key }) => key,
                (tile) => html`<oh-tile .model=${tile}></oh-tile>`,
              )
        }
      </div>
      <div class="minis">
        ${repeat(
          small,
          ({ key }) => key,
          (tile) => html`<oh-tile .model=${tile}></oh-tile>`,
        )}
      </div>
      ${held ? html`<p class="held"><span class="line" data-line="hold">${lineGlyph("hold")}${held}</span></p>` : nothing}
    </div>`;
  }

  #chat({ lines, files, chatFailure, name, replies }: DeskCallModel): TemplateResult {
    return html`<section class="chat" aria-label=${say("desk.chat.with", { name })}>
      <oh-chat bare .lines=${lines} .files=${files} .failure=${chatFailure} .placeholder=${say("desk.chat.write", { name })}
        .empty=${say("desk.chat.empty", { name })}>
        ${
          replies.length > 0
            ? html`<oh-menu slot="tools" look="icon" icon="book" .name=${say("desk.replies")}
                .items=${replies.map(({ id, title }) => ({ id, words: title }))} @choose=${this.#insert}></oh-menu>`
            : nothing
        }
      </oh-chat>
    </section>`;
  }

  readonly #insert = (event: CustomEvent<string>) => {
    event.stopPropagation();
    const reply = this.model.replies.find(({ id }) => id === event.detail);
    if (reply) {
      this.chat?.insert(reply.text);
    }
  };
}
