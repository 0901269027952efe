// Sharing a screen: from the choice in the browser to the end of it, wherever that comes from.
import type { Wanted } from "../../client/publisher.js";
import type { Room } from "../../client/room.js";
import { captureScreen, release, type Screen } from "../../client/screen.js";

/** The screen that this page shares. */
export class Sharing {
  #screen: Screen | null = null;

  constructor(private readonly changed: () => void) {}

  get screen(): Screen | null {
    return this.#screen;
  }

  /** Ask for a screen and publish it, with its sound; nothing when the person chose none. */
  async start(room: Room): Promise<void> {
    const screen = await captureScreen();
    if (!screen) {
      return;
    }
    this.#screen = screen;
    screen.video.addEventListener("ended", () => void this.stop(room));
    this.changed();
    try {
      await room.publish(...tracksOf(screen, room));
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** Stop sharing. */
  async stop(room: Room): Promise<void> {
    if (this.#screen) {
      this.end();
      await room.unpublish("screen_share", "screen_share_audio");
    }
  }

  /** Release the screen; the room is gone, or never had it. */
  end(): void {
    if (this.#screen) {
      release(this.#screen);
      this.#screen = null;
      this.changed();
    }
  }
}

function tracksOf(screen: Screen, room: Room): Wanted[] {
  const wanted: Wanted[] = [{ source: "screen_share", track: screen.video }];
  if (screen.audio && room.may("screen_share_audio")) {
    wanted.push({ source: "screen_share_audio", track: screen.audio });
  }
  return wanted;
}
