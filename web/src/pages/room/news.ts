// What is said aloud: who came and went, and what else happened, in one place and few words.
import type { RoomState } from "../../client/state.js";
import type { ChatMessage, Fact, ParticipantView } from "../../protocol.js";
import { say } from "../../words.js";

/** Where news go: the polite live region, and the sounds. */
export interface NewsSinks {
  status(words: string): void;
  sound(name: "joined" | "left" | "message"): void;
}

const TOGETHER = 900;
const QUIET_ABOVE = 8;

/** Turns facts into announcements. Arrivals and departures close together are said as one. */
export class News {
  #came: string[] = [];
  #went: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #locked: boolean | null = null;
  /** The names of those who are here, to name those who leave. */
  readonly #names = new Map<string, string>();

  constructor(
    private readonly sinks: NewsSinks,
    private readonly me: () => string,
    private readonly chatIsOpen: () => boolean,
  ) {}

  /** Learn the names of a state, and at first whether the room is locked. */
  learn(state: RoomState): void {
    this.#locked ??= state.room.locked;
    for (const person of state.participants.values()) {
      this.#names.set(person.sid, person.name);
    }
  }

  /** Take a fact. */
  take(fact: Fact, people: number): void {
    const { data } = fact;
    if (fact.type === "participant_joined") {
      this.#joined(data.participant as ParticipantView, people);
    } else if (fact.type === "participant_left") {
      this.#left(data.participant as string, people);
    } else if (fact.type === "track_published") {
      this.#published(data);
    } else if (fact.type === "chat_sent") {
      this.#said(data.message as ChatMessage);
    } else if (fact.type === "room_updated") {
      this.#updated(data);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #joined(person: ParticipantView, people: number): void {
    if (person.sid !== this.me()) {
      this.#names.set(person.sid, person.name);
      this.#came.push(person.name);
      this.#soon();
      if (people <= QUIET_ABOVE) {
        this.sinks.sound("joined");
      }
    }
  }

  #left(sid: string, people: number): void {
    const name = this.#names.get(sid);
    if (name !== undefined && sid !== this.me()) {
      this.#names.delete(sid);
      this.#went.push(name);
      this.#soon();
      if (people <= QUIET_ABOVE) {
        this.sinks.sound("left");
      }
    }
  }

  #published(data: Fact["data"]): void {
    const name = this.#names.get(data.participant as string);
    const track = data.track as { source?: string };
    if (name && data.participant !== this.me() && track.source === "screen_share") {
      this.sinks.status(say("room.sharing", { name }));
    }
  }

  #said(message: ChatMessage): void {
    if (message.participant !== this.me() && !this.chatIsOpen()) {
      this.sinks.status(say("chat.from", { name: message.name }));
      this.sinks.sound("message");
    }
  }

  #updated(data: Fact["data"]): void {
    const { locked } = data.room as { locked?: boolean };
    if (locked !== undefined && locked !== this.#locked) {
      this.#locked = locked;
      this.sinks.status(say(locked ? "room.now_locked" : "room.now_unlocked"));
    }
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const lines = [
        grouped(this.#came, "room.joined", "room.joined.several"),
        grouped(this.#went, "room.left", "room.left.several"),
      ];
      this.#came = [];
      this.#went = [];
      this.sinks.status(lines.filter(Boolean).join(" "));
    }, TOGETHER);
  }
}

function grouped(
  names: readonly string[],
  one: "room.joined" | "room.left",
  several: "room.joined.several" | "room.left.several",
): string {
  if (names.length === 1) {
    return say(one, { name: names[0] ?? "" });
  }
  return names.length > 1 ? say(several, { count: names.length }) : "";
}
