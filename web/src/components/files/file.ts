// A file in the chat: its name and size, to be saved; a picture is shown too.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { isPicture, type RoomFiles } from "../../client/files.js";
import { icon } from "../../icons.js";
import type { FileView } from "../../protocol.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./file.css?inline";
import { sizeWords } from "./words.js";

/** Saves what a link leads to. */
export type Save = (link: string, name: string) => void;

/** By a link that is pressed at once: the server says that it is to be saved. */
const saveByLink: Save = (link, name) => {
  const anchor = Object.assign(document.createElement("a"), { href: link, download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
};

@customElement("oh-file")
export class FileBubble extends OffhookElement {
  static override styles = sheets(styles);

  @property({ attribute: false }) file!: FileView;
  @property({ attribute: false }) files: RoomFiles | null = null;
  @property({ type: Boolean, reflect: true }) mine = false;
  save: Save = saveByLink;
  @state() private picture = "";
  @state() private gone = false;
  #sight: IntersectionObserver | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sight?.disconnect();
  }

  override firstUpdated(): void {
    if (!isPicture(this.file)) {
      return;
    }
    if (!("IntersectionObserver" in globalThis)) {
      void this.#show();
      return;
    }
    this.#sight = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) {
        this.#sight?.disconnect();
        void this.#show();
      }
    });
    this.#sight.observe(this);
  }

  override render(): TemplateResult {
    const { name, size } = this.file;
    const words = sizeWords(size);
    return html`<button type="button" aria-label=${say("chat.file.download", { name, size: words })}
        title=${name} @click=${this.#download}>
        ${this.picture ? html`<img src=${this.picture} alt="" @error=${this.#broken} />` : nothing}
        <span class="about">
          ${icon("doc")}
          <span class="name"><bdi>${name}</bdi> <span class="tiny muted">${words}</span></span>
          ${icon("download", "i-s")}
        </span>
      </button>
      ${this.gone ? html`<p class="none small muted" role="alert">${say("chat.file.gone")}</p>` : nothing}`;
  }

  async #show(): Promise<void> {
    try {
      this.picture = (await this.files?.picture(this.file)) ?? "";
    } catch {
      this.picture = "";
    }
  }

  readonly #broken = () => {
    this.picture = "";
  };

  readonly #download = async () => {
    try {
      const link = await this.files?.link(this.file);
      this.gone = link === undefined;
      if (link) {
        this.save(link, this.file.name);
      }
    } catch {
      this.gone = true;
    }
  };
}
