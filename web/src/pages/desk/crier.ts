// Tells the agent what happened: rings, says it aloud, shows it, and plays the small sounds.

import type { ToastModel } from "../../components/toasts/toasts.js";
import type { OfferView } from "../../desk-protocol.js";
import type { Memory } from "../../memory.js";
import type { ChatMessage, Fact } from "../../protocol.js";
import { say } from "../../words.js";
import type { Regions } from "../room/herald.js";
import { Sounds } from "../room/sounds.js";
import { ToastList } from "../room/toasts.js";
import { Notifier } from "./notifying.js";
import { Ringer } from "./ringing.js";
import { aboutOf, kindOf, nameOf } from "./view.js";
import { wordsFor } from "./words.js";

/** The one voice of the desk. */
export class Crier {
  readonly sounds: Sounds;
  readonly ringer: Ringer;
  readonly notifier = new Notifier();
  readonly #toasts: ToastList;

  constructor(
    private readonly regions: Regions,
    memory: Memory,
    changed: () => void,
  ) {
    this.sounds = new Sounds(memory);
    this.ringer = new Ringer(memory, changed);
    this.#toasts = new ToastList(changed);
  }

  get toasts(): readonly ToastModel[] {
    return this.#toasts.toasts;
  }

  /** Whether the browser holds the sound back until the agent has clicked anywhere. */
  get blocked(): boolean {
    const { userActivation } = navigator;
    return this.ringer.blocked || (userActivation !== undefined && !userActivation.hasBeenActive);
  }

  /** To be called from a click: from then on there may be sound. */
  unlock(): void {
    this.sounds.unlock();
    this.ringer.unlock();
  }

  /** An offer came: said once, above everything else. */
  offered(offer: OfferView): void {
    const name = nameOf(offer.customer);
    const about = aboutOf(offer.customer);
    const words = about
      ? say("desk.calling.about", { name, about })
      : say("desk.calling", { name });
    this.regions.alert.textContent = words;
    this.notifier.show({ id: offer.reservation, title: name, body: `${kindOf(offer)}. ${about}` });
  }

  /** Ring as long as anything waits for an answer. */
  ring(offers: readonly OfferView[]): void {
    this.notifier.keep(offers.map(({ reservation }) => reservation));
    if (offers.length > 0) {
      this.ringer.start();
    } else if (this.ringer.ringing) {
      this.ringer.stop();
    }
  }

  /** A talk is over. */
  ended(name: string): void {
    this.regions.alert.textContent = say("desk.ended", { name });
  }

  /** We were cut off from the server, or are back. */
  cutOff(lost: boolean): void {
    const words = say(lost ? "desk.reconnecting" : "room.back");
    this.regions.status.textContent = words;
    this.sounds.play(lost ? "lost" : "back");
    if (!lost) {
      this.#toasts.add("check", words);
    }
  }

  /** Something happened in a call; `me`: the participant that this page is there. */
  happened(fact: Fact, me: string, isRead: boolean): void {
    const message = fact.type === "chat_sent" ? (fact.data.message as ChatMessage) : null;
    if (message && message.participant !== me && !isRead) {
      this.regions.status.textContent = say("chat.from", { name: message.name });
      this.sounds.play("message");
    }
  }

  /** Say something aloud and show it for a while. */
  tell(icon: ToastModel["icon"], words: string): void {
    this.regions.status.textContent = words;
    this.#toasts.add(icon, words);
  }

  /** What somebody asked for did not work. */
  failed(error: unknown): void {
    this.tell("alert", wordsFor(error));
  }

  /** Nobody is here to be told anything. */
  quiet(): void {
    this.ring([]);
    this.regions.alert.textContent = "";
  }

  close(): void {
    this.ring([]);
  }
}
