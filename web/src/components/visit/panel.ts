// The panel: its head, the step the visitor is at, and its foot.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { icon, lineGlyph } from "../../icons.js";
import type { BookedView, InsteadView, Notice, RingingView, View } from "../../pages/visit/view.js";
import { nameOfLanguage, say, words } from "../../words.js";
import type { DevicesModel } from "../devices/devices.js";
import "../menu/menu.js";
import { avatar } from "../people.js";
import "./check.js";
import "./ended.js";
import "./forms.js";
import { VisitStep } from "./step.js";
import type { TalkModel, VisitTalking } from "./talking.js";
import "./talking.js";
import type { MusicModel } from "./waiting.js";
import "./waiting.js";

/** Everything that the panel draws. */
export interface PanelModel {
  readonly view: View;
  readonly talk: TalkModel | null;
  readonly music: MusicModel;
  readonly devices: DevicesModel;
  readonly camera: MediaStreamTrack | null;
  /** The languages of the site. */
  readonly languages: readonly string[];
  readonly site: string;
  /** Whether there is a page to fold into. */
  readonly folds: boolean;
}

@customElement("oh-visit-panel")
export class VisitPanel extends VisitStep {
  @property({ attribute: false }) model!: PanelModel;
  /** The microphone's level, from 0 to 1. */
  @property({ type: Number }) level = 0;
  @query("oh-visit-talking") readonly talking!: VisitTalking | null;
  @query(".wb") private readonly body!: HTMLElement;
  @query("h1") private readonly heading!: HTMLElement;
  #observer: ResizeObserver | undefined;

  override render(): TemplateResult {
    const { view, folds } = this.model;
    return html`<header class="wh">
        <h1 tabindex="-1"><bdi>${view.title}</bdi></h1>
        ${
          folds
            ? html`<button class="btn btn-quiet btn-icon btn-s" type="button" aria-label=${say("visit.fold")}
                title=${say("visit.fold")} @click=${this.press({ do: "fold" })}>${icon("down")}</button>`
            : nothing
        }
      </header>
      <main class="scroller" tabindex="0" aria-label=${say("visit.panel", { site: this.model.site })}>
        <div class="wb">${this.#warnings()} ${this.#step()}</div>
      </main>
      ${this.#foot()}`;
  }

  override firstUpdated(): void {
    if ("ResizeObserver" in globalThis) {
      this.#observer = new ResizeObserver(() => this.#measure());
      for (const part of this.renderRoot.querySelectorAll(".wh, .wb, .wf")) {
        this.#observer.observe(part);
      }
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  /** A new step is read from its top, and by who reads with the ears, from its title. */
  override updated(changed: PropertyValues<this>): void {
    const before = changed.get("model")?.view.body.kind;
    if (before && before !== this.model.view.body.kind && this.matches(":focus-within")) {
      this.heading.focus();
    }
    this.#measure();
  }

  #measure(): void {
    const parts = [...this.renderRoot.querySelectorAll<HTMLElement>(".wh, .wb, .wf")];
    const height = parts.reduce((sum, part) => sum + part.offsetHeight, 0);
    if (this.body && height > 0) {
      this.report("size", height);
    }
  }

  #warnings(): TemplateResult {
    const { lost, failure, soundBlocked } = this.model.view;
    return html`${lost ? html`<p class="notice" data-tone="wait">${icon("spin")}<span>${lost}</span></p>` : nothing}
    ${failure ? html`<p class="notice" data-tone="end" role="alert">${icon("alert")}<span>${failure}</span></p>` : nothing}
    ${
      soundBlocked
        ? html`<div class="notice" data-tone="info">${icon("volume")}<span class="grow">${say("device.sound")}</span>
            <button class="btn btn-s" type="button" @click=${this.press({ do: "sound" })}>${say("device.sound.tap")}</button></div>`
        : nothing
    }`;
  }

