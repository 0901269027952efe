// The visitor's secret: kept for this site in the frame's own storage, and whether this tab uses it.
import type { Memory } from "../../memory.js";

/** What is kept of a contact between pages. Browsers keep it apart for each site that embeds us. */
export class Secret {
  readonly #key: string;

  constructor(
    site: string,
    private readonly lasting: Memory,
    private readonly tab: Memory,
  ) {
    this.#key = `offhook.visit.${site}`;
  }

  /** The secret of a contact that may go on. */
  get value(): string | null {
    return this.lasting.getItem(this.#key);
  }

  /** Whether this tab had the contact, so that it comes back without being asked. */
  get isHere(): boolean {
    return this.value !== null && this.tab.getItem(this.#key) === this.value;
  }

  /** This tab has the contact. */
  keep(secret: string): void {
    this.lasting.setItem(this.#key, secret);
    this.tab.setItem(this.#key, secret);
  }

  /** Another tab has it; it can be asked back. */
  letGo(): void {
    this.tab.removeItem(this.#key);
  }

  /** The contact is over. */
  forget(): void {
    this.lasting.removeItem(this.#key);
    this.tab.removeItem(this.#key);
  }
}
