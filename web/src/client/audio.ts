// The one audio output of the page: every remote sound goes through one element, unlocked once.
import { Emitter } from "./emitter.js";

export interface AudioEvents {
  /** Whether the browser holds back the sound until the next click. */
  blocked: boolean;
}

/** Plays all remote audio tracks as one stream; browsers mix it. */
export class AudioOutput extends Emitter<AudioEvents> {
  #stream = new MediaStream();
  #blocked = false;

  constructor(private readonly element: HTMLAudioElement = new Audio()) {
    super();
  }

  get blocked(): boolean {
    return this.#blocked;
  }

  /** How loud everything is, from 0 to 1. */
  get volume(): number {
    return this.element.volume;
  }

  set volume(volume: number) {
    this.element.volume = Math.min(1, Math.max(0, volume));
  }

  /** To be called from a click: from then on sound may start at any time. */
  unlock(): void {
    void this.#play();
  }

  /** Play exactly these tracks. */
  play(tracks: readonly MediaStreamTrack[]): void {
    const playing = this.#stream.getAudioTracks();
    if (tracks.length !== playing.length || tracks.some((track) => !playing.includes(track))) {
      // Always a new stream: Chromium stays silent for tracks that are added to one that plays.
      this.#stream = new MediaStream([...tracks]);
      this.element.srcObject = this.#stream;
      void this.#play();
    }
  }

  /** Play on this speaker; the empty id is the system's choice. */
  async useSpeaker(id: string): Promise<void> {
    if ("setSinkId" in this.element && this.element.sinkId !== id) {
      await this.element.setSinkId(id);
    }
  }

  close(): void {
    this.element.pause();
    this.play([]);
  }

  async #play(): Promise<void> {
    this.element.srcObject ??= this.#stream;
    try {
      await this.element.play();
      this.#report(false);
    } catch (error) {
      if (error instanceof DOMException && error.name === "NotAllowedError") {
        this.#report(true);
      }
    }
  }

  #report(blocked: boolean): void {
    if (blocked !== this.#blocked) {
      this.#blocked = blocked;
      this.emit("blocked", blocked);
    }
  }
}

/** Whether this browser lets a page choose the speaker. */
export function canChooseSpeaker(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}
