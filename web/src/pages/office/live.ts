// Something the server knows, kept fresh for as long as somebody looks at it.
import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Milliseconds between two looks. */
export const EVERY = 5000;

/** What a list tells of itself before anything is known of it. */
export interface Looking {
  readonly problem: unknown;
  readonly at: Date | null;
  restart(): void;
}

/** Loads at once, every five seconds while the page is seen, and when it is looked at again.
 *
 * What was loaded stays when a later look fails; `problem` says why, `at` from when it is. */
export class Live<Value> implements ReactiveController, Looking {
  value: Value | undefined;
  problem: unknown = null;
  at: Date | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;
  #connected = false;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly load: () => Promise<Value>,
    private readonly failed: (error: unknown) => void = () => undefined,
    private readonly pace: (value: Value) => number = () => EVERY,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.#connected = true;
    document.addEventListener("visibilitychange", this.#seen);
    addEventListener("focus", this.#seen);
    void this.refresh();
  }

  hostDisconnected(): void {
    this.#connected = false;
    this.#turn += 1;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#seen);
    removeEventListener("focus", this.#seen);
  }

  /** Look now. Of two looks at a time only the later one counts. */
  async refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const value = await this.load();
      if (turn !== this.#turn) {
        return;
      }
      this.value = value;
      this.problem = null;
      this.at = new Date();
    } catch (error) {
      if (turn !== this.#turn) {
        return;
      }
      this.problem = error;
      this.failed(error);
    }
    this.host.requestUpdate();
    this.#plan();
  }

  /** Forget what is known, and look anew: another thing is meant now. */
  restart(): void {
    this.value = undefined;
    this.problem = null;
    this.host.requestUpdate();
    void this.refresh();
  }

  #plan(): void {
    if (this.#connected && document.visibilityState === "visible") {
      const pause = this.value === undefined || this.problem ? EVERY : this.pace(this.value);
      this.#timer = setTimeout(() => void this.refresh(), pause);
    }
  }

  readonly #seen = () => {
    if (document.visibilityState === "visible") {
      void this.refresh();
    } else {
      clearTimeout(this.#timer);
    }
  };
}
