// Which messages of the chat were read.
import type { ChatMessage } from "../../protocol.js";

/** Counts the messages of others since the chat was last seen. */
export class Reading {
  #last: string | null = null;

  /** All of these were seen. */
  seen(chat: readonly ChatMessage[]): void {
    this.#last = chat.at(-1)?.sid ?? null;
  }

  /** How many of these are new and of somebody else. */
  unread(chat: readonly ChatMessage[], identity: string | undefined): number {
    const place = chat.findLastIndex((message) => message.sid === this.#last);
    return chat.slice(place + 1).filter((message) => message.identity !== identity).length;
  }
}
