// Microphone, camera and speaker: permission, choice, switching live, and what stands in the way.
import type { Memory } from "../memory.js";
import { Emitter } from "./emitter.js";

export type CaptureKind = "microphone" | "camera";
export type DeviceKind = CaptureKind | "speaker";

/** Why a device gives nothing: the browser or its user said no, there is none, another program
 * has it, the page is not secure, or the browser gave no usable reason. */
export type Trouble = "blocked" | "missing" | "busy" | "insecure" | "failed";

/** One capture device as it is now. `wanted`: it is to be on as soon as it can be. */
export interface Capture {
  readonly track: MediaStreamTrack | null;
  readonly wanted: boolean;
  readonly asking: boolean;
  readonly trouble: Trouble | null;
}

/** How the microphone's sound is treated before it is sent. */
export interface Processing {
  readonly noiseSuppression: boolean;
  readonly echoCancellation: boolean;
  readonly autoGainControl: boolean;
}

export interface DevicesEvents {
  /** Something about the devices changed. */
  changed: undefined;
  /** Another track captures this kind now (null: none). */
  track: { kind: CaptureKind; track: MediaStreamTrack | null };
}

interface Remembered {
  chosen: Partial<Record<DeviceKind, string>>;
  wanted: Partial<Record<CaptureKind, boolean>>;
  processing: Partial<Processing>;
}

