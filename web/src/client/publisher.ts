// The connection on which this browser sends: it offers, the server answers.
import type { Answer, AnsweredTrack, MuteTrack, Offer, PublishTrack } from "../protocol.js";
import { Coalesced } from "./coalesced.js";
import { Emitter } from "./emitter.js";
import { encodingsOf } from "./encodings.js";
import { Refused, Unreachable } from "./errors.js";
import { Lifetime } from "./lifetime.js";
import type { TrackSource } from "./state.js";

/** How the publisher reaches the server, and what it makes its connections with. */
export interface PublisherDoors {
  offer(offer: Offer): Promise<Answer>;
  mute(mute: MuteTrack): Promise<unknown>;
  connection(): RTCPeerConnection;
}

export interface PublisherEvents {
  /** The connection's state changed. */
  state: RTCPeerConnectionState;
}

/** A track to publish. */
export interface Wanted {
  source: TrackSource;
  track: MediaStreamTrack;
  muted?: boolean;
}

interface Line {
  readonly source: TrackSource;
  readonly encodings: RTCRtpEncodingParameters[] | null;
  live: boolean;
  track: MediaStreamTrack | null;
  muted: boolean;
  sid: string | null;
  transceiver: RTCRtpTransceiver | null;
}

const KIND: Readonly<Record<TrackSource, "audio" | "video">> = {
  microphone: "audio",
  camera: "video",
  screen_share: "video",
  screen_share_audio: "audio",
};

/** Sends this participant's tracks, one m-line for each source, and keeps the server told. */
export class Publisher extends Emitter<PublisherEvents> {
  #pc: RTCPeerConnection | null = null;
  #life = new Lifetime();
  #restart = false;
  #stale = false;
  #saying = 0;
  readonly #lines = new Map<TrackSource, Line>();
  readonly #negotiation = new Coalesced(() => this.#negotiate());

  constructor(private readonly doors: PublisherDoors) {
    super();
  }

  /** The state of the connection; `new` before anything was published. */
  get state(): RTCPeerConnectionState {
    return this.#pc?.connectionState ?? "new";
  }

  /** The connection itself, to read its statistics. */
  get connection(): RTCPeerConnection | null {
    return this.#pc;
  }

  /** The server's id of the track of a source, once it is known. */
  sid(source: TrackSource): string | null {
    return this.#lines.get(source)?.sid ?? null;
  }

  /** Whether anything is published. */
  get sends(): boolean {
    return [...this.#lines.values()].some((line) => line.live);
  }

  /** Whether a source is published, muted or not. */
  has(source: TrackSource): boolean {
    return this.#lines.get(source)?.live ?? false;
  }

  /** Publish tracks; several at once share one offer. Resolves when the server has answered. */
  async publish(...wanted: Wanted[]): Promise<void> {
    for (const { source, track, muted = false } of wanted) {
      const resting = this.#lines.get(source);
      const line = resting ?? newLine(source, track);
      Object.assign(line, { live: true, track, muted, sid: null });
      this.#lines.set(source, line);
      this.#attach(line);
    }
    try {
      await this.#request();
    } catch (error) {
      if (error instanceof Refused) {
        this.#rest(wanted.map(({ source }) => source));
      }
      throw error;
    }
  }

  /** Stop sending the track of a source. The m-line rests and serves the next one. */
  async unpublish(...sources: TrackSource[]): Promise<void> {
    this.#rest(sources);
    await this.#request();
  }

  /** Send another track of the same source, or nothing for now, without a new offer. */
  async replace(source: TrackSource, track: MediaStreamTrack | null): Promise<void> {
    const line = this.#lines.get(source);
    if (line?.live) {
      line.track = track;
      await line.transceiver?.sender.replaceTrack(track);
    }
  }

  /** Say whether the track of a source is muted; what was muted meanwhile is in the next offer. */
  async mute(source: TrackSource, muted: boolean): Promise<void> {
    const line = this.#lines.get(source);
    if (line?.live && line.muted !== muted) {
      line.muted = muted;
      await this.#sayMuted(line);
    }
  }

  /** The server muted a track: by somebody else's wish when this returns its source. */
  mutedByServer(sid: string): TrackSource | null {
    const line = [...this.#lines.values()].find((each) => each.live && each.sid === sid);
    if (!line || line.muted || this.#saying > 0) {
      return null;
    }
    line.muted = true;
    return line.source;
  }

  /** Restart ICE; nothing when nothing was published yet. */
  async restart(): Promise<void> {
    if (this.#pc) {
      this.#restart = true;
      await this.#request();
    }
  }

  /** Publish everything again on a new connection. */
  async rebuild(): Promise<void> {
    this.#drop();
    const live = [...this.#lines.values()].filter((line) => line.live);
    this.#lines.clear();
    for (const line of live) {
      this.#lines.set(line.source, line);
      this.#attach(Object.assign(line, { transceiver: null, sid: null }));
    }
    if (live.length > 0) {
      await this.#request();
    }
  }

  /** Tell the server again what it may have missed while it was out of reach. */
  async catchUp(known: ReadonlyMap<string, boolean>): Promise<void> {
    if (this.#stale) {
      await this.#request();
    }
    for (const line of this.#lines.values()) {
      if (line.live && line.sid && (known.get(line.sid) ?? line.muted) !== line.muted) {
        await this.#sayMuted(line);
      }
    }
  }

  close(): void {
    this.#drop();
    this.#lines.clear();
  }

  #attach(line: Line): void {
    this.#pc ??= this.#open();
    if (line.transceiver) {
      line.transceiver.direction = "sendonly";
      void line.transceiver.sender.replaceTrack(line.track);
      return;
    }
    line.transceiver = this.#pc.addTransceiver(line.track ?? KIND[line.source], {
      direction: "sendonly",
      ...(line.encodings ? { sendEncodings: line.encodings } : {}),
    });
  }

