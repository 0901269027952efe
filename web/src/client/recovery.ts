// Brings the two media connections back: first ICE anew, then a new connection, until it is well.
import { retryDelay } from "./backoff.js";
import type { Connection } from "./connection.js";
import type { Publisher } from "./publisher.js";
import type { Subscriber } from "./subscriber.js";

/** Whether media flow: not yet, about to, yes, not for now, or not even after several attempts. */
export type MediaHealth = "none" | "connecting" | "good" | "lost" | "failing";

type Side = "publish" | "subscribe";

interface Patient {
  /** Attempts since it was well. */
  attempts: number;
  /** Whether an attempt is under way. */
  mending: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const SOCKET_PATIENCE = 2000;
const ICE_PATIENCE = 4000;
const START_PATIENCE = 8000;
const ATTEMPTS_TO_TELL = 3;
const SIDES = ["publish", "subscribe"] as const;

/** Watches both connections and mends the one that is ill. */
export class Recovery {
  #health: MediaHealth = "none";
  readonly #patients: Readonly<Record<Side, Patient>> = {
    publish: { attempts: 0, mending: false, timer: undefined },
    subscribe: { attempts: 0, mending: false, timer: undefined },
  };
  readonly #stops: (() => void)[];

  /** `expects`: whether there is anything to receive. */
  constructor(
    private readonly publisher: Publisher,
    private readonly subscriber: Subscriber,
    private readonly connection: Connection,
    private readonly expects: () => boolean,
    private readonly tell: (health: MediaHealth) => void,
  ) {
    this.#stops = [
      publisher.on("state", (state) => this.#changed("publish", state)),
      subscriber.on("state", (state) => this.#changed("subscribe", state)),
      subscriber.on("broken", () => this.#broken()),
    ];
  }

  get health(): MediaHealth {
    return this.#health;
  }

  /** Look after both from now on. */
  begin(): void {
    for (const side of SIDES) {
      this.#lookAgain(side, START_PATIENCE);
    }
  }

  /** Mend what is ill now, without waiting any longer. */
  async suspect(): Promise<void> {
    await Promise.all(SIDES.filter((side) => this.#isIll(side)).map((side) => this.#mend(side)));
  }

  /** Make both connections anew. */
  async rebuild(): Promise<void> {
    await Promise.all(SIDES.map((side) => this.#anew(side)));
  }

  close(): void {
    for (const stop of this.#stops) {
      stop();
    }
    for (const side of SIDES) {
      clearTimeout(this.#patients[side].timer);
    }
  }

  #changed(side: Side, state: RTCPeerConnectionState): void {
    const patient = this.#patients[side];
    if (state === "connected") {
      clearTimeout(patient.timer);
      patient.mending = false;
      patient.attempts = 0;
    } else if (this.#isIll(side) && !patient.mending) {
      void this.#mend(side);
    }
    this.#report();
  }

  /** Mend one side, and look at it again until it is well. */
  async #mend(side: Side): Promise<void> {
    const patient = this.#patients[side];
    patient.mending = true;
    this.#lookAgain(side);
    const hears = await this.connection.check(SOCKET_PATIENCE);
    if (!hears || this.#isWell(side)) {
      return;
    }
    patient.attempts += 1;
    this.#report();
    if (patient.attempts === 1 && this.#isIll(side)) {
      await this.#restart(side);
    } else {
      await this.#anew(side);
    }
  }

  /** An offer could not be used: anew at once the first time, then at the usual pace. */
  #broken(): void {
    const patient = this.#patients.subscribe;
    patient.attempts += 1;
    if (patient.attempts === 1) {
      void this.#anew("subscribe");
    } else {
      this.#lookAgain("subscribe");
    }
    this.#report();
  }

  async #restart(side: Side): Promise<void> {
    await (side === "publish"
      ? this.publisher.restart()
      : this.connection.command("restart_subscribe", {})
    ).catch(() => undefined);
  }

  async #anew(side: Side): Promise<void> {
    this.#patients[side].mending = true;
    this.#lookAgain(side);
    if (side === "publish") {
      await this.publisher.rebuild().catch(() => undefined);
    } else {
      this.subscriber.close();
      const fresh = { fresh: true };
      await this.connection.command("restart_subscribe", fresh).catch(() => undefined);
    }
    this.#report();
  }

  #lookAgain(side: Side, patience: number = ICE_PATIENCE): void {
    const patient = this.#patients[side];
    clearTimeout(patient.timer);
    const delay = Math.max(patience, retryDelay(patient.attempts));
    patient.timer = setTimeout(() => {
      patient.mending = false;
      if (!this.#isWell(side)) {
        void this.#mend(side);
      }
    }, delay);
  }

  #state(side: Side): RTCPeerConnectionState {
    return side === "publish" ? this.publisher.state : this.subscriber.state;
  }

  #isIll(side: Side): boolean {
    const state = this.#state(side);
    return state === "disconnected" || state === "failed";
  }

  #isWell(side: Side): boolean {
    const needed = side === "publish" ? this.publisher.sends : this.expects();
    return !needed || this.#state(side) === "connected";
  }

  #report(): void {
    const health = this.#judge();
    if (health !== this.#health) {
      this.#health = health;
      this.tell(health);
    }
  }

  #judge(): MediaHealth {
    if (SIDES.some((side) => this.#patients[side].attempts >= ATTEMPTS_TO_TELL)) {
      return "failing";
    }
    if (SIDES.some((side) => this.#isIll(side) || this.#patients[side].attempts > 0)) {
      return "lost";
    }
    const states = SIDES.map((side) => this.#state(side));
    if (states.includes("connecting")) {
      return "connecting";
    }
    return states.includes("connected") ? "good" : "none";
  }
}
