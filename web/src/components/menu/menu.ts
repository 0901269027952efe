// A menu under a button: arrows, Home, End, Escape; the focus returns to the button.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { type IconName, icon, type LineState, lineGlyph } from "../../icons.js";
import { OffhookElement, sheets } from "../element.js";
import styles from "./menu.css?inline";

/** One line of a menu. `checked` makes it one of a group of choices. */
export interface MenuItem {
  readonly id: string;
  readonly words: string;
  readonly icon?: IconName;
  readonly checked?: boolean;
  readonly ends?: boolean;
  /** It cannot be taken back. */
  readonly danger?: boolean;
}

const CLASSES = {
  bar: "cb",
  plain: "btn btn-s btn-quiet",
  icon: "btn btn-icon btn-s btn-quiet",
} as const;
/** How far from the edge of the page a menu stays, in pixels. */
const EDGE = 8;

@customElement("oh-menu")
export class Menu extends OffhookElement {
  static override styles = sheets(styles);

  /** The name of the button and of the menu. */
  @property() name = "";
  @property({ attribute: false }) items: readonly MenuItem[] = [];
  /** How the button looks: in a call bar, by itself, or as its icon alone in a list. */
  @property({ reflect: true }) look: "bar" | "plain" | "icon" = "plain";
  @property() icon: IconName = "more";
  /** What a line is doing, drawn instead of the icon; the name stays to be read at any width. */
  @property({ reflect: true }) line: LineState | "" = "";
  /** What the menu is about, said before its name. */
  @property() about = "";

  @state() private open = false;
  @query("button[aria-haspopup]") private button!: HTMLButtonElement;
  @query(".menu") private menu!: HTMLElement | null;

  readonly #outside = (event: Event) => {
    if (!event.composedPath().includes(this)) {
      this.#close(false);
    }
  };

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listen(false);
  }

  override render(): TemplateResult {
    const { look } = this;
    return html`<button
        class=${CLASSES[look]}
        type="button"
        title=${look === "icon" ? this.name : nothing}
        aria-haspopup="menu"
        aria-label=${this.about ? `${this.about}: ${this.name}` : nothing}
        aria-expanded=${this.open}
        @click=${() => (this.open ? this.#close(true) : this.#show(0))}
        @keydown=${this.#onButtonKey}
      >
        ${this.line ? this.#line(this.line) : this.#plain()}
      </button>
      ${this.open ? this.#list() : nothing}`;
  }

  #plain(): TemplateResult {
    const { look } = this;
    return html`${icon(this.icon, look === "plain" ? "i-s" : "")}<span class=${look === "icon" ? "vh" : "t"}
        >${this.name}</span
      >`;
  }

  #line(line: LineState): TemplateResult {
    return html`<span class="line" data-line=${line}>${lineGlyph(line)}<span class="cut">${this.name}</span></span
      >${icon("down", "i-s")}`;
  }

  #list(): TemplateResult {
    return html`<div class="menu" role="menu" aria-label=${this.about || this.name} @keydown=${this.#onKey}>
      ${this.items.map(
        (item) => html`<button
            role=${item.checked === undefined ? "menuitem" : "menuitemradio"}
            aria-checked=${item.checked === undefined ? nothing : item.checked}
            type="button"
            tabindex="-1"
            ?data-danger=${item.danger}
            @click=${() => this.#choose(item)}
          >
            ${item.icon ? icon(item.icon) : nothing}<span class="grow">${item.words}</span>
            ${item.checked ? icon("check", "i-s") : nothing}
          </button>
          ${item.ends ? html`<hr class="rule" role="separator" />` : nothing}`,
      )}
    </div>`;
  }

  readonly #onButtonKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.#show(event.key === "ArrowDown" ? 0 : -1);
    }
  };

  readonly #onKey = (event: KeyboardEvent) => {
    const buttons = this.#buttons();
    const here = buttons.indexOf(this.shadowRoot?.activeElement as HTMLButtonElement);
    const steps: Record<string, number> = {
      ArrowDown: (here + 1) % buttons.length,
      ArrowUp: (here - 1 + buttons.length) % buttons.length,
      Home: 0,
      End: buttons.length - 1,
    };
    const next = steps[event.key] ?? this.#typed(event, buttons, here);
    if (event.key === "Escape") {
      event.stopPropagation();
      this.#close(true);
    } else if (event.key === "Tab") {
      this.#close(false);
    } else if (next !== undefined) {
      event.preventDefault();
      buttons[next]?.focus();
    }
  };

  #typed(event: KeyboardEvent, buttons: HTMLButtonElement[], here: number): number | undefined {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) {
      return undefined;
    }
    event.stopPropagation();
    const letter = event.key.toLocaleLowerCase();
    const begins = (button: HTMLButtonElement) =>
      button.textContent?.trim().toLocaleLowerCase().startsWith(letter) ?? false;
    const after = buttons.findIndex((button, place) => place > here && begins(button));
    const found = after >= 0 ? after : buttons.findIndex(begins);
    return found >= 0 ? found : undefined;
  }

  #buttons(): HTMLButtonElement[] {
    return [...(this.shadowRoot?.querySelectorAll<HTMLButtonElement>(".menu button") ?? [])];
  }

  async #show(place: number): Promise<void> {
    this.open = true;
    this.#listen(true);
    await this.updateComplete;
    this.#place();
    this.#buttons().at(place)?.focus();
  }

  /** In a list that scrolls the menu stands over the page, beside its button and in full sight. */
  #place(): void {
    const { menu } = this;
    if (this.look !== "icon" || !menu) {
      return;
    }
    const [at, own] = [this.button.getBoundingClientRect(), menu.getBoundingClientRect()];
    const below = at.bottom + own.height + EDGE < innerHeight;
    const top = below ? at.bottom + 4 : Math.max(EDGE, at.top - own.height - 4);
    const left = getComputedStyle(this).direction === "rtl" ? at.left : at.right - own.width;
    const most = innerWidth - own.width - EDGE;
    menu.style.top = `${top}px`;
    menu.style.left = `${Math.max(EDGE, Math.min(left, most))}px`;
  }

  #listen(on: boolean): void {
    const change = on ? "addEventListener" : "removeEventListener";
    document[change]("pointerdown", this.#outside);
    if (this.look === "icon") {
      globalThis[change]("resize", this.#moved);
      document[change]("scroll", this.#moved, true);
    }
  }

  readonly #moved = (event: Event) => {
    if (!event.composedPath().includes(this)) {
      this.#close(false);
    }
  };

  #close(giveBack: boolean): void {
    this.open = false;
    this.#listen(false);
    if (giveBack) {
      this.button.focus();
    }
  }

  #choose(item: MenuItem): void {
    this.#close(true);
    this.report("choose", item.id);
  }
}
