// The room of a visitor's call: joined when an agent has answered, kept until the server ends it.
import { AudioOutput } from "../../client/audio.js";
import { retryDelay } from "../../client/backoff.js";
import { Connection, roomSocket } from "../../client/connection.js";
import { type CaptureKind, Devices } from "../../client/devices.js";
import { Emitter } from "../../client/emitter.js";
import { Room } from "../../client/room.js";
import type { Screen } from "../../client/screen.js";
import { type Figures, Meter } from "../../client/stats.js";
import type { Memory } from "../../memory.js";
import type { Grants, Left } from "../../protocol.js";
import type { CallView } from "../../visit-protocol.js";
import { Capturing } from "../room/capturing.js";
import { Sharing } from "../room/sharing.js";

export interface VisitCallEvents {
  /** Something that is drawn changed. */
  changed: undefined;
  /** The microphone's level while it is checked, from 0 to 1. */
  level: number;
  /** The call was cut off, or is back. */
  reconnecting: boolean;
  failed: unknown;
}

/** What the room's token grants is known after joining; until then nothing is held back. */
const ALL: Grants = {
  can_publish: true,
  can_subscribe: true,
  can_publish_data: true,
  can_publish_sources: ["camera", "microphone", "screen_share", "screen_share_audio"],
  can_update_own_metadata: false,
  room_admin: false,
  hidden: false,
};
const STATS_EVERY = 3000;

export type RoomMaker = (token: () => string) => Room;

const makeRoom: RoomMaker = (token) => new Room(new Connection(roomSocket(location.origin, token)));

/** A visitor's devices and, once there is one, the room of the call. */
export class VisitCall extends Emitter<VisitCallEvents> {
  readonly devices: Devices;
  readonly capturing: Capturing;
  readonly output: AudioOutput;
  /** Whether the microphone's level is shown. */
  checking = false;
  #call: CallView | null = null;
  #token = "";
  #room: Room | null = null;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #statistics: ReturnType<typeof setInterval> | undefined;
  #figures: Figures | null = null;
  readonly #meter = new Meter();
  readonly #sharing = new Sharing(() => this.#drawn());

