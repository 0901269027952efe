"""What a jitter buffer answers when it is asked for the next piece of sound."""

from __future__ import annotations

from dataclasses import dataclass

from media.sfu.datapath.rtp import RtpPacket


@dataclass(frozen=True, slots=True)
class Sound:
    """The packet that is due, and the ticks that its sound lasts."""

    packet: RtpPacket
    ticks: int


@dataclass(frozen=True, slots=True)
class Lost:
    """The packet that is due did not come, a later one did: conceal so many ticks."""

    ticks: int


@dataclass(frozen=True, slots=True)
class Starved:
    """Nothing came in time; perhaps it is only late."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The sender says nothing now, or has not begun."""


Pulled = Sound | Lost | Starved | Pause


@dataclass(slots=True)
class Counts:
    """What became of the packets."""

    received: int = 0
    late: int = 0
    duplicate: int = 0
    lost: int = 0
    discarded: int = 0
    reordered: int = 0
    resets: int = 0
