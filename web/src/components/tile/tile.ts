// One participant or one shared screen: a figure with a picture, a name and what is to be known.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { type IconName, icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import { avatar } from "../people.js";
import styles from "./tile.css?inline";

/** What a tile shows. */
export interface TileModel {
  /** Stays the same for the same thing shown. */
  readonly key: string;
  readonly kind: "person" | "screen";
  /** The accessible name of the figure. */
  readonly label: string;
  /** What is written on it. */
  readonly caption: string;
  readonly name: string;
  readonly identity: string;
  readonly mine: boolean;
  /** The server's id of the video track, to tell how large it is shown. */
  readonly sid: string | null;
  readonly video: MediaStreamTrack | null;
  readonly muted: boolean;
  readonly speaking: boolean;
  readonly note: "weak" | "reconnecting" | "paused" | null;
}

/** How large a tile's video is shown, in device pixels. */
export interface ShownDetail {
  readonly sid: string;
  readonly width: number;
  readonly height: number;
}

const NOTES = {
  weak: { icon: "signal-low", key: "tile.weak" },
  reconnecting: { icon: "spin", key: "tile.reconnecting" },
  paused: { icon: "signal-low", key: "tile.paused" },
} as const satisfies Record<string, { icon: IconName; key: string }>;

/** Above these shares that would be cut away the whole picture is shown: heads before walls. */
const MOST_CUT = { above: 0.45, beside: 0.72 };

@customElement("oh-tile")
export class Tile extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) model!: TileModel;

  @state() private moving = false;
  @query("video") private readonly picture!: HTMLVideoElement | null;

  #track: MediaStreamTrack | null = null;
  #size = { width: 0, height: 0 };
  #observer: ResizeObserver | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if ("ResizeObserver" in globalThis) {
      this.#observer = new ResizeObserver(([entry]) => this.#resized(entry));
      this.#observer.observe(this);
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    this.#show(null);
  }

  override render(): TemplateResult {
    const { model } = this;
    const hasVideo = model.video !== null;
    return html`<figure
      class="tile ${model.kind}"
      aria-label=${model.label}
      ?data-speaking=${model.speaking}
      ?data-mine=${model.mine}
      ?data-moving=${hasVideo && this.moving}
      data-note=${model.note ?? nothing}
    >
      ${model.kind === "person" ? this.#person(model) : nothing}
      <video playsinline autoplay .muted=${true} aria-hidden="true" ?hidden=${!hasVideo}></video>
      <figcaption>
        ${model.kind === "screen" ? icon("screen") : nothing}
        ${model.muted ? html`${icon("mic-off")}<span class="vh">${say("tile.muted")}</span>` : nothing}
        ${
          model.kind === "person"
            ? html`<bdi class="cut">${model.caption}</bdi>`
            : html`<span class="cut">${model.caption}</span>`
        }
        ${model.speaking ? html`<span class="vh">${say("tile.speaking")}</span>` : nothing}
      </figcaption>
      ${model.note ? this.#note(model.note) : nothing}
    </figure>`;
  }

  override updated(changed: PropertyValues<this>): void {
    this.#show(this.model.video);
    if (changed.get("model")?.sid !== this.model.sid) {
      this.#tell();
    }
  }

  #person(model: TileModel): TemplateResult {
    return html`<span class="who">${avatar(model.name, model.identity)}</span>`;
  }

  #note(note: keyof typeof NOTES): TemplateResult {
    const { icon: name, key } = NOTES[note];
    return html`<span class="corner"
      ><span class="chip">${icon(name)}<span class="words">${say(key)}</span></span></span
    >`;
  }

  #show(track: MediaStreamTrack | null): void {
    const { picture } = this;
    if (!picture || this.#track === track) {
      return;
    }
    this.#track = track;
    this.moving = false;
    picture.srcObject = track ? new MediaStream([track]) : null;
    if (track) {
      this.#awaitFrame(picture, track);
    }
  }

  #awaitFrame(picture: HTMLVideoElement, track: MediaStreamTrack): void {
    const began = () => {
      if (this.#track === track) {
        this.moving = true;
        this.#fit();
        this.report("first-frame", { mine: this.model.mine });
      }
    };
    if ("requestVideoFrameCallback" in picture) {
      picture.requestVideoFrameCallback(began);
    } else {
      (picture as HTMLVideoElement).addEventListener("loadeddata", began, { once: true });
    }
    picture.onresize = () => this.#fit();
    void picture.play?.()?.catch(() => undefined);
  }

  #resized(entry: ResizeObserverEntry | undefined): void {
    if (entry) {
      const { width, height } = entry.contentRect;
      this.#size = { width, height };
      this.#fit();
      this.#tell();
    }
  }

  #fit(): void {
    const { picture } = this;
    const { width, height } = this.#size;
    if (picture?.videoWidth && width && height) {
      const ratio = picture.videoWidth / picture.videoHeight / (width / height);
      const cut = 1 - Math.min(ratio, 1 / ratio);
      const most = ratio < 1 ? MOST_CUT.above : MOST_CUT.beside;
      picture.toggleAttribute("data-whole", cut > most);
    }
  }

  #tell(): void {
    const { sid, mine } = this.model;
    const { width, height } = this.#size;
    if (sid && !mine && width > 0) {
      const scale = globalThis.devicePixelRatio || 1;
      this.report<ShownDetail>("shown", { sid, width: width * scale, height: height * scale });
    }
  }
}
