// Work that must not overlap with itself: one run at a time, and one more for what came meanwhile.

/** Runs `work` one at a time; requests made during a run share the next one. */
export class Coalesced {
  #current: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(private readonly work: () => Promise<void>) {}

  /** Resolves when a run that began after this call is done; rejects when that run failed. */
  run(): Promise<void> {
    if (!this.#current) {
      this.#current = this.work().finally(() => {
        this.#current = null;
      });
      return this.#current;
    }
    this.#next ??= this.#current
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        return this.run();
      });
    return this.#next;
  }
}
