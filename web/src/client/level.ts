// How loud a track is, measured in this page only.

const FLOOR_DB = -60;
const EVERY = 80;

/** Measures one track at a time and tells its level, from 0 to 1, some twelve times a second. */
export class LevelMeter {
  #context: AudioContext | null = null;
  #source: MediaStreamAudioSourceNode | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly tell: (level: number) => void) {}

  /** Measure this track from now on; null: measure nothing. */
  watch(track: MediaStreamTrack | null): void {
    clearInterval(this.#timer);
    this.#source?.disconnect();
    this.#source = null;
    this.tell(0);
    if (!track) {
      void this.#context?.suspend();
      return;
    }
    this.#context ??= new AudioContext({ latencyHint: "playback" });
    void this.#context.resume();
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 1024;
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.tell(levelOf(samples));
    }, EVERY);
  }

  close(): void {
    this.watch(null);
    void this.#context?.close();
    this.#context = null;
  }
}

/** The level of some samples, from 0 (silent, -60 dB or less) to 1 (full scale). */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) {
    sum += sample * sample;
  }
  const decibels = 10 * Math.log10(sum / samples.length || Number.MIN_VALUE);
  return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB));
}
