// The controls of the line, always in the same order, the way out last.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { type IconName, icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./call-bar.css?inline";

/** What the bar shows. `busy`: the device is being asked for. */
export interface CallBarModel {
  readonly muted: boolean;
  readonly camera: boolean;
  readonly sharing: boolean;
  readonly microphoneBusy: boolean;
  readonly cameraBusy: boolean;
  readonly canSpeak: boolean;
  readonly canShow: boolean;
  readonly canShare: boolean;
  readonly canChat: boolean;
  readonly chatOpen: boolean;
  readonly unread: number;
  readonly shortcuts: boolean;
}

/** What the bar reports: the name of an action. */
export type CallAction = "microphone" | "camera" | "share" | "chat" | "more" | "leave";

interface Control {
  action: CallAction;
  icon: IconName;
  name: string;
  key?: string;
  state?: "off" | "on";
  busy?: boolean;
  allowed?: boolean;
}

@customElement("oh-call-bar")
export class CallBar extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: CallBarModel;

  override render(): TemplateResult {
    const { model } = this;
    return html`<div class="call-bar" role="group" aria-label=${say("call.controls")}>
      ${this.#pair(this.#microphone())} ${this.#pair(this.#camera())}
      ${model.canShare ? this.#pair(this.#share()) : nothing} ${this.#chat()} ${this.#more()}
      <span class="cb-sep"></span>
      <button class="cb cb-end" type="button" @click=${this.#press("leave")}>
        ${icon("hangup")}<span class="t">${say("control.leave")}</span>
      </button>
    </div>`;
  }

  #microphone(): Control {
    const { muted, microphoneBusy, canSpeak } = this.model;
    return {
      action: "microphone",
      icon: muted ? "mic-off" : "mic",
      name: say(muted ? "control.unmute" : "control.mute"),
      key: "m",
      busy: microphoneBusy,
      allowed: canSpeak,
      ...(muted ? { state: "off" as const } : {}),
    };
  }

  #camera(): Control {
    const { camera, cameraBusy, canShow } = this.model;
    return {
      action: "camera",
      icon: camera ? "cam" : "cam-off",
      name: say(camera ? "control.camera.stop" : "control.camera.start"),
      key: "v",
      busy: cameraBusy,
      allowed: canShow,
      ...(camera ? {} : { state: "off" as const }),
    };
  }

  #share(): Control {
    const { sharing } = this.model;
    return {
      action: "share",
      icon: sharing ? "screen-off" : "screen",
      name: say(sharing ? "control.share.stop" : "control.share.start"),
      key: "s",
      ...(sharing ? { state: "on" as const } : {}),
    };
  }

  #pair({ action, icon: name, name: words, key, state, busy, allowed = true }: Control) {
    return html`<button
      class="cb"
      type="button"
      data-action=${action}
      ?data-off=${state === "off"}
      ?data-on=${state === "on"}
      aria-busy=${busy ? "true" : nothing}
      aria-disabled=${allowed ? nothing : "true"}
      aria-description=${allowed ? nothing : say("control.not_allowed")}
      aria-keyshortcuts=${this.model.shortcuts && key ? key : nothing}
      @click=${allowed ? this.#press(action) : nothing}
    >
      ${icon(name)}<span class="t">${words}</span>
    </button>`;
  }

  #chat(): TemplateResult {
    const { chatOpen, unread, shortcuts } = this.model;
    return html`<button
      class="cb"
      type="button"
      aria-expanded=${chatOpen}
      aria-describedby=${unread > 0 ? "unread" : nothing}
      aria-keyshortcuts=${shortcuts ? "c" : nothing}
      @click=${this.#press("chat")}
    >
      ${icon("chat")}<span class="t">${say("control.chat")}</span>
      ${
        unread > 0
          ? html`<span class="count" aria-hidden="true">${unread > 99 ? "99+" : unread}</span>`
          : nothing
      }
    </button>
    ${
      unread > 0
        ? html`<span class="vh" id="unread">${say("chat.unread", { count: unread })}</span>`
        : nothing
    }`;
  }

  #more(): TemplateResult {
    return html`<slot name="more"></slot>`;
  }

  #press(action: CallAction): () => void {
    return () => this.report<CallAction>("act", action);
  }
}
