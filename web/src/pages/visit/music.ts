// Music while one waits, made by the page: slow chords of soft sines, nothing to load and no rights.
import type { Memory } from "../../memory.js";

/** One bar: its chord from the bass up, in MIDI numbers, and the notes over it. */
interface Bar {
  readonly chord: readonly number[];
  readonly tune: readonly (number | null)[];
}

const BARS: readonly Bar[] = [
  { chord: [45, 57, 60, 64], tune: [76, null, 72, null, 74, 71, null, null] },
  { chord: [41, 53, 57, 60], tune: [72, null, 69, null, 71, null, 67, null] },
  { chord: [48, 55, 60, 64], tune: [67, null, 72, null, 76, null, 74, null] },
  { chord: [43, 55, 59, 62], tune: [74, null, 71, null, 67, null, null, null] },
  { chord: [45, 57, 60, 64], tune: [69, null, 72, 76, null, 79, null, 76] },
  { chord: [41, 53, 57, 60], tune: [77, null, 76, null, 72, null, 69, null] },
  { chord: [50, 53, 57, 62], tune: [74, null, 77, null, 76, null, 74, null] },
  { chord: [43, 55, 59, 65], tune: [74, null, 71, null, 67, null, null, null] },
];
const BAR = 3.2;
const NOTE = BAR / 8;
/** How far ahead notes are placed, in seconds. */
const AHEAD = 1.5;
const OFF = "offhook.music";
const VOLUME = "offhook.music.volume";
/** Peak of the music at full volume: -18 dBFS. */
const PEAK = 0.126;

/** Plays while it is wanted, at the visitor's volume, unless it was switched off. */
export class HoldMusic {
  #context: AudioContext | null = null;
  #out: GainNode | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #bar = 0;
  #next = 0;
  #wanted = false;

  constructor(
    private readonly memory: Memory,
    private readonly changed: () => void,
    private readonly make: () => AudioContext = () => new AudioContext(),
  ) {}

  get on(): boolean {
    return this.memory.getItem(OFF) !== "off";
  }

  /** From 0 to 1. */
  get volume(): number {
    const kept = Number(this.memory.getItem(VOLUME) ?? "0.7");
    return kept >= 0 && kept <= 1 ? kept : 0.7;
  }

  /** Whether the browser holds it back until the next click. */
  get blocked(): boolean {
    return this.#wanted && this.on && this.#context?.state === "suspended";
  }

  /** To be called from a click: from then on it may play. */
  unlock(): void {
    if (this.#context?.state === "suspended") {
      void this.#context.resume().then(this.changed);
    }
  }

  /** Play, or fall silent. */
  want(wanted: boolean): void {
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      this.#follow();
    }
  }

  /** Switch it on or off, for the next time too. */
  turn(on: boolean): void {
    this.memory.setItem(OFF, on ? "on" : "off");
    this.#follow();
    this.unlock();
  }

  /** Set the volume, from 0 to 1. */
  setVolume(volume: number): void {
    this.memory.setItem(VOLUME, String(volume));
    this.#fade();
    this.changed();
  }

  close(): void {
    this.want(false);
    void this.#context?.close();
    this.#context = null;
  }

  #follow(): void {
    if (this.#wanted && this.on) {
      this.#begin();
    } else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    this.#fade();
    this.changed();
  }

  #begin(): void {
    if (!this.#context) {
      this.#context = this.make();
      this.#context.onstatechange = this.changed;
      this.#out = new GainNode(this.#context, { gain: 0 });
      this.#out.connect(this.#context.destination);
    }
    void this.#context.resume().catch(() => undefined);
    this.#next = Math.max(this.#next, this.#context.currentTime + 0.1);
    this.#timer ??= setInterval(() => this.#schedule(), 400);
    this.#schedule();
  }

  #fade(): void {
    const { currentTime } = this.#context ?? { currentTime: 0 };
    const target = this.#wanted && this.on ? this.volume ** 2 * PEAK : 0;
    this.#out?.gain.setTargetAtTime(target, currentTime, 0.25);
  }

  #schedule(): void {
    const context = this.#context;
    const out = this.#out;
    while (context && out && this.#next < context.currentTime + AHEAD) {
      const bar = BARS[this.#bar % BARS.length] as Bar;
      for (const [voice, key] of bar.chord.entries()) {
        tone(context, out, key, this.#next + voice * 0.04, BAR * 1.1, voice === 0 ? 0.5 : 0.22);
      }
      for (const [place, key] of bar.tune.entries()) {
        if (key !== null) {
          tone(context, out, key, this.#next + place * NOTE, NOTE * 3, 0.3);
        }
      }
      this.#next += BAR;
      this.#bar += 1;
    }
  }
}

/** A soft struck note: a sine with a little of its octave, dying away. */
function tone(
  context: AudioContext,
  out: AudioNode,
  key: number,
  begins: number,
  lasts: number,
  loudness: number,
): void {
  const hertz = 440 * 2 ** ((key - 69) / 12);
  const envelope = new GainNode(context, { gain: 0 });
  envelope.connect(out);
  envelope.gain.setValueAtTime(0, begins);
  envelope.gain.linearRampToValueAtTime(loudness, begins + 0.03);
  envelope.gain.exponentialRampToValueAtTime(0.0008, begins + lasts);
  for (const [times, share] of [
    [1, 1],
    [2, 0.18],
  ] as const) {
    const part = new OscillatorNode(context, { frequency: hertz * times });
    part.connect(new GainNode(context, { gain: share })).connect(envelope);
    part.start(begins);
    part.stop(begins + lasts);
  }
}
