// The socket of the namespace /visit: one visitor's contact, which comes back when it is cut off.
import { io } from "socket.io-client";
import type { Commands, Open, Opened, Visit } from "../visit-protocol.js";
import { retryDelay } from "./backoff.js";
import type { Wire } from "./connection.js";
import { Emitter } from "./emitter.js";
import { isProblem, Refused, Unreachable } from "./errors.js";

/** Whether the contact can be reached. `over`: it will not be tried again. */
export type VisitPhase = "idle" | "connecting" | "open" | "lost" | "over";

export interface VisitLineEvents {
  phase: VisitPhase;
  /** The contact is open (again): the site, the contact, and the secret to come back with. */
  opened: Opened;
  /** The contact is another one now. */
  visit: Visit;
  /** Another page of this visitor has the contact. */
  taken: undefined;
  /** The server does not want us here. */
  refused: Refused;
}

type Ack = { ok: true; value: unknown } | { ok: false; error: unknown };

const ANSWER_TIMEOUT = 10_000;
const CONNECT_TIMEOUT = 2_500;

/** With which a visitor comes back: the secret of a contact, or the link of a callback. */
export interface Credentials {
  readonly resume: string | null;
  readonly link: string | null;
}

/** A socket.io socket for a site's visitor; it opens nothing yet. */
export function visitSocket(server: string, site: string, credentials: () => Credentials): Wire {
  return io(`${server}/visit`, {
    autoConnect: false,
    reconnection: false,
    forceNew: true,
    timeout: CONNECT_TIMEOUT,
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    auth: (give) => {
      const { resume, link } = credentials();
      give({ site, ...(resume ? { resume } : {}), ...(link ? { link } : {}) });
    },
  });
}

/** A visitor's line to the server. */
export class VisitLine extends Emitter<VisitLineEvents> {
  #phase: VisitPhase = "idle";
  #attempt = 0;
  #seq = -1;
  #session = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #waiting = new Set<(reason: Unreachable) => void>();

  /** `hello`: what to open the contact with, asked anew each time. */
  constructor(
    private readonly wire: Wire,
    private readonly hello: () => Open,
  ) {
    super();
    wire.on("connect", () => void this.#connected());
    wire.on("disconnect", () => this.#lost());
    wire.on("connect_error", (error: Error & { data?: unknown }) => this.#failed(error));
    wire.on("visit", (visit: Visit) => this.#told(visit));
    wire.on("taken_over", () => this.#taken());
  }

  get phase(): VisitPhase {
    return this.#phase;
  }

  /** Begin; does nothing when that is under way already. */
  open(): void {
    if (this.#phase === "idle" || this.#phase === "over") {
      this.#attempt = 0;
      this.#connect();
    }
  }

  /** Do not wait any longer for the next attempt. */
  retryNow(): void {
    if (this.#phase === "lost" && !this.wire.connected) {
      this.#connect();
    }
  }

  /** Send a command; resolves when it was taken, rejects with `Refused` or `Unreachable`. */
  command<Name extends keyof Commands>(
    name: Name,
    payload: Commands[Name]["send"],
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
      const timer = setTimeout(() => fail(new Unreachable(`${name}: no answer`)), ANSWER_TIMEOUT);
      this.#waiting.add(fail);
      this.wire.emit(name, payload, (ack: Ack) => {
        if (!ack.ok) {
          fail(isProblem(ack.error) ? new Refused(ack.error) : new Error(`${name}: bad answer`));
          return;
        }
        clearTimeout(timer);
        this.#waiting.delete(fail);
        resolve(ack.value as Commands[Name]["reply"]);
      });
    });
  }

  /** Open the contact anew over the same socket: another site text, another language. */
  async reopen(): Promise<void> {
    if (this.#phase === "open") {
      await this.#greet();
    }
  }

  /** End for good. */
  close(): void {
    this.#go("over");
    clearTimeout(this.#timer);
    this.wire.disconnect();
    this.#giveUp("the contact is closed");
    this.#session = "";
    this.#seq = -1;
  }

  #connect(): void {
    clearTimeout(this.#timer);
    if (this.#phase !== "lost") {
      this.#go("connecting");
    }
    this.wire.connect();
  }

  async #connected(): Promise<void> {
    try {
      await this.#greet();
    } catch (error) {
      if (error instanceof Refused && !error.passes) {
        this.#refused(error);
      } else if (this.#phase !== "over") {
        this.wire.disconnect();
      }
    }
  }

  async #greet(): Promise<void> {
    const opened = await this.command("open", this.hello());
    this.#attempt = 0;
    this.#session = opened.visit.session;
    this.#seq = opened.visit.seq;
    this.emit("opened", opened);
    this.#go("open");
  }

  /** States that were overtaken on the way are left out. */
  #told(visit: Visit): void {
    if (visit.session === this.#session && visit.seq < this.#seq) {
      return;
    }
    this.#session = visit.session;
    this.#seq = visit.seq;
    this.emit("visit", visit);
  }

  #taken(): void {
    this.close();
    this.emit("taken", undefined);
  }

  #refused(reason: Refused): void {
    this.close();
    this.emit("refused", reason);
  }

  #failed(error: Error & { data?: unknown }): void {
    if (isProblem(error.data) && !new Refused(error.data).passes) {
      this.#refused(new Refused(error.data));
    } else {
      this.#wait();
    }
  }

  #lost(): void {
    this.#giveUp("the connection was lost");
    this.#wait();
  }

  #wait(): void {
    if (this.#phase === "over") {
      return;
    }
    const delay = retryDelay(this.#attempt++);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#connect(), delay);
    this.#go("lost");
  }

  #giveUp(why: string): void {
    for (const fail of [...this.#waiting]) {
      fail(new Unreachable(why));
    }
  }

  #go(phase: VisitPhase): void {
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.emit("phase", phase);
    }
  }
}
