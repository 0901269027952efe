// What happens on /desk: the socket, the sessions and what the agent does. It decides; elements draw.
import type { DeskConnection } from "../../client/desk.js";
import { Emitter } from "../../client/emitter.js";
import { Refused } from "../../client/errors.js";
import type { TransferDetail } from "../../components/transfer/transfer.js";
import type {
  CallbackLinked,
  Consulted,
  ContactView,
  Desk,
  Entered,
  OfferView,
} from "../../desk-protocol.js";
import { words } from "../../words.js";
import type { Calls } from "./calls.js";
import { Drafts } from "./drafts.js";
import { Clock } from "./times.js";
import { frontOf, nameOf, talks } from "./view.js";
import { offerGone, passedOnInVain } from "./words.js";

/** Where the page stands with the server. */
export type Standing = "connecting" | "in" | "reconnecting" | "elsewhere" | "out" | "refused";

export interface ControllerEvents {
  /** Something that is drawn changed. */
  changed: undefined;
  /** An offer came. */
  offered: OfferView;
  /** An offer is gone without us, and why. */
  gone: string;
  /** A customer who was passed on is back, and why. */
  returned: string;
  /** A talk is over, and its wrap-up began. */
  ended: ContactView;
  /** We were cut off from the server, or are back. */
  reconnecting: boolean;
  /** The sign-in has ended. */
  out: undefined;
  /** What the agent asked for did not work. */
  failed: unknown;
}

/** A second before its time an unanswered offer counts as missed. */
const CLOSE = 1000;

/** The page's one controller. */
export class DeskController extends Emitter<ControllerEvents> {
  readonly drafts: Drafts;
  #standing: Standing = "connecting";
  #entered: Entered | null = null;
  #desk: Desk | null = null;
  #clock = new Clock();
  #chosen: string | null = null;
  #problem = "";
  readonly #busy = new Set<string>();
  readonly #seen = new Map<string, number>();
  readonly #answered = new Set<string>();
  #connection!: DeskConnection;

  constructor(
    private readonly connect: () => DeskConnection,
    readonly calls: Calls,
    private readonly now: () => number = Date.now,
  ) {
    super();
    this.drafts = new Drafts((session, draft) =>
      this.#connection.command("note", { session, ...draft }),
    );
    calls.on("changed", () => this.#drawn());
    calls.on("failed", (error) => this.emit("failed", error));
  }

  get standing(): Standing {
    return this.#standing;
  }

  /** What was told on entering; null before. */
  get entered(): Entered | null {
    return this.#entered;
  }

  /** The desk as the server told it last; null before, and for somebody who has none. */
  get desk(): Desk | null {
    return this.#desk;
  }

  get clock(): Clock {
    return this.#clock;
  }

  /** The session in front. */
  get front(): ContactView | null {
    return this.#desk && frontOf(this.#desk, this.#chosen);
  }

  /** What is wrong with the wrap-up in front; empty when nothing is. */
  get problem(): string {
    return this.#problem;
  }

  /** The offers that still wait for this agent's answer. */
  get offers(): readonly OfferView[] {
    return this.#desk?.offers.filter(({ reservation }) => !this.#answered.has(reservation)) ?? [];
  }

  /** Whether a command of this kind about this thing is under way. */
  busy(what: string, id: string): boolean {
    return this.#busy.has(`${what} ${id}`);
  }

  /** When an offer was seen first, as `Date.now()` counts. */
  firstSeen(reservation: string): number {
    return this.#seen.get(reservation) ?? this.now();
  }

  /** Begin, or take the desk over from another tab. */
  begin(): void {
    this.#go("connecting");
    const connection = this.connect();
    this.#connection = connection;
    connection.on("opened", () => void this.#enter());
    connection.on("lost", () => this.#lost());
    connection.on("refused", (refused) => this.#refused(refused));
    connection.on("desk", (desk) => this.#told(desk));
    connection.on("taken_over", () => this.#over("elsewhere"));
    connection.on("signed_out", () => this.#signedOut());
    connection.open();
  }

  /** Do not wait any longer for the next attempt. */
  retryNow(): void {
    this.#connection.retryNow();
  }

  /** Show another session in front. */
  choose(session: string): void {
    this.#chosen = session;
    this.#problem = "";
    this.#drawn();
  }

  chooseActivity(activity: string): Promise<boolean> {
    return this.#do("activity", activity, () =>
      this.#connection.command("choose_activity", { activity }),
    );
  }

  /** Take an offer; whoever was spoken with is put on hold first. To be called from a click. */
  async accept(reservation: string): Promise<boolean> {
    const offer = this.#desk?.offers.find((each) => each.reservation === reservation);
    return this.#do("accept", reservation, async () => {
      void this.calls.prepare();
      this.#holdOthers(offer?.session ?? "");
      await this.#connection.command("accept", { reservation });
      this.#answered.add(reservation);
      this.#chosen = offer?.session ?? this.#chosen;
    });
  }

  async reject(reservation: string): Promise<boolean> {
    return this.#do("reject", reservation, async () => {
      await this.#connection.command("reject", { reservation });
      this.#answered.add(reservation);
    });
  }

  /** Put a customer on hold, or take them off it and hold the others. */
  async hold(session: string, held: boolean): Promise<boolean> {
    return this.#do("hold", session, async () => {
      if (!held) {
        this.#holdOthers(session);
      }
      await this.#connection.command("hold", { session, held });
    });
  }

