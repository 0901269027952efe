// Brings the two media connections back: first ICE anew, then a new connection.
import { retryDelay } from "./backoff.js";
import type { Connection } from "./connection.js";
import type { Publisher } from "./publisher.js";
import type { MediaHealth } from "./room.js";
import type { Subscriber } from "./subscriber.js";

const SOCKET_PATIENCE = 2000;
const ICE_PATIENCE = 4000;
const FAILURES_TO_TELL = 3;

type Side = "publish" | "subscribe";

/** Watches both connections and mends the one that is ill. */
export class Recovery {
  #health: MediaHealth = "none";
  #failures = 0;
  readonly #timers = new Map<Side, ReturnType<typeof setTimeout>>();
  readonly #stops: (() => void)[];

  constructor(
    private readonly publisher: Publisher,
    private readonly subscriber: Subscriber,
    private readonly connection: Connection,
    private readonly tell: (health: MediaHealth) => void,
  ) {
    this.#stops = [
      publisher.on("state", (state) => this.#changed("publish", state)),
      subscriber.on("state", (state) => this.#changed("subscribe", state)),
      subscriber.on("broken", () => void this.#anew("subscribe")),
    ];
  }

  get health(): MediaHealth {
    return this.#health;
  }

  /** Mend what is not connected; ask the server first whether it still hears us. */
  async suspect(): Promise<void> {
    const sides = (["publish", "subscribe"] as const).filter((side) => this.#isIll(side));
    for (const side of sides) {
      await this.#mend(side);
    }
  }

  /** Make both connections anew. */
  async rebuild(): Promise<void> {
    await Promise.all([this.#anew("publish"), this.#anew("subscribe")]);
  }

  close(): void {
    for (const stop of this.#stops) {
      stop();
    }
    for (const timer of this.#timers.values()) {
      clearTimeout(timer);
    }
  }

  #isIll(side: Side): boolean {
    const state = this.#state(side);
    return state === "disconnected" || state === "failed";
  }

  #state(side: Side): RTCPeerConnectionState {
    return side === "publish" ? this.publisher.state : this.subscriber.state;
  }

  #changed(side: Side, state: RTCPeerConnectionState): void {
    clearTimeout(this.#timers.get(side));
    if (state === "connected") {
      this.#failures = 0;
    } else if (state === "disconnected") {
      void this.#mend(side);
    } else if (state === "failed") {
      this.#failures += 1;
      this.#later(side, retryDelay(this.#failures - 1), () => this.#anew(side));
    }
    this.#report();
  }

  async #mend(side: Side): Promise<void> {
    this.#later(side, ICE_PATIENCE, () => this.#mend(side));
    if (!this.#isIll(side) || !(await this.connection.check(SOCKET_PATIENCE))) {
      return;
    }
    if (this.#isIll(side)) {
      const restart =
        side === "publish"
          ? this.publisher.restart()
          : this.connection.command("restart_subscribe", {});
      await restart.catch(() => undefined);
    }
  }

  async #anew(side: Side): Promise<void> {
    const work =
      side === "publish"
        ? this.publisher.rebuild()
        : this.connection.command("restart_subscribe", { fresh: true });
    await work.catch(() => undefined);
  }

  #later(side: Side, delay: number, work: () => Promise<void>): void {
    clearTimeout(this.#timers.get(side));
    this.#timers.set(
      side,
      setTimeout(() => void work(), delay),
    );
  }

  #report(): void {
    const health = this.#judge([this.publisher.state, this.subscriber.state]);
    if (health !== this.#health) {
      this.#health = health;
      this.tell(health);
    }
  }

  #judge(states: readonly RTCPeerConnectionState[]): MediaHealth {
    if (this.#failures >= FAILURES_TO_TELL) {
      return "failing";
    }
    if (states.some((state) => state === "disconnected" || state === "failed")) {
      return "lost";
    }
    if (states.includes("connecting")) {
      return "connecting";
    }
    return states.includes("connected") ? "good" : "none";
  }
}