  constructor(
    memory: Memory,
    private readonly make: RoomMaker = makeRoom,
    media: MediaDevices | undefined = navigator.mediaDevices,
    output: AudioOutput = new AudioOutput(),
  ) {
    super();
    this.output = output;
    this.devices = new Devices(memory, media);
    this.devices.on("changed", () => this.#drawn());
    this.capturing = new Capturing(this.devices, {
      room: () => this.#room,
      grants: () => this.#room?.grants ?? ALL,
      showsLevel: () => this.checking,
      level: (level) => this.emit("level", level),
      changed: () => this.#drawn(),
      failed: (error) => this.emit("failed", error),
    });
    output.on("blocked", () => this.#drawn());
  }

  get room(): Room | null {
    return this.#room;
  }

  get screen(): Screen | null {
    return this.#sharing.screen;
  }

  get figures(): Figures | null {
    return this.#figures;
  }

  /** Ask for the microphone, and show how loud it is. To be called from a click. */
  async check(video: boolean): Promise<void> {
    this.output.unlock();
    this.checking = true;
    await this.devices.start("microphone", ...(video ? (["camera"] as const) : []));
    this.capturing.listen();
  }

  /** The level is not shown any longer. */
  checked(): void {
    this.checking = false;
    this.capturing.listen();
  }

  /** Be in this call, or in none. */
  follow(call: CallView | null): void {
    if (call?.room === this.#call?.room && call?.identity === this.#call?.identity) {
      return;
    }
    this.#call = call;
    this.#token = call?.token ?? "";
    this.#attempt = 0;
    clearTimeout(this.#retry);
    this.#leave();
    if (call) {
      void this.#enter();
    }
  }

  /** Mute or unmute, or start or stop the camera. */
  async toggle(kind: CaptureKind): Promise<void> {
    const microphone = kind === "microphone";
    await this.#try(microphone ? this.capturing.toggleMicrophone() : this.capturing.toggleCamera());
  }

  /** Share a screen, or stop sharing. */
  async toggleShare(): Promise<void> {
    const room = this.#room;
    if (room) {
      await this.#try(this.screen ? this.#sharing.stop(room) : this.#sharing.start(room));
    }
  }

  /** Say something in the chat; false when it could not be sent. */
  async say(text: string): Promise<boolean> {
    return this.#try(this.#room?.say(text));
  }

  /** Play on another speaker. */
  async useSpeaker(id: string): Promise<void> {
    await this.devices.choose("speaker", id);
    await this.#try(this.output.useSpeaker(id));
  }

  /** Release the devices; the call is over. */
  release(): void {
    this.checking = false;
    this.capturing.end();
  }

  /** The page goes away; the place in the room is kept for whoever comes back in time. */
  vanish(): void {
    clearTimeout(this.#retry);
  }

  /** The network of this machine changed. */
  networkChanged(): void {
    this.#room?.networkChanged();
  }

  async #enter(): Promise<void> {
    const room = this.make(() => this.#token);
    this.#room = room;
    this.#listen(room);
    // An agent waits in the room: a question about the microphone, or a machine that is slow to
    // find its devices, does not keep the visitor out of it. The voice follows when it is there.
    if (!this.devices.microphone.track) {
      void this.devices.start("microphone");
    }
    void this.#try(this.output.useSpeaker(this.devices.chosen("speaker")));
    try {
      await room.join(null, this.capturing.tracks());
      await this.capturing.catchUp();
    } catch (error) {
      if (room === this.#room && room.phase !== "inside" && room.phase !== "reconnecting") {
        this.emit("failed", error);
        this.#again();
      }
    }
  }

  #listen(room: Room): void {
    room.on("state", () => this.#drawn());
    room.on("media", () => this.#drawn());
    room.on("token", (token) => {
      this.#token = token;
    });
    room.on("phase", (phase) => this.#moved(room, phase));
    room.on("left", (left) => this.#left(room, left));
    room.on("muted", ({ source }) => this.capturing.silenced(source));
    room.on("tracks", (tracks) => {
      const sounds = [...tracks.values()].filter(({ track }) => track.kind === "audio");
      this.output.play(sounds.map(({ track }) => track));
      this.#drawn();
    });
  }

  #moved(room: Room, phase: Room["phase"]): void {
    if (room !== this.#room) {
      return;
    }
    if (phase === "inside" || phase === "reconnecting") {
      this.#attempt = 0;
      this.#statistics ??= setInterval(() => void this.#measure(), STATS_EVERY);
      this.emit("reconnecting", phase === "reconnecting");
    }
    this.#drawn();
  }

  /** The room let us go although the call goes on: come again. */
  #left(room: Room, left: Left): void {
    if (room === this.#room && this.#call && left.reason !== "duplicate_identity") {
      this.#again();
    }
  }

  #again(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(
      () => {
        this.#leave();
        void this.#enter();
      },
      Math.max(300, retryDelay(this.#attempt++)),
    );
  }

  #leave(): void {
    clearInterval(this.#statistics);
    this.#statistics = undefined;
    this.#figures = null;
    const room = this.#room;
    this.#room = null;
    this.#sharing.end();
    this.output.play([]);
    room?.vanish();
    this.#drawn();
  }

  async #measure(): Promise<void> {
    const room = this.#room;
    if (room) {
      this.#figures = await this.#meter.read(room.publisher.connection, room.subscriber.connection);
      this.#drawn();
    }
  }

  async #try(work: Promise<unknown> | undefined): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      this.emit("failed", error);
      return false;
    }
  }

  #drawn(): void {
    this.emit("changed", undefined);
  }
}
