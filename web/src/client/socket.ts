// A socket of one namespace: typed commands with acks, and coming back when it is lost.
import { retryDelay } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { isProblem, Refused, Unreachable } from "./errors.js";

/** What is used of a socket.io socket. */
export interface Wire {
  readonly connected: boolean;
  connect(): unknown;
  disconnect(): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: what a listener gets depends on the event's name
  on(event: string, listener: (...given: any[]) => void): unknown;
  emit(event: string, ...given: unknown[]): unknown;
}

export type ConnectionState = "idle" | "connecting" | "open" | "waiting" | "closed";

/** What each command of a namespace sends, and what it is answered with. */
export type CommandMap<Names> = { [Name in keyof Names]: { send: unknown; reply: unknown } };

export interface OwnEvents {
  /** The socket is open (again); nothing is joined on it yet. */
  opened: undefined;
  /** The socket was lost; the next attempt begins after `delay` milliseconds. */
  lost: { attempt: number; delay: number };
  /** The server refuses this token; there will be no further attempt. */
  refused: Refused;
}

type Ack = { ok: true; value: unknown } | { ok: false; error: unknown };

/** How a socket is made whose attempts the `SocketConnection` times itself. */
export const CONNECT_TIMEOUT = 2_500;

const ANSWER_TIMEOUT = 10_000;
const PATIENT_ATTEMPTS = 3;

/** A connection to the server that comes back by itself until it is closed. */
export class SocketConnection<
  Commands extends CommandMap<Commands>,
  Events extends object,
> extends Emitter<OwnEvents & Events> {
  #state: ConnectionState = "idle";
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #waiting = new Set<(reason: Unreachable) => void>();

  constructor(
    private readonly wire: Wire,
    events: readonly (keyof Events & string)[],
  ) {
    super();
    wire.on("connect", () => this.#opened());
    wire.on("disconnect", () => this.#lost());
    wire.on("connect_error", (error: Error & { data?: unknown }) => this.#failed(error));
    for (const name of events) {
      wire.on(name, (detail) => this.emit(name, detail));
    }
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Begin to connect; does nothing when that is under way already. */
  open(): void {
    if (this.#state === "idle") {
      this.#connect();
    }
  }

  /**
   * Resolves when the socket is open; rejects with `Refused` when the token is not accepted, and
   * with `Unreachable` after several attempts.
   */
  opened(): Promise<void> {
    if (this.#state === "open") {
      return Promise.resolve();
    }
    if (this.#state === "closed") {
      return Promise.reject(new Unreachable("the connection is closed"));
    }
    this.open();
    return new Promise((resolve, reject) => {
      const stop = [
        this.on("opened", () => settle(resolve)),
        this.on("refused", (refused) => settle(() => reject(refused))),
        this.on("lost", ({ attempt }) => {
          if (attempt >= PATIENT_ATTEMPTS) {
            settle(() => reject(new Unreachable("the server does not answer")));
          }
        }),
      ];
      const settle = (done: () => void) => {
        for (const end of stop) {
          end();
        }
        done();
      };
    });
  }

  /** Send a command; resolves with the reply, rejects with `Refused` or `Unreachable`. */
  command<Name extends keyof Commands & string>(
    name: Name,
    payload: Commands[Name]["send"],
    timeout: number = ANSWER_TIMEOUT,
  ): Promise<Commands[Name]["reply"]> {
    if (!this.wire.connected) {
      return Promise.reject(new Unreachable(`${name}: not connected`));
    }
    return new Promise((resolve, reject) => {
      const fail = (reason: Error) => {
        clearTimeout(timer);
        this.#waiting.delete(fail);
        reject(reason);
      };
      const timer = setTimeout(() => fail(new Unreachable(`${name}: no answer`)), timeout);
      this.#waiting.add(fail);
      this.wire.emit(name, payload, (ack: Ack) => {
        if (!ack.ok) {
          fail(isProblem(ack.error) ? new Refused(ack.error) : new Error(`${name}: bad answer`));
          return;
        }
        clearTimeout(timer);
        this.#waiting.delete(fail);
        this.#attempt = 0;
        resolve(ack.value as Commands[Name]["reply"]);
      });
    });
  }

  /** Send a command whose answer nobody waits for; false when there is no connection. */
  tell<Name extends keyof Commands & string>(name: Name, payload: Commands[Name]["send"]): boolean {
    if (this.wire.connected) {
      this.wire.emit(name, payload, () => undefined);
    }
    return this.wire.connected;
  }

  /** Do not wait any longer for the next attempt. */
  retryNow(): void {
    if (this.#state === "waiting") {
      this.#connect();
    }
  }

  /** Do not come back until `open` is called. */
  rest(): void {
    if (this.#state === "waiting") {
      clearTimeout(this.#timer);
      this.#state = "idle";
      this.#attempt = 0;
    }
  }

  /** Give up this socket and come back after the usual wait. */
  drop(): void {
    if (this.#state === "open") {
      this.wire.disconnect();
    }
  }

  /** Begin with a new socket at once, as if this one had been lost. */
  restart(): void {
    this.drop();
    this.retryNow();
  }

  /** End for good. */
  close(): void {
    this.#state = "closed";
    clearTimeout(this.#timer);
    this.wire.disconnect();
    this.#giveUp("the connection is closed");
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#state = "connecting";
    this.wire.connect();
  }

  #opened(): void {
    this.#state = "open";
    this.#report("opened", undefined);
  }

  #lost(): void {
    this.#giveUp("the connection was lost");
    if (this.#state === "open" || this.#state === "connecting") {
      this.#wait();
    }
  }

  #failed(error: Error & { data?: unknown }): void {
    if (this.#state === "closed") {
      return;
    }
    if (isProblem(error.data) && !error.data.retryable) {
      this.#state = "closed";
      this.#report("refused", new Refused(error.data));
      return;
    }
    this.#wait();
  }

  #wait(): void {
    const attempt = this.#attempt++;
    const delay = retryDelay(attempt);
    this.#state = "waiting";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#report("lost", { attempt, delay });
  }

  #giveUp(why: string): void {
    for (const fail of [...this.#waiting]) {
      fail(new Unreachable(why));
    }
  }

  #report<Name extends keyof OwnEvents>(name: Name, detail: OwnEvents[Name]): void {
    this.emit(name, detail as (OwnEvents & Events)[Name]);
  }
}
