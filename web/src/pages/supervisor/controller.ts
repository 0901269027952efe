// What happens on /supervisor: the socket, the live view, and what the supervisor sets.
import type { DeskConnection } from "../../client/desk.js";
import { Emitter } from "../../client/emitter.js";
import { Refused } from "../../client/errors.js";
import type { ActivityView, Commands, Live } from "../../desk-protocol.js";
import { words } from "../../words.js";
import { Clock } from "../desk/times.js";

/** Where the page stands with the server. */
export type Standing = "connecting" | "in" | "reconnecting" | "out" | "refused";

export interface LiveEvents {
  /** Something that is drawn changed. */
  changed: undefined;
  /** The sign-in has ended. */
  out: undefined;
  /** What the supervisor asked for did not work. */
  failed: unknown;
}

/** What a supervisor may do to the contact centre as it is. */
export type Order = "set_activity" | "prioritise" | "cancel_task";

/** The page's one controller. */
export class LiveController extends Emitter<LiveEvents> {
  #standing: Standing = "connecting";
  #activities: readonly ActivityView[] = [];
  #live: Live | null = null;
  #received = 0;
  #clock = new Clock();
  #connection: DeskConnection | null = null;

  constructor(
    private readonly connect: () => DeskConnection,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** The live view as the server told it last; null before. */
  get live(): Live | null {
    return this.#live;
  }

  /** When it came, as `Date.now()` counts. */
  get received(): number {
    return this.#received;
  }

  get clock(): Clock {
    return this.#clock;
  }

  get activities(): readonly ActivityView[] {
    return this.#activities;
  }

  /** Begin to watch. */
  begin(): void {
    this.#go("connecting");
    const connection = this.connect();
    this.#connection = connection;
    connection.on("opened", () => void this.#enter(connection));
    connection.on("lost", () => this.#lost());
    connection.on("refused", (refused) => this.#refused(refused));
    connection.on("live", (live) => this.#told(live));
    connection.on("taken_over", () => this.#signedOut());
    connection.on("signed_out", () => this.#signedOut());
    connection.open();
  }

  /** Do not wait any longer for the next attempt. */
  retryNow(): void {
    this.#connection?.retryNow();
  }

  /** Set somebody's activity, or change a task; false when it did not work. */
  async order<Name extends Order>(name: Name, what: Commands[Name]["send"]): Promise<boolean> {
    try {
      await this.#connection?.command(name, what);
      return true;
    } catch (error) {
      this.emit("failed", error);
      return false;
    }
  }

  close(): void {
    this.#connection?.close();
    this.#live = null;
  }

  async #enter(connection: DeskConnection): Promise<void> {
    try {
      const entered = await connection.command("enter", {
        view: "live",
        language: words().language,
      });
      this.#activities = entered.activities;
      this.#standing = "in";
      if (entered.live) {
        this.#told(entered.live, true);
      } else {
        this.#over("refused");
      }
    } catch (error) {
      if (error instanceof Refused) {
        this.#refused(error);
      } else {
        connection.drop();
      }
    }
  }

  /** After entering, `seq` may begin anew; later an older state changes nothing. */
  #told(live: Live, entering = false): void {
    if (!entering && this.#live && live.seq < this.#live.seq) {
      return;
    }
    this.#live = live;
    this.#received = this.now();
    this.#clock = Clock.by(live.at, this.#received);
    this.emit("changed", undefined);
  }

  #lost(): void {
    if (this.#standing === "in") {
      this.#go("reconnecting");
    }
  }

  #refused(refused: Refused): void {
    if (refused.problem.status === 401) {
      this.#signedOut();
    } else if (refused.passes) {
      this.#connection?.drop();
    } else {
      this.#over("refused");
    }
  }

  #signedOut(): void {
    this.#over("out");
    this.emit("out", undefined);
  }

  #over(standing: Standing): void {
    this.close();
    this.#go(standing);
  }

  #go(standing: Standing): void {
    this.#standing = standing;
    this.emit("changed", undefined);
  }
}
