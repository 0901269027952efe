// The small sounds of a room, made of sines; each has a visible twin.
import type { Memory } from "../../memory.js";

type Tone = readonly [hertz: number, at: number, lasts: number];

interface Sound {
  readonly tones: readonly Tone[];
  readonly decibels: number;
}

const SOUNDS = {
  joined: {
    tones: [
      [392, 0, 0.09],
      [587, 0.1, 0.09],
    ],
    decibels: -24,
  },
  left: {
    tones: [
      [587, 0, 0.09],
      [392, 0.1, 0.09],
    ],
    decibels: -24,
  },
  message: { tones: [[784, 0, 0.06]], decibels: -26 },
  lost: {
    tones: [
      [220, 0, 0.12],
      [220, 0.2, 0.12],
    ],
    decibels: -18,
  },
  back: {
    tones: [
      [330, 0, 0.1],
      [440, 0.12, 0.1],
    ],
    decibels: -18,
  },
  test: {
    tones: [
      [392, 0, 0.25],
      [523, 0.3, 0.25],
      [587, 0.6, 0.4],
    ],
    decibels: -18,
  },
} as const satisfies Record<string, Sound>;

export type SoundName = keyof typeof SOUNDS;

const OFF = "offhook.sounds";
const ATTACK = 0.015;
const RELEASE = 0.12;
const APART = 2000;

/** Plays the sounds of a room: at most one every two seconds, none when they are switched off. */
export class Sounds {
  #context: AudioContext | null = null;
  #last = Number.NEGATIVE_INFINITY;

  constructor(private readonly memory: Memory) {}

  /** Whether the sounds are on. */
  get on(): boolean {
    return this.memory.getItem(OFF) !== "off";
  }

  /** Switch the sounds on or off, for the next time too. */
  turn(on: boolean): void {
    this.memory.setItem(OFF, on ? "on" : "off");
  }

  /** To be called from a click: from then on sounds may play. */
  unlock(): void {
    this.#context ??= new AudioContext();
    void this.#context.resume();
  }

  /** Play a sound of a room. */
  play(name: SoundName, now: number = performance.now()): void {
    const context = this.#context;
    if (context?.state === "running" && this.on && now - this.#last >= APART) {
      this.#last = now;
      sound(context, context.destination, SOUNDS[name]);
    }
  }

  /** Play the test sound on one speaker. */
  async test(speaker: string): Promise<void> {
    this.unlock();
    const context = this.#context;
    if (!context) {
      return;
    }
    const destination = context.createMediaStreamDestination();
    const element = new Audio();
    element.srcObject = destination.stream;
    if (speaker && "setSinkId" in element) {
      await element.setSinkId(speaker);
    }
    await element.play();
    const ends = sound(context, destination, SOUNDS.test);
    setTimeout(() => element.pause(), (ends - context.currentTime + 0.5) * 1000);
  }
}

function sound(context: AudioContext, to: AudioNode, { tones, decibels }: Sound): number {
  const peak = 10 ** (decibels / 20);
  let ends = context.currentTime;
  for (const [hertz, at, lasts] of tones) {
    const begins = context.currentTime + 0.02 + at;
    const oscillator = new OscillatorNode(context, { frequency: hertz });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setValueAtTime(0, begins);
    gain.gain.linearRampToValueAtTime(peak, begins + ATTACK);
    gain.gain.setValueAtTime(peak, begins + lasts);
    gain.gain.linearRampToValueAtTime(0, begins + lasts + RELEASE);
    oscillator.connect(gain).connect(to);
    oscillator.start(begins);
    oscillator.stop(begins + lasts + RELEASE);
    ends = Math.max(ends, begins + lasts + RELEASE);
  }
  return ends;
}
