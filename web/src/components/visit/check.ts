// The check of microphone, speaker and camera before somebody is rung.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { icon } from "../../icons.js";
import type { CheckView } from "../../pages/visit/view.js";
import { say } from "../../words.js";
import type { DevicesModel } from "../devices/devices.js";
import "../devices/devices.js";
import "../meter/meter.js";
import { VisitStep } from "./step.js";

/** A level above this is a voice. */
const HEARD = 0.15;

@customElement("oh-visit-check")
export class VisitCheck extends VisitStep {
  @property({ attribute: false }) view!: CheckView;
  @property({ attribute: false }) devices!: DevicesModel;
  @property({ attribute: false }) camera: MediaStreamTrack | null = null;
  @property({ type: Number }) level = 0;
  @property({ type: Boolean }) busy = false;
  @query("video") private readonly picture!: HTMLVideoElement | null;
  @state() private heard = false;
  #shown: MediaStreamTrack | null = null;

  override willUpdate(): void {
    this.heard = this.view.ready && (this.heard || this.level > HEARD);
  }

  override render(): TemplateResult {
    const { view } = this;
    return html`${view.asking ? this.#asking() : nothing} ${view.trouble ? this.#trouble() : nothing}
      <div class="stack">
        <oh-meter .level=${this.level} .listening=${view.ready}></oh-meter>
        ${view.ready ? this.#verdict() : nothing}
        ${this.camera ? html`<div class="self"><video playsinline autoplay .muted=${true} aria-hidden="true"></video></div>` : nothing}
        ${view.offersVideo ? this.#video() : nothing}
        ${
          view.ready
            ? html`<details><summary class="small">${say("visit.devices")}</summary>
          <oh-devices .model=${this.devices}></oh-devices></details>`
            : nothing
        }
      </div>
      <div class="stack tight">
        <button class="btn btn-open btn-l btn-block" type="button" ?disabled=${!view.ready}
          aria-busy=${this.busy ? "true" : nothing} @click=${this.press({ do: "start" })}>
          ${icon(this.busy ? "spin" : "phone")}${say("visit.check.start")}
        </button>
        ${
          view.trouble && view.write
            ? html`<button class="btn btn-block" type="button" @click=${this.press({ do: "go", step: "write" })}>
                ${icon("chat", "i-s")}${say("visit.write")}</button>`
            : nothing
        }
        <button class="btn btn-quiet btn-block" type="button"
          @click=${this.press({ do: "go", step: null })}>${say("visit.check.back")}</button>
      </div>`;
  }

  override updated(): void {
    const { picture, camera } = this;
    if (picture && this.#shown !== camera) {
      picture.srcObject = camera ? new MediaStream([camera]) : null;
    }
    this.#shown = picture ? camera : null;
  }

  #verdict(): TemplateResult {
    return html`<p class="verdict small" ?data-heard=${this.heard}>
      ${this.heard ? icon("check", "i-s") : nothing}${say(this.heard ? "meter.heard" : "meter.silent")}
    </p>`;
  }

  #asking(): TemplateResult {
    return html`<p class="notice" data-tone="info">${icon("mic")}<span>${say("visit.check.asking")}</span></p>`;
  }

  #trouble(): TemplateResult {
    return html`<div class="notice" data-tone="end">
      ${icon("mic-off")}
      <div class="stack tight">
        <p>${this.view.trouble}</p>
        ${
          this.view.retry
            ? html`<button class="btn btn-s start" type="button"
                @click=${this.press({ do: "retry", kind: "microphone" })}>${say("control.retry")}</button>`
            : nothing
        }
      </div>
    </div>`;
  }

  #video(): TemplateResult {
    const { video, cameraTrouble } = this.view;
    return html`<div class="stack tight">
      <div class="spread">
        <span class="small" id="video">${say("visit.check.camera")}</span>
        <button class="switch" type="button" role="switch" aria-checked=${video}
          aria-labelledby="video" aria-describedby="video-hint"
          @click=${this.press({ do: "video", on: !video })}></button>
      </div>
      <p class="hint" id="video-hint">${cameraTrouble ?? say("visit.check.camera.hint")}</p>
    </div>`;
  }
}
