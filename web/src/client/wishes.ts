// Which videos to receive and how large: what the page shows, told to the server in few words.
import type { TrackWish } from "../protocol.js";

/** How a track is shown: its size in device pixels, or not at all for now. */
export interface Shown {
  readonly enabled: boolean;
  readonly width: number;
  readonly height: number;
}

const STEP = 80;

/** Gathers what is shown and says what changed since it was said last. Sizes are in coarse steps. */
export class Wishes {
  readonly #wanted = new Map<string, Shown>();
  readonly #said = new Map<string, string>();

  /** Note how a track is shown now. */
  note(track: string, shown: Shown): void {
    this.#wanted.set(track, coarse(shown));
  }

  /** Forget tracks that are gone. */
  keepOnly(tracks: ReadonlySet<string>): void {
    for (const track of this.#wanted.keys()) {
      if (!tracks.has(track)) {
        this.#wanted.delete(track);
        this.#said.delete(track);
      }
    }
  }

  /** What has to be said now; it counts as said. */
  take(): TrackWish[] {
    const wishes: TrackWish[] = [];
    for (const [track, shown] of this.#wanted) {
      const key = JSON.stringify(shown);
      if (this.#said.get(track) !== key) {
        this.#said.set(track, key);
        wishes.push(wish(track, shown));
      }
    }
    return wishes;
  }

  /** Say everything again the next time: the server may have forgotten it. */
  repeat(): void {
    this.#said.clear();
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
