"""The clocks of a sender report: which NTP time belongs to which RTP timestamp."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.core.clock import SECOND

#: Seconds from 1900, where NTP begins, to 1970.
_NTP_EPOCH = 2_208_988_800


@dataclass(frozen=True, slots=True)
class SenderClock:
    """One sender report: the publisher's NTP time in microseconds since 1900, its RTP time, and
    when we heard it."""

    ntp: int
    rtp: int
    heard: int

    def ntp_of(self, timestamp: int, clock_rate: int) -> int:
        """The publisher's time of an RTP timestamp near this report."""
        step = (timestamp - self.rtp + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        return self.ntp + step * SECOND // clock_rate

    def rtp_of(self, ntp: int, clock_rate: int) -> int:
        """The RTP timestamp of a time."""
        return self.rtp + (ntp - self.ntp) * clock_rate // SECOND & 0xFFFFFFFF


def micros_of(ntp: int) -> int:
    """Microseconds since 1900 of a 64-bit NTP timestamp."""
    return ntp * SECOND >> 32


def ntp_of(micros: int) -> int:
    """The 64-bit NTP timestamp of microseconds since 1900."""
    return (micros << 32) // SECOND & 0xFFFFFFFFFFFFFFFF


def ntp_now(now: int) -> int:
    """The 64-bit NTP timestamp of our own time."""
    return ntp_of(now + _NTP_EPOCH * SECOND)


def middle(ntp: int) -> int:
    """The 32 bits by which reports name an NTP timestamp."""
    return ntp >> 16 & 0xFFFFFFFF
