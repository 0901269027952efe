// Before joining: one's own picture and level, name and devices, who is there, and Join.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { CaptureKind, Trouble } from "../../client/devices.js";
import { brand, icon } from "../../icons.js";
import { type Key, locale, say } from "../../words.js";
import type { DevicesModel } from "../devices/devices.js";
import "../devices/devices.js";
import { OffhookElement, sheets } from "../element.js";
import "../meter/meter.js";
import { avatar } from "../people.js";
import styles from "./preview.css?inline";

/** One capture device before joining. */
export interface PreviewDevice {
  readonly track: MediaStreamTrack | null;
  readonly on: boolean;
  readonly asking: boolean;
  readonly trouble: Trouble | null;
}

/** What the preview shows. */
export interface PreviewModel {
  readonly title: string;
  readonly present: readonly { readonly identity: string; readonly name: string }[];
  readonly name: string;
  /** The name comes from the invitation and stays. */
  readonly nameFixed: boolean;
  readonly microphone: PreviewDevice;
  readonly camera: PreviewDevice;
  readonly devices: DevicesModel;
  readonly maySpeak: boolean;
  readonly joining: boolean;
  /** Why joining did not work, in words. */
  readonly failure: string | null;
}

const LONGEST_NAME = 80;
const NAMED = 3;

