// Which videos to receive and how large: what the page shows, told to the server in few words.
import type { TrackWish } from "../protocol.js";

/** How a track is shown: its size in device pixels, or not at all for now. */
export interface Shown {
  readonly enabled: boolean;
  readonly width: number;
  readonly height: number;
}

const STEP = 80;
const PAUSE = 150;

/** Gathers what is shown and says what changed since it was said last. Sizes are in coarse steps. */
export class Wishes {
  #known: ReadonlySet<string> = new Set();
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #wanted = new Map<string, Shown>();
  readonly #said = new Map<string, string>();

  /** `say` returns whether it could be said. */
  constructor(private readonly say: (tracks: TrackWish[]) => boolean) {}

  /** Note how a track is shown now; it is said soon. */
  note(track: string, shown: Shown): void {
    if (this.#known.has(track)) {
      this.#wanted.set(track, coarse(shown));
      this.#timer ??= setTimeout(() => this.#sayNow(), PAUSE);
    }
  }

  /** Learn which tracks there are, and forget the others. */
  learn(tracks: ReadonlySet<string>): void {
    this.#known = tracks;
    for (const track of this.#wanted.keys()) {
      if (!tracks.has(track)) {
        this.#wanted.delete(track);
        this.#said.delete(track);
      }
    }
  }

  /** Say everything again: the server may have forgotten it. */
  repeat(): void {
    this.#said.clear();
    this.#sayNow();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #sayNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changed = [...this.#wanted].filter(
      ([track, shown]) => this.#said.get(track) !== JSON.stringify(shown),
    );
    if (changed.length > 0 && this.say(changed.map(([track, shown]) => wish(track, shown)))) {
      for (const [track, shown] of changed) {
        this.#said.set(track, JSON.stringify(shown));
      }
    }
  }
}

function coarse({ enabled, width, height }: Shown): Shown {
  const up = (size: number) => Math.ceil(size / STEP) * STEP;
  return enabled
    ? { enabled, width: up(width), height: up(height) }
    : { enabled, width: 0, height: 0 };
}

function wish(track: string, { enabled, width, height }: Shown): TrackWish {
  return enabled
    ? { track, subscribed: true, enabled, width, height }
    : { track, subscribed: true, enabled };
}
