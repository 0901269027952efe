// The stage of a call: the people in a grid, or a shared screen with a strip of people.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../../icons.js";
import { say } from "../../words.js";
import { OffhookElement, sheets } from "../element.js";
import "../tile/tile.js";
import type { TileModel } from "../tile/tile.js";
import { gridFor, lastRow, onPage, PAGE, pagesOf, STRIP } from "./layout.js";
import styles from "./stage.css?inline";

@customElement("oh-stage")
export class Stage extends OffhookElement {
  static override styles = sheets(styles);

  /** The people in their order, oneself among them. */
  @property({ attribute: false }) people: readonly TileModel[] = [];
  /** The screen on the stage. */
  @property({ attribute: false }) screen: TileModel | null = null;

  @state() private page = 0;
  @state() private upright = false;
  @query(".tiles") private readonly tiles!: HTMLElement | null;

  #observer: ResizeObserver | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if ("ResizeObserver" in globalThis) {
      this.#observer = new ResizeObserver(([entry]) => {
        const box = entry?.contentRect;
        this.upright = Boolean(box && box.height > box.width * 1.1);
      });
      this.#observer.observe(this);
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  override willUpdate(): void {
    this.page = Math.min(this.page, pagesOf(this.people.length, this.#size) - 1);
  }

  override render(): TemplateResult {
    const seen = onPage(this.people, this.page, this.#size);
    return html`<div class="stage ${this.screen ? "with-screen" : "grid"}" ?data-upright=${this.upright}>
      ${this.screen ? this.#tile(this.screen, "shared") : nothing}
      <div class="tiles" data-count=${seen.length}>
        ${repeat(
          seen,
          (model) => model.key,
          (model) => this.#tile(model),
        )}
      </div>
      ${this.#pager()}
    </div>`;
  }

  override updated(changed: PropertyValues): void {
    const seen = onPage(this.people, this.page, this.#size);
    const grid = gridFor(seen.length, this.upright);
    this.tiles?.style.setProperty("--columns", String(grid.columns * 2));
    this.tiles?.style.setProperty("--rows", String(grid.rows));
    const last = lastRow(seen.length, grid);
    for (const [place, tile] of [...(this.tiles?.children ?? [])].entries()) {
      const start = place === last.first ? String(last.start) : "auto";
      (tile as HTMLElement).style.setProperty("--start", start);
    }
    if (changed.has("page") || changed.has("people") || changed.has("screen")) {
      const shown = [...seen, ...(this.screen ? [this.screen] : [])];
      this.report(
        "in-sight",
        shown.flatMap((model) => model.sid ?? []),
      );
    }
  }

  get #size(): number {
    return this.screen ? STRIP : PAGE;
  }

  #tile(model: TileModel, more = ""): TemplateResult {
    return html`<oh-tile class=${more} .model=${model}></oh-tile>`;
  }

  #pager(): TemplateResult | typeof nothing {
    const pages = pagesOf(this.people.length, this.#size);
    if (pages === 1) {
      return nothing;
    }
    const turn = (by: number) => () => {
      this.page = Math.max(0, Math.min(pages - 1, this.page + by));
    };
    return html`<nav class="pager" aria-label=${say("stage.pages")}>
      <button class="btn btn-s btn-icon" type="button" aria-label=${say("stage.previous")}
        aria-disabled=${this.page === 0} @click=${turn(-1)}>${icon("left", "i-s i-flip")}</button>
      <span class="small num">${say("stage.page", { page: this.page + 1, pages })}</span>
      <button class="btn btn-s btn-icon" type="button" aria-label=${say("stage.next")}
        aria-disabled=${this.page === pages - 1} @click=${turn(1)}>${icon("right", "i-s i-flip")}</button>
    </nav>`;
  }
}