@customElement("oh-preview")
export class Preview extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: PreviewModel;
  @property({ type: Number }) level = 0;

  @state() private unnamed = false;
  @query("video") private picture!: HTMLVideoElement;
  @query("#name") private field!: HTMLInputElement;
  #shown: MediaStreamTrack | null = null;

  override render(): TemplateResult {
    return html`<header class="top">${brand()}<slot name="top"></slot></header>
      <main>
        <section class="preview" aria-label=${say("preview.label")}>
          ${this.#self()} ${this.#bar()} ${this.#troubles()}
        </section>
        ${this.#form()}
      </main>`;
  }

  override updated(_changed: PropertyValues): void {
    const { track } = this.model.camera;
    if (this.#shown !== track) {
      this.#shown = track;
      this.picture.srcObject = track ? new MediaStream([track]) : null;
    }
  }

  #self(): TemplateResult {
    const { camera, name } = this.model;
    return html`<div class="tile self" role="img" aria-label=${say("preview.camera")}>
      ${camera.track ? nothing : html`<span class="away">${this.#noPicture(name)}</span>`}
      <video playsinline autoplay .muted=${true} aria-hidden="true" ?hidden=${!camera.track}></video>
      <span class="chip">${say("you")}</span>
    </div>`;
  }

  #noPicture(name: string): TemplateResult {
    const { camera } = this.model;
    return html`${name ? avatar(name, name, "av-xl") : icon("cam-off", "i-l")}
      <span class="small">${say(camera.asking ? "preview.camera.asking" : "preview.camera.off")}</span>`;
  }

  #bar(): TemplateResult {
    const { microphone, camera, maySpeak } = this.model;
    const listening = microphone.on && microphone.track !== null;
    if (!maySpeak) {
      return html`<p class="notice">${icon("info")}<span>${say("preview.listen_only")}</span></p>`;
    }
    return html`<div class="devbar" role="group" aria-label=${say("preview.devices")}>
      ${this.#toggle("microphone", microphone)} ${this.#toggle("camera", camera)}
      <span class="cb-sep"></span>
      <oh-meter .level=${this.level} .listening=${listening}></oh-meter>
    </div>`;
  }

  #toggle(kind: CaptureKind, { on, asking }: PreviewDevice): TemplateResult {
    const names: Record<CaptureKind, [Key, Key]> = {
      microphone: ["control.mute", "control.unmute"],
      camera: ["control.camera.stop", "control.camera.start"],
    };
    const glyphs = { microphone: ["mic", "mic-off"], camera: ["cam", "cam-off"] } as const;
    const which = on ? 0 : 1;
    return html`<button
      class="cb"
      type="button"
      ?data-off=${!on}
      aria-busy=${asking ? "true" : nothing}
      @click=${() => this.report("toggle", kind)}
    >
      ${icon(glyphs[kind][which])}<span class="t">${say(names[kind][which])}</span>
    </button>`;
  }

  #troubles(): TemplateResult {
    const { microphone, camera } = this.model;
    const both = microphone.trouble && microphone.trouble === camera.trouble;
    return html`<div class="stack troubles">
      ${
        both
          ? this.#trouble("both", microphone.trouble)
          : html`${this.#trouble("microphone", microphone.trouble)}
            ${this.#trouble("camera", camera.trouble)}`
      }
    </div>`;
  }

  #trouble(kind: CaptureKind | "both", trouble: Trouble | null): TemplateResult | typeof nothing {
    if (!trouble) {
      return nothing;
    }
    const retry = trouble !== "insecure";
    return html`<p class="notice" data-tone=${trouble === "missing" ? "wait" : "end"}>
      ${icon(kind === "camera" ? "cam-off" : "mic-off")}
      <span class="grow">${say(`trouble.${trouble}.${kind}`)}</span>
      ${
        retry
          ? html`<button class="btn btn-s" type="button" @click=${() => this.report("retry", kind)}>
              ${say("control.retry")}
            </button>`
          : nothing
      }
    </p>`;
  }

  #form(): TemplateResult {
    const { model } = this;
    return html`<form class="join" novalidate @submit=${this.#submit}>
      <div class="stack heading">
        <h1><bdi>${model.title}</bdi></h1>
        <p class="muted">${this.#whoIsHere()}</p>
      </div>
      ${this.#faces()}
      <div class="field" ?data-invalid=${this.unnamed}>
        <label for="name">${say("join.name")}</label>
        <input
          class="input"
          id="name"
          autocomplete="name"
          maxlength=${LONGEST_NAME}
          dir="auto"
          .value=${model.name}
          ?readonly=${model.nameFixed}
          aria-invalid=${this.unnamed ? "true" : nothing}
          aria-describedby=${this.unnamed ? "name-problem" : nothing}
          @input=${this.#typed}
        />
        ${
          this.unnamed
            ? html`<p class="problem" id="name-problem">${icon("alert", "i-s")}${say("join.name.missing")}</p>`
            : nothing
        }
      </div>
      <oh-devices .model=${model.devices}></oh-devices>
      ${this.#go()}
    </form>`;
  }

  #go(): TemplateResult {
    const { joining, failure } = this.model;
    return html`<div class="go">
      ${failure ? html`<p class="notice" data-tone="end" role="alert">${icon("alert")}<span>${failure}</span></p>` : nothing}
      <button
        class="btn btn-open btn-l btn-block"
        type="submit"
        aria-busy=${joining ? "true" : nothing}
        @pointerenter=${() => this.report("near")}
        @focus=${() => this.report("near")}
      >
        ${joining ? icon("spin") : nothing}${say("join.join")}
      </button>
    </div>`;
  }

  #whoIsHere(): string {
    const { present } = this.model;
    if (present.length === 0) {
      return say("join.nobody");
    }
    const names = present.slice(0, NAMED).map((person) => person.name);
    const others = present.length - names.length;
    const all = others > 0 ? [...names, say("join.others", { count: others })] : names;
    const list = new Intl.ListFormat(locale()).format(all);
    return say("join.present", { count: present.length, names: list });
  }

  #faces(): TemplateResult | typeof nothing {
    const { present } = this.model;
    return present.length === 0
      ? nothing
      : html`<div class="here" aria-hidden="true">
          ${present.slice(0, 8).map(({ name, identity }) => avatar(name, identity))}
        </div>`;
  }

  readonly #typed = () => {
    this.unnamed = false;
    this.report("name", this.field.value);
  };

  readonly #submit = (event: Event) => {
    event.preventDefault();
    const name = this.field.value.trim();
    this.unnamed = name === "";
    if (this.unnamed) {
      this.field.focus();
    } else if (!this.model.joining) {
      this.report("join", name);
    }
  };
}
