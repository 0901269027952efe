// How good the two media connections are, read from what the browser counts.

/** What the browser counts of one direction, since its connection began. */
export interface Counters {
  readonly at: number;
  readonly bytes: number;
  readonly packets: number;
  readonly lost: number;
  readonly roundTrip: number | null;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
}

/** One direction over the last interval. Rates in bit/s, `loss` from 0 to 1, times in seconds. */
export interface Flow {
  readonly bitrate: number;
  readonly loss: number;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
}

/** Both directions over the last interval. */
export interface Figures {
  readonly roundTrip: number | null;
  readonly up: Flow | null;
  readonly down: Flow | null;
}

export type Grade = "excellent" | "good" | "poor" | "lost";

const EMPTY = { bytes: 0, packets: 0, lost: 0, width: 0, height: 0, frames: 0 };

/** Reads the statistics of a room's connections; each reading covers the time since the last. */
export class Meter {
  #up: Counters | null = null;
  #down: Counters | null = null;

  /** The figures of the time since the last reading; null where there is no connection. */
  async read(
    publish: RTCPeerConnection | null,
    subscribe: RTCPeerConnection | null,
  ): Promise<Figures> {
    const up = publish && sent(await publish.getStats());
    const down = subscribe && received(await subscribe.getStats());
    const figures = {
      roundTrip: up?.roundTrip ?? down?.roundTrip ?? null,
      up: between(this.#up, up),
      down: between(this.#down, down),
    };
    this.#up = up;
    this.#down = down;
    return figures;
  }
}

/** What happened between two readings; null without two of the same connection. */
export function between(before: Counters | null, now: Counters | null): Flow | null {
  if (!before || !now || now.bytes < before.bytes || now.at <= before.at) {
    return null;
  }
  const seconds = (now.at - before.at) / 1000;
  const packets = now.packets - before.packets;
  const lost = Math.max(0, now.lost - before.lost);
  return {
    bitrate: ((now.bytes - before.bytes) * 8) / seconds,
    loss: packets + lost > 0 ? lost / (packets + lost) : 0,
    width: now.width,
    height: now.height,
    frameRate: Math.max(0, now.frames - before.frames) / seconds,
  };
}

/** One word for the figures: by the worse of loss and round trip. */
export function grade({ roundTrip, up, down }: Figures): Grade {
  const loss = Math.max(up?.loss ?? 0, down?.loss ?? 0);
  const seconds = roundTrip ?? 0;
  if (loss > 0.05 || seconds > 0.4) {
    return "poor";
  }
  return loss > 0.015 || seconds > 0.2 ? "good" : "excellent";
}

/** What was sent, by the browser's report. */
export function sent(report: RTCStatsReport): Counters {
  let total = { ...EMPTY, at: 0, roundTrip: null as number | null };
  for (const entry of report.values()) {
    if (entry.type === "outbound-rtp") {
      total = add(total, entry.timestamp, entry.bytesSent, entry.packetsSent, 0);
      total = larger(total, entry.frameWidth, entry.frameHeight, entry.framesEncoded);
    } else if (entry.type === "remote-inbound-rtp") {
      total = { ...total, lost: total.lost + Math.max(0, entry.packetsLost ?? 0) };
      total.roundTrip = entry.roundTripTime ?? total.roundTrip;
    }
  }
  return { ...total, roundTrip: total.roundTrip ?? pairRoundTrip(report) };
}

/** What was received, by the browser's report. */
export function received(report: RTCStatsReport): Counters {
  let total = { ...EMPTY, at: 0, roundTrip: null as number | null };
  for (const entry of report.values()) {
    if (entry.type === "inbound-rtp") {
      const lost = Math.max(0, entry.packetsLost ?? 0);
      total = add(total, entry.timestamp, entry.bytesReceived, entry.packetsReceived, lost);
      total = larger(total, entry.frameWidth, entry.frameHeight, entry.framesDecoded);
    }
  }
  return { ...total, roundTrip: pairRoundTrip(report) };
}

function add(
  total: Counters,
  at: number,
  bytes: number | undefined,
  packets: number | undefined,
  lost: number,
) {
  return {
    ...total,
    at: Math.max(total.at, at),
    bytes: total.bytes + (bytes ?? 0),
    packets: total.packets + (packets ?? 0),
    lost: total.lost + lost,
  };
}

function larger(total: Counters, width = 0, height = 0, frames = 0) {
  return width * height > total.width * total.height ? { ...total, width, height, frames } : total;
}

function pairRoundTrip(report: RTCStatsReport): number | null {
  for (const entry of report.values()) {
    if (entry.type === "candidate-pair" && entry.nominated && entry.state === "succeeded") {
      return entry.currentRoundTripTime ?? null;
    }
  }
  return null;
}
