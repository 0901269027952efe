// What happens on /r/<room>: knock, preview, join, call, leave. It decides; the elements draw.
import { AudioOutput } from "../../client/audio.js";
import { Connection, roomSocket } from "../../client/connection.js";
import { type CaptureKind, Devices } from "../../client/devices.js";
import { Emitter } from "../../client/emitter.js";
import { Refused } from "../../client/errors.js";
import { Room } from "../../client/room.js";
import type { Screen } from "../../client/screen.js";
import { type Figures, Meter } from "../../client/stats.js";
import type { Memory } from "../../memory.js";
import type { Admission, BanView, Fact, Grants, Left } from "../../protocol.js";
import { Capturing } from "./capturing.js";
import type { Door } from "./knock.js";
import { Sharing } from "./sharing.js";

/** Where the page stands. */
export type Stage =
  | { readonly kind: "knocking" }
  | { readonly kind: "refused"; readonly error: unknown }
  | { readonly kind: "preview"; readonly joining: boolean; readonly failure: unknown }
  | { readonly kind: "call" }
  | { readonly kind: "ended"; readonly left: Left };

export interface ControllerEvents {
  /** Something that is drawn changed. */
  changed: undefined;
  /** The microphone's level before joining, from 0 to 1. */
  level: number;
  /** Something happened in the room. */
  fact: Fact;
  /** We were cut off, or are back. */
  reconnecting: boolean;
  /** Somebody muted our microphone or stopped our camera; `by`: their name, if it is known. */
  silenced: { readonly kind: CaptureKind; readonly by: string | null };
  /** A moderator lets us do more, or less. */
  permitted: { readonly before: Grants; readonly after: Grants };
  /** Who is banned changed. */
  bans: readonly BanView[];
  /** The meeting ends in so many seconds. */
  ending: number;
  /** What somebody asked for did not work. */
  failed: unknown;
}

const NAME = "offhook.name";
const STATS_EVERY = 2000;

/** The page's one controller. */
export class RoomController extends Emitter<ControllerEvents> {
  readonly devices: Devices;
  readonly capturing: Capturing;
  readonly output = new AudioOutput();
  #stage: Stage = { kind: "knocking" };
  #admission: Admission | null = null;
  #room: Room | null = null;
  readonly #sharing = new Sharing(() => this.#drawn());
  #figures: Figures | null = null;
  #joinedAt: number | null = null;
  #statistics: ReturnType<typeof setInterval> | undefined;
  readonly #meter = new Meter();

