// Tells the person what happened: aloud for screen readers, with a small sound, and as a toast.
import type { CaptureKind } from "../../client/devices.js";
import type { RoomState } from "../../client/state.js";
import type { ToastModel } from "../../components/toasts/toasts.js";
import type { Memory } from "../../memory.js";
import type { Fact, Grants } from "../../protocol.js";
import { say } from "../../words.js";
import { wordsFor } from "./failures.js";
import { News } from "./news.js";
import { Sounds } from "./sounds.js";
import { ToastList } from "./toasts.js";

const PERMITS = [
  { source: "microphone", on: "mic", off: "mic-off" },
  { source: "camera", on: "cam", off: "cam-off" },
  { source: "screen_share", on: "screen", off: "screen-off" },
] as const;

/** The live regions of the page: outside of what is drawn anew. */
export interface Regions {
  readonly status: HTMLElement;
  readonly alert: HTMLElement;
}

/** What the herald has to know. */
export interface HeraldDoors {
  me(): string;
  chatIsOpen(): boolean;
  changed(): void;
}

/** The one voice of the page. */
export class Herald {
  readonly sounds: Sounds;
  readonly #news: News;
  readonly #toasts: ToastList;

  constructor(
    private readonly regions: Regions,
    memory: Memory,
    doors: HeraldDoors,
  ) {
    this.sounds = new Sounds(memory);
    this.#toasts = new ToastList(() => doors.changed());
    const sinks = {
      status: (words: string) => this.#say(words),
      sound: (name: "joined" | "left" | "message") => this.sounds.play(name),
    };
    this.#news = new News(
      sinks,
      () => doors.me(),
      () => doors.chatIsOpen(),
    );
  }

  get toasts(): readonly ToastModel[] {
    return this.#toasts.toasts;
  }

  /** Learn who is here, to name those who leave. */
  learn(state: RoomState): void {
    this.#news.learn(state);
  }

  /** Something happened in a room of so many people. */
  happened(fact: Fact, people: number): void {
    this.#news.take(fact, people);
  }

  /** We were cut off, or are back. */
  cutOff(lost: boolean): void {
    const words = say(lost ? "room.reconnecting" : "room.back");
    this.#say(words);
    this.sounds.play(lost ? "lost" : "back");
    if (!lost) {
      this.#toasts.add("check", words);
    }
  }

  /** Somebody muted our microphone or stopped our camera. */
  silenced(kind: CaptureKind, name: string | null): void {
    const isVoice = kind === "microphone";
    const words = name
      ? say(isVoice ? "room.muted_by" : "room.camera_by", { name })
      : say(isVoice ? "room.muted_by_host" : "room.camera_by_host");
    this.tell(isVoice ? "mic-off" : "cam-off", words);
  }

  /** A moderator lets us do more, or less. */
  permitted(before: Grants, after: Grants): void {
    for (const { source, on, off } of PERMITS) {
      const [had, has] = [before, after].map((grants) =>
        grants.can_publish_sources.includes(source),
      );
      if (had !== has) {
        this.tell(has ? on : off, say(`room.${has ? "allowed" : "forbidden"}.${source}`));
      }
    }
    if (before.room_admin !== after.room_admin) {
      this.tell("shield", say(after.room_admin ? "room.host" : "room.host_no_more"));
    }
  }

  /** Say something aloud and show it for a while. */
  tell(icon: ToastModel["icon"], words: string): void {
    this.#say(words);
    this.#toasts.add(icon, words);
  }

  /** We are out: said at once, above everything else. */
  ended(words: string): void {
    this.regions.alert.textContent = words;
  }

  /** A call begins: what was said of the last one is over. */
  begins(): void {
    this.regions.alert.textContent = "";
    this.sounds.unlock();
  }

  /** What somebody asked for did not work. */
  failed(error: unknown): void {
    this.#toasts.add("alert", wordsFor(error));
  }

  /** The link of the room was copied, or has to be copied by hand. */
  link(copied: boolean, link: string): void {
    this.#toasts.add(copied ? "check" : "link", copied ? say("link.copied") : link);
  }

  close(): void {
    this.#news.close();
  }

  #say(words: string): void {
    this.regions.status.textContent = words;
  }
}
