// Keeps the screen from going dark while a call lasts.

/** Holds the screen awake; the browser lets go when the page is hidden, so it is asked again. */
export class Awake {
  #lock: WakeLockSentinel | null = null;
  #wanted = false;

  constructor(private readonly page: Document = document) {
    page.addEventListener("visibilitychange", () => void this.#ask());
  }

  /** Keep awake, or not any more. */
  hold(wanted: boolean): void {
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      void (wanted ? this.#ask() : this.#release());
    }
  }

  async #ask(): Promise<void> {
    if (this.#wanted && !this.page.hidden && "wakeLock" in navigator) {
      this.#lock = await navigator.wakeLock.request("screen").catch(() => null);
    }
  }

  async #release(): Promise<void> {
    await this.#lock?.release().catch(() => undefined);
    this.#lock = null;
  }
}