  constructor(
    private readonly door: Door,
    private readonly memory: Memory,
  ) {
    super();
    this.devices = new Devices(memory);
    this.devices.on("changed", () => this.#drawn());
    this.capturing = new Capturing(this.devices, {
      room: () => this.#room,
      grants: () => this.#room?.grants ?? this.#admission?.grants ?? null,
      showsLevel: () => this.#stage.kind === "preview",
      level: (level) => this.emit("level", level),
      changed: () => this.#drawn(),
      failed: (error) => this.emit("failed", error),
    });
    this.output.on("blocked", () => this.#drawn());
  }

  get stage(): Stage {
    return this.#stage;
  }

  get admission(): Admission | null {
    return this.#admission;
  }

  get room(): Room | null {
    return this.#room;
  }

  get screen(): Screen | null {
    return this.#sharing.screen;
  }

  /** The figures of one's own connection over the last seconds. */
  get figures(): Figures | null {
    return this.#figures;
  }

  /** When the call began for us, as `Date.now()` counts. */
  get joinedAt(): number | null {
    return this.#joinedAt;
  }

  /** The name that was given here before, or by the invitation. */
  get name(): string {
    return this.#admission?.name ?? this.memory.getItem(NAME) ?? "";
  }

  /** Remember the name that is being written. */
  rename(name: string): void {
    this.memory.setItem(NAME, name.trim());
    this.#drawn();
  }

  /** Knock, then show the preview with the devices on. */
  async begin(): Promise<void> {
    this.#go({ kind: "knocking" });
    try {
      this.#admission = await this.door.knock();
    } catch (error) {
      this.#go({ kind: "refused", error });
      return;
    }
    await this.#preview();
  }

  /** Come in again after leaving, with the same name and devices. To be called from a click. */
  async rejoin(): Promise<void> {
    this.output.unlock();
    await this.begin();
    await this.join(this.name);
  }

  /** Take the place with what the preview shows. To be called from a click. */
  async join(name: string): Promise<void> {
    const room = this.#room;
    if (!room || this.#stage.kind !== "preview" || this.#stage.joining) {
      return;
    }
    this.output.unlock();
    this.memory.setItem(NAME, name);
    this.#go({ kind: "preview", joining: true, failure: null });
    try {
      await room.join(this.#admission?.name ? null : name, this.capturing.tracks());
      await this.capturing.catchUp();
    } catch (error) {
      if (room.phase !== "inside" && room.phase !== "reconnecting") {
        await this.#notJoined(error);
      } else {
        this.emit("failed", error);
      }
    }
  }

  /** Mute or unmute, or start or stop the camera. */
  async toggle(kind: CaptureKind): Promise<void> {
    const { capturing } = this;
    const microphone = kind === "microphone";
    await this.#try(microphone ? capturing.toggleMicrophone() : capturing.toggleCamera());
  }

  /** Ask again for what was not given. */
  async retry(...kinds: CaptureKind[]): Promise<void> {
    await this.devices.start(...kinds);
  }

  /** Share a screen with its sound, or stop sharing. */
  async toggleShare(): Promise<void> {
    const room = this.#room;
    if (room) {
      await this.#try(this.screen ? this.#sharing.stop(room) : this.#sharing.start(room));
    }
  }

  /** Say something to everybody; false when it could not be sent. */
  async say(text: string): Promise<boolean> {
    return this.#try(this.#room?.say(text));
  }

  /** Play on another speaker. */
  async useSpeaker(id: string): Promise<void> {
    await this.devices.choose("speaker", id);
    await this.#try(this.output.useSpeaker(id));
  }

  /** Give up the place. */
  async leave(): Promise<void> {
    await this.#room?.leave();
  }

  /** The page goes away. */
  vanish(): void {
    this.#room?.vanish();
  }

  async #preview(failure: unknown = null): Promise<void> {
    this.#enterRoom();
    this.#go({ kind: "preview", joining: false, failure });
    void this.#try(this.output.useSpeaker(this.devices.chosen("speaker")));
    await this.capturing.start();
  }

  #enterRoom(): void {
    const connection = new Connection(
      roomSocket(location.origin, () => this.#admission?.token ?? ""),
    );
    const room = new Room(connection);
    this.#room = room;
    room.on("state", () => this.#drawn());
    room.on("fact", (fact) => this.emit("fact", fact));
    room.on("media", () => this.#drawn());
    room.on("token", (token) => this.#renewed(token));
    room.on("phase", (phase) => this.#moved(phase));
    room.on("left", (left) => this.#ended(left));
    room.on("muted", ({ source, by }) => {
      const kind = this.capturing.silenced(source);
      if (kind) {
        this.emit("silenced", { kind, by: room.state?.participants.get(by ?? "")?.name ?? null });
      }
    });
    room.on("permitted", (change) => this.#permitted(room, change));
    room.on("bans", (bans) => this.emit("bans", bans));
    room.on("ending", ({ seconds }) => this.emit("ending", seconds));
    room.on("tracks", (tracks) => {
      const sounds = [...tracks.values()].filter(({ track }) => track.kind === "audio");
      this.output.play(sounds.map(({ track }) => track));
      this.#drawn();
    });
    room.prepare();
  }

  /** Devices that may not be used any longer are released. */
  #permitted(room: Room, change: ControllerEvents["permitted"]): void {
    for (const kind of ["microphone", "camera"] as const) {
      if (change.before.can_publish_sources.includes(kind) && !room.may(kind)) {
        this.devices.stop(kind);
      }
    }
    if (!room.may("screen_share")) {
      this.#sharing.end();
    }
    this.emit("permitted", change);
    this.#drawn();
  }

  #moved(phase: Room["phase"]): void {
    if (phase === "inside" && this.#stage.kind === "preview") {
      this.#joinedAt = Date.now();
      this.devices.giveUp();
      this.#statistics = setInterval(() => void this.#measure(), STATS_EVERY);
      this.#go({ kind: "call" });
      this.capturing.listen();
    } else if (phase === "inside" || phase === "reconnecting") {
      this.emit("reconnecting", phase === "reconnecting");
    }
    this.#drawn();
  }

  async #notJoined(error: unknown): Promise<void> {
    if (error instanceof Refused && error.problem.status === 401) {
      this.#room?.vanish();
      await this.begin();
      return;
    }
    this.#room?.vanish();
    await this.#preview(error);
  }

  #ended(left: Left): void {
    clearInterval(this.#statistics);
    this.output.play([]);
    this.capturing.end();
    this.#sharing.end();
    this.#figures = null;
    this.#joinedAt = null;
    this.#go({ kind: "ended", left });
  }

  async #measure(): Promise<void> {
    const room = this.#room;
    if (room) {
      const { publisher, subscriber } = room;
      this.#figures = await this.#meter.read(publisher.connection, subscriber.connection);
      this.#drawn();
    }
  }

  #renewed(token: string): void {
    if (this.#admission) {
      this.#admission = this.door.keep({ ...this.#admission, token });
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

  #go(stage: Stage): void {
    this.#stage = stage;
    this.#drawn();
  }

  #drawn(): void {
    this.emit("changed", undefined);
  }
}
