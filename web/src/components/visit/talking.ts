// The call in the panel: who is there, their picture, the chat, and the controls of the line.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import type { RoomFiles } from "../../client/files.js";
import { type IconName, icon, type LineState, lineGlyph } from "../../icons.js";
import type { TalkingView } from "../../pages/visit/view.js";
import { say } from "../../words.js";
import type { Chat, ChatLine } from "../chat/chat.js";
import "../chat/chat.js";
import type { DevicesModel } from "../devices/devices.js";
import "../devices/devices.js";
import { avatar } from "../people.js";
import type { TileModel } from "../tile/tile.js";
import "../tile/tile.js";
import "../timer/timer.js";
import type { VisitAct } from "./act.js";
import { VisitStep } from "./step.js";

/** What is known of the room and the devices. */
export interface TalkModel {
  readonly line: LineState;
  readonly word: string;
  readonly since: number;
  readonly quality: { readonly icon: IconName; readonly words: string } | null;
  readonly tiles: readonly TileModel[];
  readonly lines: readonly ChatLine[];
  readonly files: RoomFiles | null;
  readonly mayChat: boolean;
  readonly chatFailure: string;
  readonly muted: boolean;
  readonly microphoneBusy: boolean;
  readonly camera: boolean;
  readonly cameraBusy: boolean;
  readonly mayShow: boolean;
  readonly sharing: boolean;
  readonly mayShare: boolean;
  readonly speaking: boolean;
  readonly notices: readonly TalkNotice[];
  readonly devices: DevicesModel;
  readonly volume: number;
}

/** Something that is true now and has to be known. */
export interface TalkNotice {
  readonly tone: "wait" | "end" | "info";
  readonly words: string;
  readonly act?: { readonly words: string; readonly act: VisitAct };
}

@customElement("oh-visit-talking")
export class VisitTalking extends VisitStep {
  @property({ attribute: false }) view!: TalkingView;
  @property({ attribute: false }) talk!: TalkModel;
  @state() private settings = false;
  @query("oh-chat") private readonly chat!: Chat | null;

  /** What was written was sent. */
  sent(): void {
    this.chat?.sent();
  }

  override render(): TemplateResult {
    const { view, talk } = this;
    return html`${talk.tiles.length > 0 ? this.#tiles() : this.#person()}
      <div class="spread status">
        <span class="line" data-line=${talk.line}
          >${lineGlyph(talk.line)}<span>${talk.word}</span>${
            view.connected ? html`<oh-timer .since=${talk.since}></oh-timer>` : nothing
          }</span
        >
        ${view.recording ? html`<span class="rec">${say("visit.recording")}</span>` : nothing}
        <button class="btn btn-quiet btn-icon btn-s" type="button" aria-expanded=${this.settings}
          aria-controls="settings" aria-label=${say("visit.devices")} title=${say("visit.devices")}
          @click=${() => {
            this.settings = !this.settings;
          }}>${icon("sliders")}</button>
      </div>
      ${talk.quality ? html`<p class="quality small muted">${icon(talk.quality.icon, "i-s")}${talk.quality.words}</p>` : nothing}
      ${this.settings ? this.#settings() : nothing}
      ${talk.notices.map((notice) => this.#notice(notice))}
      ${
        view.connected
          ? html`<oh-chat bare .lines=${talk.lines} .files=${talk.files} .allowed=${talk.mayChat}
              .failure=${talk.chatFailure} placeholder=${say("visit.chat.write", { name: view.name })}
              empty=${say("visit.chat.empty")}></oh-chat>`
          : nothing
      }
      ${this.#bar()}`;
  }

  #tiles(): TemplateResult {
    return html`<div class="tiles" data-count=${this.talk.tiles.length}>
      ${repeat(
        this.talk.tiles,
        ({ key }) => key,
        (tile) => html`<oh-tile .model=${tile}></oh-tile>`,
      )}
    </div>`;
  }

  #person(): TemplateResult {
    const { view, talk } = this;
    return html`<div class="person">
      <span class=${talk.speaking ? "who av-ring" : "who"}>${avatar(view.name, view.identity, "av-xl")}</span>
      ${view.others ? html`<p class="small muted">${view.others}</p>` : nothing}
    </div>`;
  }

  #settings(): TemplateResult {
    return html`<div class="stack settings" id="settings">
      <div class="field">
        <label for="volume">${say("visit.volume")}</label>
        <input class="range" id="volume" type="range" min="0" max="1" step="0.05"
          .value=${String(this.talk.volume)} @input=${this.#louder} />
      </div>
      <oh-devices .model=${this.talk.devices}></oh-devices>
    </div>`;
  }

  #notice({ tone, words, act }: TalkNotice): TemplateResult {
    return html`<div class="notice" data-tone=${tone}>
      ${icon(tone === "end" ? "alert" : "info")}<span class="grow">${words}</span>
      ${act ? html`<button class="btn btn-s" type="button" @click=${this.press(act.act)}>${act.words}</button>` : nothing}
    </div>`;
  }

  #bar(): TemplateResult {
    const { talk, view } = this;
    const microphone = talk.muted ? "control.unmute" : "control.mute";
    const camera = talk.camera ? "control.camera.stop" : "control.camera.start";
    const share = talk.sharing ? "control.share.stop" : "control.share.start";
    const off = (is: boolean) => (is ? "off" : null);
    return html`<div class="call-bar call-bar-labels bar" role="group" aria-label=${say("call.controls")}>
      ${this.#pair(talk.muted ? "mic-off" : "mic", say(microphone), { do: "toggle", kind: "microphone" }, off(talk.muted), talk.microphoneBusy)}
      ${view.video && talk.mayShow ? this.#pair(talk.camera ? "cam" : "cam-off", say(camera), { do: "toggle", kind: "camera" }, null, talk.cameraBusy) : nothing}
      ${talk.mayShare ? this.#pair(talk.sharing ? "screen-off" : "screen", say(share), { do: "share" }, talk.sharing ? "on" : null, false) : nothing}
      <button class="cb cb-end" type="button" @click=${this.press({ do: "hang-up" })}>
        ${icon("hangup")}<span class="t">${say("visit.hang_up")}</span>
      </button>
    </div>`;
  }

  #pair(
    name: IconName,
    words: string,
    act: VisitAct,
    state: "off" | "on" | null,
    busy: boolean,
  ): TemplateResult {
    return html`<button class="cb" type="button" ?data-off=${state === "off"} ?data-on=${state === "on"}
      aria-busy=${busy ? "true" : nothing} @click=${this.press(act)}>
      ${icon(name)}<span class="t">${words}</span>
    </button>`;
  }

  readonly #louder = (event: Event) => {
    this.act({ do: "volume", to: Number((event.target as HTMLInputElement).value) });
  };
}
