// The controls of an agent's call, always in the same order, the way out last.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { type IconName, icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import "../menu/menu.js";
import type { MenuItem } from "../menu/menu.js";
import styles from "./desk-bar.css?inline";

/** What the bar shows. `leads`: the customer is this agent's, to hold and to pass on. */
export interface DeskBarModel {
  readonly muted: boolean;
  readonly camera: boolean;
  readonly sharing: boolean;
  readonly microphoneBusy: boolean;
  readonly cameraBusy: boolean;
  readonly canShare: boolean;
  readonly leads: boolean;
  readonly held: boolean;
  readonly holdBusy: boolean;
  readonly canHold: boolean;
  readonly canTransfer: boolean;
  readonly chatOpen: boolean;
  readonly unread: number;
  readonly shortcuts: boolean;
  readonly menu: readonly MenuItem[];
}

/** What the bar reports as `act`. */
export type DeskAction =
  | "microphone"
  | "camera"
  | "hold"
  | "share"
  | "transfer"
  | "chat"
  | "hang-up";

interface Control {
  action: DeskAction;
  icon: IconName;
  name: string;
  keys?: string;
  mark?: "off" | "on" | "held";
  busy?: boolean;
  rare?: boolean;
  popup?: "dialog";
}

@customElement("oh-desk-bar")
export class DeskBar extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: DeskBarModel;

  override render(): TemplateResult {
    const { model } = this;
    return html`<div class="call-bar" role="group" aria-label=${say("call.controls")}>
      ${this.#control(this.#microphone())} ${this.#control(this.#camera())}
      ${model.leads ? this.#control(this.#hold()) : nothing}
      ${model.canShare ? this.#control(this.#share()) : nothing}
      ${model.leads ? this.#control(this.#transfer()) : nothing} ${this.#chat()}
      <oh-menu look="bar" icon="more" .name=${say("control.more")} .items=${model.menu}></oh-menu>
      <span class="cb-sep"></span>
      <button class="cb cb-end" type="button" aria-keyshortcuts=${model.shortcuts ? "Alt+E" : nothing}
        @click=${this.#press("hang-up")}>
        ${icon("hangup")}<span class="t">${say("desk.hang_up")}</span>
      </button>
    </div>`;
  }

  #microphone(): Control {
    const { muted, microphoneBusy } = this.model;
    return {
      action: "microphone",
      icon: muted ? "mic-off" : "mic",
      name: say(muted ? "control.unmute" : "control.mute"),
      keys: "m",
      busy: microphoneBusy,
      ...(muted ? { mark: "off" as const } : {}),
    };
  }

  #camera(): Control {
    const { camera, cameraBusy } = this.model;
    return {
      action: "camera",
      icon: camera ? "cam" : "cam-off",
      name: say(camera ? "control.camera.stop" : "control.camera.start"),
      keys: "v",
      busy: cameraBusy,
    };
  }

  #hold(): Control {
    const { held, holdBusy } = this.model;
    return {
      action: "hold",
      icon: held ? "play" : "pause",
      name: say(held ? "desk.resume" : "desk.hold"),
      keys: "Alt+H",
      busy: holdBusy,
      ...(held && this.model.canHold ? { mark: "held" as const } : {}),
    };
  }

  #share(): Control {
    const { sharing } = this.model;
    return {
      action: "share",
      icon: sharing ? "screen-off" : "screen",
      name: say(sharing ? "control.share.stop" : "control.share.start"),
      rare: !sharing,
      ...(sharing ? { mark: "on" as const } : {}),
    };
  }

  #transfer(): Control {
    return {
      action: "transfer",
      icon: "transfer",
      name: say("desk.transfer"),
      keys: "Alt+T",
      popup: "dialog",
    };
  }

  #control({ action, icon: name, name: words, keys, mark, busy, rare, popup }: Control) {
    const { canHold, canTransfer } = this.model;
    const off = (action === "transfer" && !canTransfer) || (action === "hold" && !canHold);
    return html`<button
      class="cb ${rare ? "rare" : ""}"
      type="button"
      data-action=${action}
      ?data-off=${mark === "off"}
      ?data-on=${mark === "on"}
      ?data-held=${mark === "held"}
      aria-busy=${busy ? "true" : nothing}
      aria-disabled=${off ? "true" : nothing}
      aria-haspopup=${popup ?? nothing}
      aria-keyshortcuts=${this.model.shortcuts && keys ? keys : nothing}
      @click=${off ? nothing : this.#press(action)}
    >
      ${icon(name)}<span class="t">${words}</span>
    </button>`;
  }

  #chat(): TemplateResult {
    const { chatOpen, unread, shortcuts } = this.model;
    return html`<button
      class="cb rare"
      type="button"
      aria-expanded=${chatOpen}
      aria-describedby=${unread > 0 ? "unread" : nothing}
      aria-keyshortcuts=${shortcuts ? "c" : nothing}
      @click=${this.#press("chat")}
    >
      ${icon("chat")}<span class="t">${say("control.chat")}</span>
      ${unread > 0 ? html`<span class="count" aria-hidden="true">${unread > 99 ? "99+" : unread}</span>` : nothing}
    </button>
    ${unread > 0 ? html`<span class="vh" id="unread">${say("chat.unread", { count: unread })}</span>` : nothing}`;
  }

  #press(action: DeskAction): () => void {
    return () => this.report<DeskAction>("act", action);
  }
}
