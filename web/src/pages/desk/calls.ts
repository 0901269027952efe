// The calls on the desk: a room for each session, joined and left as the desk says, and one voice
// that is heard in the one where the agent speaks.
import type { AudioOutput } from "../../client/audio.js";
import type { Devices } from "../../client/devices.js";
import { Emitter } from "../../client/emitter.js";
import { Refused } from "../../client/errors.js";
import type { Wanted } from "../../client/publisher.js";
import type { Room } from "../../client/room.js";
import type { Screen } from "../../client/screen.js";
import type { CallView, ContactView } from "../../desk-protocol.js";
import type { Fact, Left } from "../../protocol.js";
import { Sharing } from "../room/sharing.js";
import { talks } from "./view.js";

/** What a call needs of the page. */
export interface CallDoors {
  readonly devices: Devices;
  readonly output: Pick<AudioOutput, "play">;
  /** A room that is reached with this token, not joined yet. */
  room(token: () => string): Room;
}

export interface CallsEvents {
  /** Something that is drawn changed. */
  changed: undefined;
  /** Something happened in the call of a session. */
  fact: { readonly session: string; readonly fact: Fact };
  /** The call of a session was cut off, or is back. */
  reconnecting: boolean;
  /** What somebody asked for did not work. */
  failed: unknown;
}

type Source = "microphone" | "camera";

/** What is sent of one source; compared to know whether anything must be said. */
interface Sent {
  readonly track: MediaStreamTrack | null;
  readonly muted: boolean;
}

const NOTHING: Sent = { track: null, muted: true };
const SOURCES = ["microphone", "camera"] as const;

/** One room, as long as the desk has its session. */
class Seat {
  readonly sharing: Sharing;
  readonly room: Room;
  token: string;
  /** Why the room was left, or could not be joined; null while all is well. */
  trouble: Left["reason"] | "refused" | null = null;
  talks = false;
  sent: Record<Source, Sent> = { microphone: NOTHING, camera: NOTHING };
  work: Promise<void> = Promise.resolve();

  constructor(
    readonly call: CallView,
    make: (token: () => string) => Room,
    changed: () => void,
  ) {
    this.token = call.token;
    this.room = make(() => this.token);
    this.sharing = new Sharing(changed);
  }
}

/** Keeps the rooms of the desk's sessions, and who hears the agent. */
export class Calls extends Emitter<CallsEvents> {
  readonly #seats = new Map<string, Seat>();
  #muted = false;
  #filming = false;
  #contacts: readonly ContactView[] = [];

