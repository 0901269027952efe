// The ring of the desk, made of two sines, on the device that was chosen for ringing.
import type { Memory } from "../../memory.js";

const CHOSEN = "offhook.ring";
const OFF = "offhook.ring.off";
/** Hertz of the two tones; seconds of a ring, of the rest between two, and of a whole cycle. */
const TONES = [523, 659] as const;
const RING = 0.4;
const CYCLE = 3;
const STARTS = [0, 0.6] as const;
const ATTACK = 0.015;
const RELEASE = 0.12;
/** Decibels of a ring, and how much quieter the first ones are. */
const PEAK = -18;
const QUIETER = -6;

/** How loud a ring of this cycle is, as a factor: softer until the second is over. */
export function loudness(cycle: number): number {
  return 10 ** ((PEAK + (cycle === 0 ? QUIETER : 0)) / 20);
}

/** Rings until it is told to stop. */
export class Ringer {
  #context: AudioContext | null = null;
  #element: HTMLAudioElement | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #out: GainNode | null = null;
  #blocked = false;

  constructor(
    private readonly memory: Memory,
    private readonly changed: () => void = () => undefined,
  ) {}

  /** Whether the browser holds the ring back until the next click. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Whether it rings now. */
  get ringing(): boolean {
    return this.#timer !== undefined;
  }

  /** Whether ringing is on. */
  get on(): boolean {
    return this.memory.getItem(OFF) !== "off";
  }

  turn(on: boolean): void {
    this.memory.setItem(OFF, on ? "on" : "off");
    if (!on) {
      this.stop();
    }
  }

  /** The device that rings; empty: the system's choice. */
  get device(): string {
    return this.memory.getItem(CHOSEN) ?? "";
  }

  async choose(device: string): Promise<void> {
    this.memory.setItem(CHOSEN, device);
    await this.#useDevice();
  }

  /** To be called from a click: from then on it may ring. */
  unlock(): void {
    const context = this.#prepare();
    void context.resume().then(() => this.#setBlocked(false));
    void this.#element?.play().catch(() => undefined);
  }

  /** Ring until `stop`. */
  start(): void {
    if (this.ringing || !this.on) {
      return;
    }
    const context = this.#prepare();
    void context.resume();
    void this.#element?.play().then(
      () => this.#setBlocked(context.state !== "running"),
      () => this.#setBlocked(true),
    );
    this.#cycle(context, 0);
  }

  /** Ring once, to try it. To be called from a click. */
  test(): void {
    this.unlock();
    if (!this.ringing) {
      this.#ring(this.#prepare(), 1);
    }
  }

  /** Be silent at once. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#setBlocked(false);
    const { currentTime = 0 } = this.#context ?? {};
    this.#out?.gain.setTargetAtTime(0, currentTime, 0.02);
    this.#out = null;
  }

  #prepare(): AudioContext {
    if (!this.#context) {
      this.#context = new AudioContext();
      const destination = this.#context.createMediaStreamDestination();
      this.#element = new Audio();
      this.#element.srcObject = destination.stream;
      this.#sink = destination;
      void this.#useDevice();
    }
    return this.#context;
  }

  #sink: AudioNode | null = null;

  #cycle(context: AudioContext, cycle: number): void {
    this.#ring(context, cycle);
    this.#timer = setTimeout(() => this.#cycle(context, cycle + 1), CYCLE * 1000);
  }

  #ring(context: AudioContext, cycle: number): void {
    const out = new GainNode(context, { gain: 1 });
    out.connect(this.#sink ?? context.destination);
    this.#out = out;
    for (const start of STARTS) {
      for (const frequency of TONES) {
        tone(context, out, { frequency, start, peak: loudness(cycle) / TONES.length });
      }
    }
  }

  async #useDevice(): Promise<void> {
    const element = this.#element;
    if (element && "setSinkId" in element) {
      // A device that was unplugged must not silence the ring: the system's choice stands in.
      await element.setSinkId(this.device).catch(() => element.setSinkId(""));
    }
  }

  #setBlocked(blocked: boolean): void {
    if (blocked !== this.#blocked) {
      this.#blocked = blocked;
      this.changed();
    }
  }
}

function tone(
  context: AudioContext,
  to: AudioNode,
  { frequency, start, peak }: { frequency: number; start: number; peak: number },
): void {
  const begins = context.currentTime + 0.03 + start;
  const oscillator = new OscillatorNode(context, { frequency });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, begins);
  gain.gain.linearRampToValueAtTime(peak, begins + ATTACK);
  gain.gain.setValueAtTime(peak, begins + RING);
  gain.gain.linearRampToValueAtTime(0, begins + RING + RELEASE);
  oscillator.connect(gain).connect(to);
  oscillator.start(begins);
  oscillator.stop(begins + RING + RELEASE);
}