  hangUp(session: string): Promise<boolean> {
    return this.#do("hang-up", session, () => this.#connection.command("hang_up", { session }));
  }

  transfer(session: string, to: TransferDetail): Promise<boolean> {
    // What was written last must be there before whoever is asked reads it.
    this.drafts.flush();
    return this.#do("transfer", session, () =>
      this.#connection.command("transfer", { session, ...to }),
    );
  }

  consulted(session: string, outcome: Consulted["outcome"]): Promise<boolean> {
    return this.#do("consulted", session, () =>
      this.#connection.command("consulted", { session, outcome }),
    );
  }

  /** A link by which the customer takes the call elsewhere; null when there is none. */
  async callbackLink(session: string): Promise<CallbackLinked | null> {
    let made: CallbackLinked | null = null;
    await this.#do("link", session, async () => {
      made = await this.#connection.command("callback_link", { session });
    });
    return made;
  }

  /** Have such a link sent to the customer. */
  mailLink(session: string): Promise<boolean> {
    return this.#do("mail", session, () => this.#connection.command("mail_link", { session }));
  }

  moreTime(session: string): Promise<boolean> {
    return this.#do("more-time", session, () =>
      this.#connection.command("extend_wrap_up", { session }),
    );
  }

  /** Done with the wrap-up of a session. */
  async finish(contact: ContactView): Promise<boolean> {
    const { session } = contact;
    const { notes = contact.notes, disposition = contact.disposition } = this.drafts.of(session);
    this.#problem = "";
    return this.#do("finish", session, async () => {
      try {
        await this.#connection.command("finish_wrap_up", { session, notes, disposition });
        this.drafts.forget(session);
      } catch (error) {
        if (error instanceof Refused && error.code.startsWith("disposition_")) {
          this.#problem = error.code;
        }
        throw error;
      }
    });
  }

  /** Say something to everybody in the call; false when it could not be sent. */
  async say(session: string, text: string): Promise<boolean> {
    try {
      await this.calls.room(session)?.say(text);
      return true;
    } catch {
      return false;
    }
  }

  /** Leave the desk: the socket is closed, the calls are let go. */
  close(): void {
    this.drafts.flush();
    this.#connection?.close();
    this.calls.letGo();
  }

  async #enter(): Promise<void> {
    try {
      const language = words().language;
      const entered = await this.#connection.command("enter", { view: "desk", language });
      const back = this.#standing === "reconnecting";
      this.#entered = entered;
      this.#standing = "in";
      if (entered.desk) {
        this.#told(entered.desk, true);
      }
      if (back) {
        this.emit("reconnecting", false);
        this.drafts.flush();
      }
      this.#drawn();
    } catch (error) {
      if (error instanceof Refused) {
        this.#refused(error);
      } else {
        this.#connection.drop();
      }
    }
  }

  /** After entering, `seq` may begin anew; later an older state changes nothing. */
  #told(desk: Desk, entering = false): void {
    const before = this.#desk;
    if (!entering && before && desk.seq < before.seq) {
      return;
    }
    this.#desk = desk;
    this.#clock = Clock.by(desk.at, this.now());
    this.#compare(before, desk);
    this.drafts.keep(desk.contacts.map(({ session }) => session));
    this.calls.follow(desk.contacts);
    this.#drawn();
  }

  /** What came and what went between two states of the desk. */
  #compare(before: Desk | null, desk: Desk): void {
    if (before && desk.notice && desk.notice !== before.notice) {
      this.emit("returned", passedOnInVain(desk.notice));
    }
    for (const offer of desk.offers) {
      if (!this.#seen.has(offer.reservation)) {
        this.#seen.set(offer.reservation, this.now());
        this.emit("offered", offer);
      }
    }
    for (const offer of before?.offers ?? []) {
      this.#gone(offer, desk);
    }
    for (const contact of desk.contacts) {
      const earlier = before?.contacts.find(({ session }) => session === contact.session);
      if (contact.mine === "wrapping" && earlier && earlier.mine !== "wrapping") {
        this.emit("ended", contact);
      }
      if (before && !earlier) {
        this.#chosen = contact.session;
      }
    }
  }

  #gone(offer: OfferView, desk: Desk): void {
    const { reservation, session } = offer;
    if (desk.offers.some((each) => each.reservation === reservation)) {
      return;
    }
    const ours = this.#answered.delete(reservation) || this.busy("accept", reservation);
    this.#seen.delete(reservation);
    if (!ours && !desk.contacts.some((contact) => contact.session === session)) {
      const name = nameOf(offer.customer);
      const late = this.now() >= this.#clock.local(offer.until) - CLOSE;
      this.emit("gone", offerGone(name, late));
    }
  }

  /** Said before what comes next, and not waited for: an offer does not wait either. */
  #holdOthers(session: string): void {
    const talking = this.#desk?.contacts.filter(
      (contact) => contact.session !== session && contact.mine === "agent" && talks(contact),
    );
    for (const other of talking ?? []) {
      const hold = { session: other.session, held: true };
      void this.#connection.command("hold", hold).catch((error) => this.emit("failed", error));
    }
  }

  async #do(what: string, id: string, work: () => Promise<unknown>): Promise<boolean> {
    const name = `${what} ${id}`;
    if (this.#busy.has(name)) {
      return false;
    }
    this.#busy.add(name);
    this.#drawn();
    try {
      await work();
      return true;
    } catch (error) {
      this.emit("failed", error);
      return false;
    } finally {
      this.#busy.delete(name);
      this.#drawn();
    }
  }

  #lost(): void {
    if (this.#standing === "in") {
      this.#go("reconnecting");
      this.emit("reconnecting", true);
    }
  }

  #refused(refused: Refused): void {
    if (refused.problem.status === 401) {
      this.#signedOut();
    } else if (refused.passes) {
      this.#connection.drop();
    } else {
      this.#over("refused");
    }
  }

  #signedOut(): void {
    this.#over("out");
    this.emit("out", undefined);
  }

  #over(standing: Standing): void {
    this.#connection.close();
    this.calls.letGo();
    this.#desk = null;
    this.#entered = null;
    this.#seen.clear();
    this.#answered.clear();
    this.#go(standing);
  }

  #go(standing: Standing): void {
    this.#standing = standing;
    this.#drawn();
  }

  #drawn(): void {
    this.emit("changed", undefined);
  }
}