  constructor(private readonly doors: CallDoors) {
    super();
    doors.devices.on("track", () => this.#send());
    doors.devices.on("changed", () => this.emit("changed", undefined));
  }

  /** Whether nobody hears the agent. */
  get muted(): boolean {
    return this.#muted || this.doors.devices.microphone.track === null;
  }

  /** The room of a session; null when it has none. */
  room(session: string): Room | null {
    return this.#seats.get(session)?.room ?? null;
  }

  /** The screen that is shared in a session. */
  screen(session: string): Screen | null {
    return this.#seats.get(session)?.sharing.screen ?? null;
  }

  /** Why the call of a session is not there. */
  trouble(session: string): Seat["trouble"] {
    return this.#seats.get(session)?.trouble ?? null;
  }

  /** Join the calls that are new, leave those that are over, and speak where one speaks. */
  follow(contacts: readonly ContactView[]): void {
    this.#contacts = contacts;
    for (const [session, seat] of this.#seats) {
      const call = contacts.find((contact) => contact.session === session)?.call;
      if (call?.room !== seat.call.room || call.identity !== seat.call.identity) {
        this.#leave(session, seat);
      }
    }
    for (const contact of contacts) {
      this.#follow(contact);
    }
    this.#devices();
    this.#send();
    this.#play();
  }

  /** Mute or unmute; a microphone that is missing is asked for. */
  async toggleMicrophone(): Promise<void> {
    const { devices } = this.doors;
    const { track, asking } = devices.microphone;
    if (asking) {
      return;
    }
    this.#muted = !this.muted;
    if (!track) {
      await devices.start("microphone");
    }
    this.#send();
    this.emit("changed", undefined);
  }

  /** Start or stop the camera; stopping releases it. */
  async toggleCamera(): Promise<void> {
    const { devices } = this.doors;
    const { track, asking } = devices.camera;
    if (asking) {
      return;
    }
    this.#filming = track === null;
    if (track) {
      devices.stop("camera");
    } else {
      await devices.start("camera");
    }
  }

  /** Share a screen in a session, or stop sharing. */
  async toggleShare(session: string): Promise<void> {
    const seat = this.#seats.get(session);
    if (seat) {
      await (seat.sharing.screen ? seat.sharing.stop(seat.room) : seat.sharing.start(seat.room));
    }
  }

  /** Ask for the microphone now, from a click, so that the answer is there when the call is. */
  async prepare(): Promise<void> {
    this.#muted = false;
    if (!this.doors.devices.microphone.track) {
      await this.doors.devices.start("microphone");
    }
  }

  /** Join a call again that was lost. */
  rejoin(session: string): void {
    const seat = this.#seats.get(session);
    if (seat) {
      this.#seats.delete(session);
      seat.sharing.end();
      seat.room.letGo();
      this.follow(this.#contacts);
    }
  }

  /** The network of this machine changed. */
  networkChanged(): void {
    for (const { room } of this.#seats.values()) {
      room.networkChanged();
    }
  }

  /** Another page has the calls, or nobody is signed in: stop without ending anything. */
  letGo(): void {
    for (const { room, sharing } of this.#seats.values()) {
      sharing.end();
      room.letGo();
    }
    this.#seats.clear();
    this.#contacts = [];
    this.#devices();
    this.#play();
    this.emit("changed", undefined);
  }

  #follow(contact: ContactView): void {
    const { session, call } = contact;
    const known = this.#seats.get(session);
    if (!call || contact.mine === "wrapping") {
      return;
    }
    if (known) {
      known.talks = talks(contact);
      known.token = call.token;
      if (!talks(contact)) {
        known.sharing.end();
      }
      return;
    }
    const seat = new Seat(call, this.doors.room, () => this.emit("changed", undefined));
    seat.talks = talks(contact);
    this.#seats.set(session, seat);
    this.#listen(session, seat);
    void this.#join(session, seat);
  }

  #listen(session: string, seat: Seat): void {
    const { room } = seat;
    const changed = () => this.emit("changed", undefined);
    room.on("state", changed);
    room.on("media", changed);
    room.on("fact", (fact) => this.emit("fact", { session, fact }));
    room.on("token", (token) => {
      seat.token = token;
    });
    room.on("tracks", () => {
      this.#play();
      changed();
    });
    room.on("muted", ({ source }) => this.#silenced(source));
    room.on("left", ({ reason }) => this.#left(session, seat, reason));
    room.on("phase", (phase) => {
      if (phase === "reconnecting") {
        this.emit("reconnecting", true);
      }
      changed();
    });
  }

  async #join(session: string, seat: Seat): Promise<void> {
    const wanted: Wanted[] = [];
    for (const source of SOURCES) {
      const { track, muted } = this.#wish(seat, source);
      if (track) {
        seat.sent[source] = { track, muted };
        wanted.push({ source, track, muted });
      }
    }
    try {
      await seat.room.join(null, wanted);
      this.#send();
    } catch (error) {
      if (this.#seats.get(session) === seat && seat.room.phase !== "inside") {
        seat.trouble = error instanceof Refused ? "refused" : "join_failure";
        this.emit("changed", undefined);
      }
    }
  }

  #left(session: string, seat: Seat, reason: Left["reason"]): void {
    if (this.#seats.get(session) === seat) {
      seat.sharing.end();
      seat.trouble = reason;
      this.#play();
      this.emit("changed", undefined);
    }
  }

  #leave(session: string, seat: Seat): void {
    this.#seats.delete(session);
    seat.sharing.end();
    void seat.room.leave();
  }

  /** Somebody else muted us: that counts until the agent unmutes. */
  #silenced(source: string): void {
    if (source === "microphone") {
      this.#muted = true;
    } else if (source === "camera") {
      this.doors.devices.stop("camera");
    }
    this.#send();
  }

  /** Without a call no device is held. */
  #devices(): void {
    const { devices } = this.doors;
    if (this.#seats.size === 0) {
      this.#filming = false;
      devices.stop("microphone");
      devices.stop("camera");
      return;
    }
    if (!devices.microphone.wanted) {
      void devices.start("microphone");
    }
    if (this.#filming && !devices.camera.wanted) {
      void devices.start("camera");
    }
  }

  /** What is to be sent now: everything where the agent speaks, nothing elsewhere. */
  #wish(seat: Seat, source: Source): Sent {
    const { track } = this.doors.devices[source];
    if (!seat.talks || !track) {
      return NOTHING;
    }
    return { track, muted: source === "microphone" && this.#muted };
  }

  #send(): void {
    const { track } = this.doors.devices.microphone;
    if (track) {
      track.enabled = !this.#muted;
    }
    for (const seat of this.#seats.values()) {
      const { phase } = seat.room;
      if (phase === "inside" || phase === "reconnecting") {
        for (const source of SOURCES) {
          this.#sendOne(seat, source);
        }
      }
    }
  }

  #sendOne(seat: Seat, source: Source): void {
    const wish = this.#wish(seat, source);
    const { track, muted } = seat.sent[source];
    if (wish.track === track && wish.muted === muted) {
      return;
    }
    seat.sent[source] = wish;
    seat.work = seat.work
      .then(() => seat.room.send(source, wish.track, wish.muted))
      .catch((error) => this.emit("failed", error));
  }

  /** One hears the calls in which one speaks; the server is silent in the others already. */
  #play(): void {
    const heard = [...this.#seats.values()].filter((seat) => seat.talks && seat.trouble === null);
    const tracks = heard.flatMap(({ room }) => [...room.subscriber.tracks.values()]);
    const sounds = tracks.map(({ track }) => track).filter(({ kind }) => kind === "audio");
    this.doors.output.play(sounds);
  }
}
