// What all elements of Offhook share: the base sheet, and being drawn anew in another language.
import { type CSSResult, type CSSResultGroup, LitElement, unsafeCSS } from "lit";
import baseText from "../base.css?inline";
import { onWordsChanged } from "../words.js";

const base = unsafeCSS(baseText);

/** The base sheet with a component's own after it. */
export function sheets(...own: string[]): CSSResult[] {
  return [base, ...own.map((text) => unsafeCSS(text))];
}

/** An element that draws what it is given and reports what was pressed. */
export abstract class OffhookElement extends LitElement {
  static override styles: CSSResultGroup = base;
  #stopWords: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
    this.#stopWords = onWordsChanged(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopWords?.();
  }

  /** Report something that was pressed or chosen. */
  protected report<Detail>(name: string, detail?: Detail): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}
