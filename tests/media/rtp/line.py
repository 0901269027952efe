"""A simulated line: a sender with its own clock, a network that loses and delays, an ear."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from media.rtp.codec import Codec
from media.rtp.g711 import PCMU
from media.rtp.playout import Playout
from media.sfu.datapath.rtp import RtpPacket
from media.tracks.level import Samples
from media.tracks.tone import sine
from offhook.core.clock import SECOND, Micros

MS = 1000
START = 1_800_000_000 * SECOND
FIRST_SEQUENCE, FIRST_TIMESTAMP = 65_500, 0xFFFFFFFF - 5000


@dataclass(frozen=True)
class Network:
    """Shares of 0 to 1, delays in milliseconds, the sender's clock in parts per million."""

    loss: float = 0.0
    jitter: float = 0.0
    twice: float = 0.0
    drift: float = 0.0
    seed: int = 1


def packet(number: int, payload: bytes, *, ssrc: int = 7, ticks: int = 160) -> RtpPacket:
    """The sender's packet of this number, from a stream about to wrap both of its counters."""
    sequence = FIRST_SEQUENCE + number & 0xFFFF
    timestamp = FIRST_TIMESTAMP + ticks * number & 0xFFFFFFFF
    return RtpPacket(0, 0, sequence, timestamp, ssrc, {}, payload)


def tone_payload(number: int, hz: float = 440.0, codec: Codec = PCMU) -> bytes:
    """Frame `number` of a lasting tone."""
    size = codec.sample_rate // 50
    return codec.encode(sine(hz, -20, size * number, size, codec.sample_rate))


def arrivals(
    network: Network, frames: int, payload: Callable[[int], bytes | None], ticks: int = 160
) -> list[tuple[int, RtpPacket]]:
    """When each packet comes, in the order in which they come."""
    luck = random.Random(network.seed)
    out = []
    for number in range(frames):
        sound = payload(number)
        if sound is None or luck.random() < network.loss:
            continue
        sent = START + number * 20 * MS / (1 + network.drift * 1e-6)
        for _ in range(1 + (luck.random() < network.twice)):
            came = round(sent + luck.random() * network.jitter * MS)
            out.append((came, packet(number, sound, ticks=ticks)))
    return sorted(out, key=lambda one: one[0])


class Ear:
    """Pulls a frame every 20 ms of our clock while packets come as they come."""

    def __init__(self, playout: Playout | None = None) -> None:
        self.playout = playout or Playout(PCMU)
        self.depths: list[int] = []
        self.waits: list[int] = []

    def listen(self, came: list[tuple[int, RtpPacket]], frames: int, phase: int = 3) -> Samples:
        """All that is heard in so many frames."""
        heard, at = [], 0
        for step in range(frames):
            now = Micros(START + phase * MS + step * 20 * MS)
            while at < len(came) and came[at][0] <= now:
                self.playout.push(came[at][1], Micros(came[at][0]))
                at += 1
            heard.append(self.playout.pull(now))
            self.depths.append(self.playout.buffer.depth)
        assert {frame.size for frame in heard} == {heard[0].size}
        return np.concatenate(heard)


def hear_tone(network: Network, seconds: int = 10, hz: float = 440.0) -> tuple[Ear, Samples]:
    """A tone sent over a network, as it is heard."""
    frames = seconds * 50
    ear = Ear()
    came = arrivals(network, frames, lambda number: tone_payload(number, hz))
    return ear, ear.listen(came, frames)


def lowest_level(samples: Samples, rate: int = 8000) -> float:
    """The root mean square of the quietest 20 ms."""
    size = rate // 50
    blocks = samples[: samples.size // size * size].reshape(-1, size).astype(np.float64)
    return float(np.sqrt(np.min(np.mean(blocks**2, axis=1))))


def steepest(samples: Samples) -> int:
    """The largest step from one sample to the next: a click is steeper than any tone."""
    return int(np.max(np.abs(np.diff(samples.astype(np.int32)))))
