// The ring of a callback: two tones in the rhythm of a telephone, made by the page.

const PERIOD = 3;
const BURSTS = [0, 0.6] as const;
const TONES = [523, 659] as const;

/** Rings until it is told to stop. */
export class Ring {
  #context: AudioContext | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #count = 0;

  constructor(private readonly make: () => AudioContext = () => new AudioContext()) {}

  /** Ring, or be silent. */
  want(wanted: boolean): void {
    if (wanted && this.#timer === undefined) {
      this.#count = 0;
      this.#context ??= this.make();
      void this.#context.resume().catch(() => undefined);
      this.#timer = setInterval(() => this.#once(), PERIOD * 1000);
      this.#once();
    } else if (!wanted) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** The first ring is softer. */
  #once(): void {
    const context = this.#context;
    if (context?.state !== "running") {
      return;
    }
    const peak = this.#count++ === 0 ? 0.063 : 0.126;
    for (const after of BURSTS) {
      for (const frequency of TONES) {
        burst(context, frequency, context.currentTime + 0.02 + after, peak / 2);
      }
    }
  }
}

function burst(context: AudioContext, frequency: number, begins: number, peak: number): void {
  const tone = new OscillatorNode(context, { frequency });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, begins);
  gain.gain.linearRampToValueAtTime(peak, begins + 0.015);
  gain.gain.setValueAtTime(peak, begins + 0.4);
  gain.gain.linearRampToValueAtTime(0, begins + 0.52);
  tone.connect(gain).connect(context.destination);
  tone.start(begins);
  tone.stop(begins + 0.52);
}
