// Microphones and cameras in memory.
import { TrackInMemory } from "./peer.js";

/** What `getUserMedia` was asked for, one entry a call. */
type Asked = ("audio" | "video")[];

/** A `MediaDevices` whose devices and moods are in the test's hands. */
export class MediaInMemory extends EventTarget {
  readonly asked: Asked[] = [];
  /** Errors by kind; a kind without one works. */
  readonly errors: { audio?: string; video?: string } = {};
  devices: { kind: MediaDeviceKind; deviceId: string; label: string }[] = [
    { kind: "audioinput", deviceId: "mic", label: "Built-in microphone" },
    { kind: "videoinput", deviceId: "cam", label: "Built-in camera" },
    { kind: "audiooutput", deviceId: "out", label: "Built-in speaker" },
  ];
  readonly constraints: MediaStreamConstraints[] = [];

  async getUserMedia(constraints: MediaStreamConstraints) {
    const kinds = (["audio", "video"] as const).filter((kind) => constraints[kind]);
    this.asked.push(kinds);
    this.constraints.push(constraints);
    const failing = kinds.find((kind) => this.errors[kind]);
    if (failing) {
      throw new DOMException("no", this.errors[failing]);
    }
    const tracks = kinds.map(
      (kind) => new TrackInMemory(kind, { deviceId: kind === "audio" ? "mic" : "cam" }),
    );
    return { getTracks: () => tracks };
  }

  async enumerateDevices() {
    return this.devices;
  }
}
