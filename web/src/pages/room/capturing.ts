// One's own voice and picture: from the devices, through mute and stop, into the room.
import type { CaptureKind, Devices } from "../../client/devices.js";
import { LevelMeter } from "../../client/level.js";
import type { Wanted } from "../../client/publisher.js";
import type { Room } from "../../client/room.js";
import type { TrackSource } from "../../client/state.js";
import type { Grants } from "../../protocol.js";

/** What capturing has to know of the page, and what it tells it. */
export interface CapturingDoors {
  room(): Room | null;
  grants(): Grants | null;
  /** Whether the level is shown now. */
  showsLevel(): boolean;
  level(level: number): void;
  changed(): void;
  failed(error: unknown): void;
}

const KINDS = ["microphone", "camera"] as const;

/** Keeps what is captured and what is published in step. */
export class Capturing {
  #muted: boolean;
  readonly #level: LevelMeter;

  constructor(
    private readonly devices: Devices,
    private readonly doors: CapturingDoors,
  ) {
    this.#muted = !devices.wantedLastTime("microphone");
    this.#level = new LevelMeter((level) => doors.level(level));
    devices.on("track", ({ kind, track }) => void this.#captured(kind, track));
  }

  /** Whether nobody hears us. */
  get muted(): boolean {
    return this.#muted || this.devices.microphone.track === null;
  }

  /** Start what the person wanted the last time and may publish. */
  async start(): Promise<void> {
    const { devices } = this;
    const wanted = KINDS.filter(
      (kind) =>
        this.#may(kind) &&
        devices[kind].track === null &&
        (kind === "microphone" || devices.wantedLastTime("camera")),
    );
    this.listen();
    await devices.start(...wanted);
  }

  /** What is to be published on joining. */
  tracks(): Wanted[] {
    return KINDS.flatMap((source) => {
      const { track } = this.devices[source];
      const muted = source === "microphone" && this.#muted;
      return track && this.#may(source) ? [{ source, track, muted }] : [];
    });
  }

  /** Publish what came while the room was being joined. */
  async catchUp(): Promise<void> {
    for (const kind of KINDS) {
      const { track } = this.devices[kind];
      if (track && !this.doors.room()?.publisher.has(kind)) {
        await this.#captured(kind, track);
      }
    }
  }

  /** Mute or unmute; the first time this may ask for the microphone. */
  async toggleMicrophone(): Promise<void> {
    const { track, asking } = this.devices.microphone;
    if (asking) {
      return;
    }
    this.#muted = !this.muted;
    this.#remember("microphone", !this.#muted);
    if (track) {
      this.#mute(this.#muted);
      await this.doors.room()?.mute("microphone", this.#muted);
    } else {
      await this.devices.start("microphone");
    }
  }

  /** Start or stop the camera; stopping releases it. */
  async toggleCamera(): Promise<void> {
    const { track, asking } = this.devices.camera;
    if (asking) {
      return;
    }
    this.#remember("camera", track === null);
    if (track) {
      this.devices.stop("camera");
    } else {
      await this.devices.start("camera");
    }
  }

  /** Somebody else muted one of our tracks; which of our devices that concerns. */
  silenced(source: TrackSource): CaptureKind | null {
    if (source === "microphone") {
      this.#mute(true);
      return source;
    }
    if (source === "camera") {
      this.devices.stop("camera");
      return source;
    }
    return null;
  }

  /** Measure the level while it is shown. */
  listen(): void {
    const heard = this.doors.showsLevel() && !this.#muted;
    this.#level.watch(heard ? this.devices.microphone.track : null);
  }

  /** Release both devices. */
  end(): void {
    this.#level.watch(null);
    this.devices.stop("microphone");
    this.devices.stop("camera");
  }

  #mute(muted: boolean): void {
    this.#muted = muted;
    const { track } = this.devices.microphone;
    if (track) {
      track.enabled = !muted;
    }
    this.listen();
    this.doors.changed();
  }

  #may(source: CaptureKind): boolean {
    const grants = this.doors.grants();
    return Boolean(grants?.can_publish && grants.can_publish_sources.includes(source));
  }

  /** Only what is chosen before joining counts for the next time. */
  #remember(kind: CaptureKind, wanted: boolean): void {
    if (this.doors.showsLevel()) {
      this.devices.rememberWanted(kind, wanted);
    }
  }

  async #captured(kind: CaptureKind, track: MediaStreamTrack | null): Promise<void> {
    if (kind === "microphone" && track) {
      track.enabled = !this.#muted;
    }
    this.listen();
    const room = this.doors.room();
    if (room?.phase === "inside" || room?.phase === "reconnecting") {
      const muted = track === null || (kind === "microphone" && this.#muted);
      await room.send(kind, track, muted).catch((error) => this.doors.failed(error));
    }
  }
}
