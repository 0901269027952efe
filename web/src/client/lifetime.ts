// An end to waiting: what a closed peer connection was doing never settles by itself.

/** What was waited for can no longer come. */
export class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** The time in which something can still be waited for. */
export class Lifetime {
  #fail: (reason: Abandoned) => void = () => undefined;
  readonly #over: Promise<never>;

  constructor() {
    this.#over = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#over.catch(() => undefined);
  }

  /** The outcome of the work; rejects with `Abandoned` when the end comes first. */
  during<Value>(work: Promise<Value>): Promise<Value> {
    return Promise.race([work, this.#over]);
  }

  end(): void {
    this.#fail(new Abandoned("closed meanwhile"));
  }
}