const KEY = "offhook.devices";
const OFF: Capture = { track: null, wanted: false, asking: false, trouble: null };
const KINDS: Readonly<Record<MediaDeviceKind, DeviceKind>> = {
  audioinput: "microphone",
  videoinput: "camera",
  audiooutput: "speaker",
};
const TROUBLES: Readonly<Record<string, Trouble>> = {
  NotAllowedError: "blocked",
  SecurityError: "blocked",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** The devices of this page. Choices are remembered; the system's default stands in for what left. */
export class Devices extends Emitter<DevicesEvents> {
  #captures: Record<CaptureKind, Capture> = { microphone: OFF, camera: OFF };
  #lists: Record<DeviceKind, readonly MediaDeviceInfo[]> = {
    microphone: [],
    camera: [],
    speaker: [],
  };
  readonly #told: Record<CaptureKind, MediaStreamTrack | null> = { microphone: null, camera: null };
  #remembered: Remembered;
  readonly #stop = new AbortController();

  constructor(
    private readonly memory: Memory,
    private readonly media: MediaDevices | undefined = navigator.mediaDevices,
  ) {
    super();
    this.#remembered = recall(memory);
    media?.addEventListener("devicechange", () => void this.#changed(), {
      signal: this.#stop.signal,
    });
  }

  get microphone(): Capture {
    return this.#captures.microphone;
  }

  get camera(): Capture {
    return this.#captures.camera;
  }

  get processing(): Processing {
    return {
      noiseSuppression: true,
      echoCancellation: true,
      autoGainControl: true,
      ...this.#remembered.processing,
    };
  }

  /** The devices of a kind; names are empty until the browser allowed one of them. */
  list(kind: DeviceKind): readonly MediaDeviceInfo[] {
    return this.#lists[kind];
  }

  /** The id of the device of a kind that is in use, or was chosen; empty: the system's choice. */
  chosen(kind: DeviceKind): string {
    const current = kind === "speaker" ? null : this.#captures[kind].track;
    return current?.getSettings().deviceId ?? this.#remembered.chosen[kind] ?? "";
  }

  /** Whether the person wanted this kind on the last time. */
  wantedLastTime(kind: CaptureKind): boolean {
    return this.#remembered.wanted[kind] ?? true;
  }

  /** Start these kinds together, with one question to the person when that works. */
  async start(...kinds: CaptureKind[]): Promise<void> {
    const idle = kinds.filter((kind) => !this.#captures[kind].track);
    for (const kind of idle) {
      this.#set(kind, { track: null, wanted: true, asking: true, trouble: null });
    }
    if (!this.media?.getUserMedia) {
      this.#troubled(idle, "insecure");
      return;
    }
    try {
      await this.#capture(idle);
    } catch (error) {
      await this.#oneByOne(idle, error);
    }
    await this.refresh();
  }

  /** Do not wait any longer for what stands in the way. */
  giveUp(): void {
    for (const kind of ["microphone", "camera"] as const) {
      if (this.#captures[kind].trouble) {
        this.#set(kind, OFF);
      }
    }
  }

  /** Stop capturing; the device is released and its light goes off. */
  stop(kind: CaptureKind): void {
    this.#captures[kind].track?.stop();
    this.#set(kind, OFF);
  }

  /** Remember whether a kind is to be on the next time. */
  rememberWanted(kind: CaptureKind, wanted: boolean): void {
    this.#remember({ wanted: { ...this.#remembered.wanted, [kind]: wanted } });
  }

  /** Use another device of a kind from now on. */
  async choose(kind: DeviceKind, id: string): Promise<void> {
    this.#remember({ chosen: { ...this.#remembered.chosen, [kind]: id } });
    if (kind !== "speaker" && (this.#captures[kind].track || this.#captures[kind].trouble)) {
      await this.#again(kind);
    }
    this.emit("changed", undefined);
  }

  /** Treat the microphone's sound otherwise from now on. */
  async process(processing: Partial<Processing>): Promise<void> {
    this.#remember({ processing: { ...this.#remembered.processing, ...processing } });
    if (this.#captures.microphone.track) {
      await this.#again("microphone");
    }
    this.emit("changed", undefined);
  }

  /** Read the list of devices anew. */
  async refresh(): Promise<void> {
    const all = (await this.media?.enumerateDevices?.()) ?? [];
    this.#lists = { microphone: [], camera: [], speaker: [] };
    for (const device of all) {
      const kind = KINDS[device.kind];
      this.#lists[kind] = [...this.#lists[kind], device];
    }
    this.emit("changed", undefined);
  }

  /** Release everything. */
  close(): void {
    this.#stop.abort();
    this.stop("microphone");
    this.stop("camera");
  }

  async #capture(kinds: readonly CaptureKind[]): Promise<void> {
    if (kinds.length === 0 || !this.media) {
      return;
    }
    const stream = await this.media.getUserMedia({
      ...(kinds.includes("microphone") ? { audio: this.#audio() } : {}),
      ...(kinds.includes("camera") ? { video: this.#video() } : {}),
    });
    for (const track of stream.getTracks()) {
      this.#got(track.kind === "audio" ? "microphone" : "camera", track);
    }
  }

  async #oneByOne(kinds: readonly CaptureKind[], reason: unknown): Promise<void> {
    if (kinds.length === 1) {
      this.#troubled(kinds, troubleOf(reason));
      return;
    }
    for (const kind of kinds) {
      try {
        await this.#capture([kind]);
      } catch (error) {
        this.#troubled([kind], troubleOf(error));
      }
    }
  }

  async #again(kind: CaptureKind): Promise<void> {
    const before = this.#captures[kind].track;
    before?.stop();
    this.#captures[kind] = { ...this.#captures[kind], track: null };
    await this.start(kind);
  }

  #got(kind: CaptureKind, track: MediaStreamTrack): void {
    if (!this.#captures[kind].wanted) {
      track.stop();
      return;
    }
    track.addEventListener("ended", () => this.#ended(kind, track));
    if (kind === "camera") {
      track.contentHint = "motion";
    }
    this.#set(kind, { track, wanted: true, asking: false, trouble: null });
  }

  #ended(kind: CaptureKind, track: MediaStreamTrack): void {
    if (this.#captures[kind].track === track) {
      this.#troubled([kind], "missing");
      void this.#changed();
    }
  }

  async #changed(): Promise<void> {
    await this.refresh();
    for (const kind of ["microphone", "camera"] as const) {
      const { track, wanted, asking, trouble } = this.#captures[kind];
      if (wanted && !asking && !track && trouble === "missing" && this.#lists[kind].length > 0) {
        await this.start(kind);
      }
    }
  }

  #troubled(kinds: readonly CaptureKind[], trouble: Trouble): void {
    for (const kind of kinds) {
      this.#set(kind, { track: null, wanted: true, asking: false, trouble });
    }
  }

  #set(kind: CaptureKind, capture: Capture): void {
    this.#captures[kind] = capture;
    if (!capture.asking && this.#told[kind] !== capture.track) {
      this.#told[kind] = capture.track;
      this.emit("track", { kind, track: capture.track });
    }
    this.emit("changed", undefined);
  }

  #audio(): MediaTrackConstraints {
    return { ...this.processing, ...preferred(this.#remembered.chosen.microphone) };
  }

  #video(): MediaTrackConstraints {
    const chosen = this.#remembered.chosen.camera;
    return {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
      ...(chosen ? preferred(chosen) : { facingMode: "user" }),
    };
  }

  #remember(part: Partial<Remembered>): void {
    this.#remembered = { ...this.#remembered, ...part };
    this.memory.setItem(KEY, JSON.stringify(this.#remembered));
  }
}

/** What stands in the way, by the error that `getUserMedia` gave. */
export function troubleOf(error: unknown): Trouble {
  return TROUBLES[(error as { name?: string } | null)?.name ?? ""] ?? "failed";
}

function preferred(id: string | undefined): MediaTrackConstraints {
  return id ? { deviceId: { ideal: id } } : {};
}

function recall(memory: Memory): Remembered {
  const empty: Remembered = { chosen: {}, wanted: {}, processing: {} };
  try {
    return { ...empty, ...(JSON.parse(memory.getItem(KEY) ?? "{}") as Partial<Remembered>) };
  } catch {
    return empty;
  }
}
