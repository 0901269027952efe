// A peer connection in memory: m-lines, descriptions and states, without media.

/** A track that carries nothing. */
export class TrackInMemory extends EventTarget {
  enabled = true;
  contentHint = "";
  readyState: MediaStreamTrackState = "live";

  constructor(
    readonly kind: "audio" | "video",
    private readonly settings: MediaTrackSettings = {},
    readonly id: string = kind,
  ) {
    super();
  }

  getSettings(): MediaTrackSettings {
    return this.settings;
  }

  stop(): void {
    this.readyState = "ended";
  }
}

/** A track as the browser's types want it. */
export function track(
  kind: "audio" | "video",
  settings: MediaTrackSettings = {},
): MediaStreamTrack {
  return new TrackInMemory(kind, settings) as unknown as MediaStreamTrack;
}

class Line {
  mid: string | null = null;
  readonly receiver: { track: TrackInMemory };
  readonly sender: { track: unknown; replaceTrack(track: unknown): Promise<void> };

  constructor(
    kind: "audio" | "video",
    public direction: RTCRtpTransceiverDirection,
    readonly encodings: RTCRtpEncodingParameters[],
    track: unknown,
  ) {
    this.receiver = { track: new TrackInMemory(kind, {}, `received ${kind}`) };
    const sender = {
      track,
      replaceTrack: async (next: unknown) => {
        sender.track = next;
      },
    };
    this.sender = sender;
  }
}

/** What the publisher and the subscriber use of an `RTCPeerConnection`. */
export class PeerInMemory extends EventTarget {
  connectionState: RTCPeerConnectionState = "new";
  signalingState: RTCSignalingState = "stable";
  localDescription: { type: string; sdp: string } | null = null;
  readonly lines: Line[] = [];
  readonly offers: RTCOfferOptions[] = [];
  readonly configurations: RTCConfiguration[] = [];
  /** What descriptions wait for. */
  held: Promise<void> = Promise.resolve();

  constructor(configuration: RTCConfiguration = {}) {
    super();
    this.configurations.push(configuration);
  }

  addTransceiver(track: unknown, init: RTCRtpTransceiverInit = {}): Line {
    const kind = typeof track === "string" ? track : (track as TrackInMemory).kind;
    const given = typeof track === "string" ? null : track;
    const line = new Line(
      kind as "audio" | "video",
      init.direction ?? "sendrecv",
      init.sendEncodings ?? [],
      given,
    );
    this.lines.push(line);
    return line;
  }

  getTransceivers(): Line[] {
    return this.lines;
  }

  async createOffer(options: RTCOfferOptions = {}): Promise<{ type: string; sdp: string }> {
    this.offers.push(options);
    return { type: "offer", sdp: `offer ${this.offers.length}` };
  }

  async setLocalDescription(description?: { type: string; sdp?: string }): Promise<void> {
    if (description?.type === "rollback") {
      this.signalingState = "stable";
      return;
    }
    for (const [place, line] of this.lines.entries()) {
      line.mid ??= String(place);
    }
    this.localDescription = { type: "offer", sdp: "answer", ...description };
    this.signalingState = description?.type === "offer" ? "have-local-offer" : "stable";
  }

  async setRemoteDescription(description: { type: string; sdp: string }): Promise<void> {
    await this.held;
    if (this.connectionState === "closed") {
      await new Promise<never>(() => undefined);
    }
    if (description.sdp === "broken") {
      throw new Error("a description that cannot be used");
    }
    if (description.type === "offer") {
      for (const [, kind, mid] of description.sdp.matchAll(/(audio|video):(\w+)/g)) {
        if (!this.lines.some((line) => line.mid === mid)) {
          const line = this.addTransceiver(kind, { direction: "recvonly" });
          line.mid = mid ?? null;
        }
      }
    }
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configurations.push(configuration);
  }

  close(): void {
    this.connectionState = "closed";
  }

  /** Another state, as the network gives it. */
  become(state: RTCPeerConnectionState): void {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }
}

/** Makes peers and keeps them for the test to look at. */
export function peers(): {
  made: PeerInMemory[];
  make: (c?: RTCConfiguration) => RTCPeerConnection;
} {
  const made: PeerInMemory[] = [];
  const make = (configuration?: RTCConfiguration) => {
    const peer = new PeerInMemory(configuration);
    made.push(peer);
    return peer as unknown as RTCPeerConnection;
  };
  return { made, make };
}
