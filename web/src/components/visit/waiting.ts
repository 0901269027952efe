// Waiting: the place in the queue, the music, and what else one can do.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { icon, lineGlyph } from "../../icons.js";
import type { WaitingView } from "../../pages/visit/view.js";
import { locale, say } from "../../words.js";
import { VisitStep } from "./step.js";

/** The music as it is set. */
export interface MusicModel {
  readonly on: boolean;
  readonly volume: number;
}

@customElement("oh-visit-waiting")
export class VisitWaiting extends VisitStep {
  @property({ attribute: false }) view!: WaitingView;
  @property({ attribute: false }) music!: MusicModel;
  @property({ type: Boolean }) busy = false;

  override render(): TemplateResult {
    const { position, words, music, callback, write } = this.view;
    return html`<div class="wait">
        <span class="line" data-line="ringing">${lineGlyph("ringing")}</span>
        ${
          position === null
            ? nothing
            : html`<p class="label">${say("visit.place")}</p>
                <p class="pos num">${new Intl.NumberFormat(locale()).format(position)}</p>`
        }
        <p class="muted">${words}</p>
      </div>
      ${music ? this.#music() : nothing} ${callback || write ? this.#rather() : nothing}
      <button class="btn btn-end btn-block" type="button" aria-busy=${this.busy ? "true" : nothing}
        @click=${this.press({ do: "hang-up" })}>${icon("hangup")}${say("visit.hang_up")}</button>`;
  }

  #music(): TemplateResult {
    const { on, volume } = this.music;
    return html`<div class="music">
      ${icon("volume", "i-flip")}<span class="grow" id="music">${say("visit.music")}</span>
      <input class="range" type="range" min="0" max="1" step="0.05" .value=${String(volume)}
        ?disabled=${!on} aria-label=${say("visit.music.volume")} @input=${this.#louder} />
      <button class="switch" type="button" role="switch" aria-checked=${on} aria-labelledby="music"
        @click=${this.press({ do: "music", on: !on })}></button>
    </div>`;
  }

  #rather(): TemplateResult {
    const { callback, write } = this.view;
    return html`<div class="alt">
      <p class="small">
        <strong>${say("visit.rather")}</strong>
        ${callback ? html`<span class="muted">${say("visit.rather.callback")}</span>` : nothing}
      </p>
      <div class="two">
        ${
          callback
            ? html`<button class="btn" type="button" @click=${this.press({ do: "go", step: "book" })}>
                ${icon("calendar", "i-s")}${say("visit.call_me")}</button>`
            : nothing
        }
        ${
          write
            ? html`<button class="btn" type="button" @click=${this.press({ do: "go", step: "write" })}>
                ${icon("chat", "i-s")}${say("visit.write")}</button>`
            : nothing
        }
      </div>
    </div>`;
  }

  readonly #louder = (event: Event) => {
    this.act({ do: "music-volume", to: Number((event.target as HTMLInputElement).value) });
  };
}