  #rest(sources: readonly TrackSource[]): void {
    for (const source of sources) {
      const line = this.#lines.get(source);
      if (line?.live) {
        Object.assign(line, { live: false, track: null, sid: null });
        if (line.transceiver) {
          line.transceiver.direction = "inactive";
          void line.transceiver.sender.replaceTrack(null);
        }
      }
    }
  }

  #open(): RTCPeerConnection {
    const pc = this.doors.connection();
    pc.addEventListener("connectionstatechange", () => {
      if (pc === this.#pc) {
        this.emit("state", pc.connectionState);
      }
    });
    return pc;
  }

  #drop(): void {
    this.#pc?.close();
    this.#pc = null;
    this.#life.end();
    this.#life = new Lifetime();
    this.#restart = false;
  }

  #request(): Promise<void> {
    this.#stale = true;
    return this.#negotiation.run();
  }

  async #negotiate(): Promise<void> {
    const pc = this.#pc;
    if (!pc) {
      return;
    }
    const iceRestart = this.#restart;
    this.#restart = false;
    this.#stale = false;
    try {
      await this.#life.during(this.#exchange(pc, iceRestart));
    } catch (error) {
      if (pc === this.#pc) {
        this.#stale = error instanceof Unreachable;
        this.#restart ||= iceRestart;
        await rollBack(pc);
        throw error;
      }
    }
  }

  async #exchange(pc: RTCPeerConnection, iceRestart: boolean): Promise<void> {
    await pc.setLocalDescription(await pc.createOffer({ iceRestart }));
    const tracks = this.#offered();
    const answer = await this.doors.offer({ sdp: pc.localDescription?.sdp ?? "", tracks });
    if (pc === this.#pc) {
      await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      await this.#named(answer.tracks, tracks);
    }
  }

  #offered(): PublishTrack[] {
    return [...this.#lines.values()].flatMap((line) => {
      const mid = line.transceiver?.mid;
      return line.live && mid ? [{ mid, source: line.source, muted: line.muted }] : [];
    });
  }

  async #named(answered: readonly AnsweredTrack[], offered: readonly PublishTrack[]) {
    const sids = new Map(answered.map((track) => [track.mid, track.sid]));
    for (const { mid, source, muted } of offered) {
      const line = this.#lines.get(source);
      if (line?.live) {
        line.sid = sids.get(mid) ?? null;
        if (line.muted !== muted) {
          await this.#sayMuted(line);
        }
      }
    }
  }

  async #sayMuted(line: Line): Promise<void> {
    if (line.sid) {
      this.#saying += 1;
      try {
        await this.doors.mute({ sid: line.sid, muted: line.muted });
      } finally {
        this.#saying -= 1;
      }
    }
  }
}

function newLine(source: TrackSource, track: MediaStreamTrack): Line {
  return {
    source,
    encodings: encodingsOf(source, track),
    live: true,
    track,
    muted: false,
    sid: null,
    transceiver: null,
  };
}

async function rollBack(pc: RTCPeerConnection): Promise<void> {
  if (pc.signalingState === "have-local-offer") {
    await pc.setLocalDescription({ type: "rollback" });
  }
}
