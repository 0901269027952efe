// The connection on which this browser receives: the server offers, the browser answers.
import type { AnswerOffer, OfferedTrack, SubscribeOffer } from "../protocol.js";
import { Emitter } from "./emitter.js";
import { Abandoned, Lifetime } from "./lifetime.js";

/** How the subscriber reaches the server, and what it makes its connections with. */
export interface SubscriberDoors {
  answer(answer: AnswerOffer): Promise<unknown>;
  connection(): RTCPeerConnection;
}

/** A track of somebody else, and what carries it here. */
export interface RemoteTrack {
  readonly sid: string;
  readonly participant: string;
  readonly track: MediaStreamTrack;
}

export interface SubscriberEvents {
  /** The tracks that are received changed. */
  tracks: ReadonlyMap<string, RemoteTrack>;
  /** The connection's state changed. */
  state: RTCPeerConnectionState;
  /** An offer could not be used; a fresh one is needed. */
  broken: Error;
}

/** Receives the others' tracks. Tracks are known by m-line: a reused line keeps its track object. */
export class Subscriber extends Emitter<SubscriberEvents> {
  #pc: RTCPeerConnection | null = null;
  #life = new Lifetime();
  #queue: Promise<void> = Promise.resolve();
  #tracks: ReadonlyMap<string, RemoteTrack> = new Map();

  constructor(private readonly doors: SubscriberDoors) {
    super();
  }

  /** The state of the connection; `new` before the first offer. */
  get state(): RTCPeerConnectionState {
    return this.#pc?.connectionState ?? "new";
  }

  /** The connection itself, to read its statistics. */
  get connection(): RTCPeerConnection | null {
    return this.#pc;
  }

  /** What is received now, by the id of the track. */
  get tracks(): ReadonlyMap<string, RemoteTrack> {
    return this.#tracks;
  }

  /** Take an offer; offers are answered one after the other. */
  take(offer: SubscribeOffer): Promise<void> {
    this.#queue = this.#queue
      .then(() => this.#answer(offer))
      .catch((error: unknown) => {
        if (!(error instanceof Abandoned)) {
          this.emit("broken", error as Error);
        }
      });
    return this.#queue;
  }

  close(): void {
    this.#drop();
    this.#keep(new Map());
  }

  async #answer(offer: SubscribeOffer): Promise<void> {
    const pc = offer.fresh || !this.#pc ? this.#open() : this.#pc;
    await this.#life.during(this.#exchange(pc, offer));
  }

  async #exchange(pc: RTCPeerConnection, offer: SubscribeOffer): Promise<void> {
    await pc.setRemoteDescription({ type: "offer", sdp: offer.sdp });
    await pc.setLocalDescription();
    if (pc !== this.#pc) {
      return;
    }
    this.#keep(byLine(offer.tracks, pc.getTransceivers()));
    await this.doors.answer({ version: offer.version, sdp: pc.localDescription?.sdp ?? "" });
  }

  #drop(): void {
    this.#pc?.close();
    this.#pc = null;
    this.#life.end();
    this.#life = new Lifetime();
  }

  #open(): RTCPeerConnection {
    this.#drop();
    const pc = this.doors.connection();
    this.#pc = pc;
    pc.addEventListener("connectionstatechange", () => {
      if (pc === this.#pc) {
        this.emit("state", pc.connectionState);
      }
    });
    return pc;
  }

  #keep(tracks: ReadonlyMap<string, RemoteTrack>): void {
    this.#tracks = tracks;
    this.emit("tracks", tracks);
  }
}

/** Which track arrives on which m-line, by the ids of the tracks. */
export function byLine(
  offered: readonly OfferedTrack[],
  lines: readonly Pick<RTCRtpTransceiver, "mid" | "receiver">[],
): ReadonlyMap<string, RemoteTrack> {
  const byMid = new Map(lines.map((line) => [line.mid, line.receiver.track]));
  const tracks = new Map<string, RemoteTrack>();
  for (const { mid, track: sid, participant } of offered) {
    const track = byMid.get(mid);
    if (track) {
      tracks.set(sid, { sid, participant, track });
    }
  }
  return tracks;
}
