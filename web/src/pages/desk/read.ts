// What the page keeps of each session on the desk: what was read of its chat, and who stands where.
import { Order } from "../../components/stage/order.js";
import type { ChatMessage } from "../../protocol.js";
import { Reading } from "../room/reading.js";

/** Kept by session for as long as the page lives. */
export class Kept {
  readonly #reading = new Map<string, Reading>();
  readonly #orders = new Map<string, Order>();

  /** The order in which the people of a call are drawn. */
  order(session: string): Order {
    return kept(this.#orders, session, () => new Order());
  }

  /** The chat of a session is in front of the agent. */
  seen(session: string, lines: readonly ChatMessage[]): void {
    this.#readingOf(session).seen(lines);
  }

  /** How many lines of a session's chat were not seen; `me`: whose own lines do not count. */
  unread(session: string, lines: readonly ChatMessage[], me: string | undefined): number {
    return this.#readingOf(session).unread(lines, me);
  }

  #readingOf(session: string): Reading {
    return kept(this.#reading, session, () => new Reading());
  }
}

function kept<Value>(map: Map<string, Value>, session: string, make: () => Value): Value {
  const value = map.get(session) ?? make();
  map.set(session, value);
  return value;
}