  #step(): TemplateResult {
    const { view, talk, music, devices, camera } = this.model;
    const { body, busy } = view;
    switch (body.kind) {
      case "form":
        return html`<oh-visit-form .view=${body} .busy=${busy}></oh-visit-form>`;
      case "book":
        return html`<oh-visit-book .view=${body} .busy=${busy}></oh-visit-book>`;
      case "write":
        return html`<oh-visit-write .view=${body} .busy=${busy}></oh-visit-write>`;
      case "check":
        return html`<oh-visit-check .view=${body} .busy=${busy} .devices=${devices} .camera=${camera}
          .level=${this.level}></oh-visit-check>`;
      case "waiting":
        return html`<oh-visit-waiting .view=${body} .busy=${busy} .music=${music}></oh-visit-waiting>`;
      case "talking":
        return talk
          ? html`<oh-visit-talking .view=${body} .talk=${talk}></oh-visit-talking>`
          : html``;
      case "ended":
        return html`<oh-visit-ended .view=${body} .busy=${busy}></oh-visit-ended>`;
      case "notice":
        return this.#notice(body);
      case "instead":
        return this.#instead(body);
      case "booked":
        return this.#booked(body);
      case "ringing":
        return this.#ringing(body);
    }
  }

  #notice({ line, words: sentence, action }: Notice): TemplateResult {
    return html`<div class="wait">
        <span class="line" data-line=${line === "open" ? "flat" : line}>${lineGlyph(line)}</span>
        <p class="muted">${sentence}</p>
      </div>
      ${
        action
          ? html`<button class="btn btn-ink btn-l btn-block" type="button"
              @click=${this.press({ do: action.id })}>${action.words}</button>`
          : nothing
      }`;
  }

  #instead({ words: sentence, callback, write }: InsteadView): TemplateResult {
    return html`<div class="wait">
        <span class="line" data-line="flat">${lineGlyph("flat")}</span>
        <p class="muted">${sentence}</p>
        ${callback || write ? nothing : html`<p class="muted">${say("visit.instead.none")}</p>`}
      </div>
      ${
        callback || write
          ? html`<div class="alt">
              <p class="small"><strong>${say("visit.instead")}</strong></p>
              ${callback ? html`<button class="btn btn-ink btn-l btn-block" type="button" @click=${this.press({ do: "go", step: "book" })}>${icon("calendar")}${say("visit.call_me")}</button>` : nothing}
              ${write ? html`<button class="btn btn-l btn-block" type="button" @click=${this.press({ do: "go", step: "write" })}>${icon("chat")}${say("visit.write")}</button>` : nothing}
            </div>`
          : nothing
      }`;
  }

  #booked({ words: sentence, stay, link, change }: BookedView): TemplateResult {
    return html`<div class="wait">
        <span class="line" data-line=${stay ? "ringing" : "flat"}>${lineGlyph(stay ? "wrap" : "ended")}</span>
        <p class="strong">${sentence}</p>
        ${stay ? html`<p class="muted small">${say("visit.callback.stay")}</p>` : nothing}
      </div>
      ${link ? html`<button class="btn btn-block" type="button" @click=${this.press({ do: "copy", link })}>${icon("copy", "i-s")}${say("visit.callback.copy")}</button>` : nothing}
      ${change ? html`<button class="btn btn-block" type="button" @click=${this.press({ do: "go", step: "book" })}>${icon("calendar", "i-s")}${say("visit.callback.change")}</button>` : nothing}
      ${
        stay
          ? html`<button class="btn btn-quiet btn-danger btn-block" type="button" @click=${this.press({ do: "cancel-callback" })}>${say("visit.callback.cancel")}</button>`
          : html`<button class="btn btn-open btn-l btn-block" type="button" @click=${this.press({ do: "again" })}>${icon("phone")}${say("visit.call")}</button>`
      }`;
  }

  #ringing({ name, identity }: RingingView): TemplateResult {
    return html`<div class="wait">
        ${avatar(name, identity, "av-xl")}
        <span class="line" data-line="ringing">${lineGlyph("ringing")}</span>
        <p class="muted">${say("visit.callback.rings.what")}</p>
      </div>
      <div class="two">
        <button class="btn btn-l" type="button" @click=${this.press({ do: "hang-up" })}>${say("visit.not_now")}</button>
        <button class="btn btn-open btn-l" type="button" @click=${this.press({ do: "answer" })}>${icon("phone")}${say("visit.answer")}</button>
      </div>`;
  }

  #foot(): TemplateResult {
    const { languages } = this.model;
    const here = words().language;
    return html`<footer class="wf">
      ${
        languages.length > 1
          ? html`<label class="lang"
              >${icon("globe")}<span class="vh">${say("visit.language")}</span
              ><select @change=${this.#chose}>${languages.map(
                (code) =>
                  html`<option value=${code} .selected=${code === here}>${nameOfLanguage(code)}</option>`,
              )}</select></label
            >`
          : html`<span></span>`
      }
      <a href="/" target="_blank" rel="noopener">${say("visit.made_with")}</a>
    </footer>`;
  }

  readonly #chose = (event: Event) => {
    this.act({ do: "language", language: (event.target as HTMLSelectElement).value });
  };
}
