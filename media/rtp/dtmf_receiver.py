"""Digits that come as telephone events: repeated, lost and late packets, each heard once."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from media.rtp.delay import MS
from media.rtp.dtmf import DIGITS, LONGEST, TelephoneEvent
from offhook.core.clock import SECOND, Micros

#: A digit without its end has ended when nothing was heard of it for so long.
TIMEOUT = 150 * MS
#: Timestamps of digits that are remembered.
_REMEMBERED = 16


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """A digit has begun; each is told exactly once."""

    digit: str


@dataclass(frozen=True, slots=True)
class DigitReleased:
    """It has ended after so many microseconds, as far as they were heard."""

    digit: str
    duration: int


DigitEvent = DigitPressed | DigitReleased


@dataclass(slots=True)
class _Heard:
    event: int
    began: int
    segment: int
    duration: int
    at: int


class DigitReceiver:
    """Makes single digits of repeated, lost and late packets: one timestamp is one digit.

    Any packet of a digit is enough to hear it, also only its end; without an end it ends by time.
    """

    __slots__ = ("_clock_rate", "_known", "_newest", "_now")

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._now: _Heard | None = None
        self._known: deque[int] = deque(maxlen=_REMEMBERED)
        self._newest: int | None = None

    @property
    def deadline(self) -> Micros | None:
        """When the digit that is heard ends unless more is heard of it."""
        return None if self._now is None else Micros(self._now.at + TIMEOUT)

    def take(self, timestamp: int, payload: bytes, now: Micros) -> list[DigitEvent]:
        """Take one packet; say what it tells that is new."""
        event = TelephoneEvent.parse(payload)
        if event is None or event.event >= len(DIGITS):
            return []
        out = self.expire(now)
        if timestamp in self._known:
            return out + self._more(timestamp, event, now)
        if self._newest is not None and _before(timestamp, self._newest):
            return out
        self._known.append(timestamp)
        self._newest = timestamp
        if self._continues(timestamp, event):
            return out + self._more(timestamp, event, now)
        out += self._release()
        self._now = _Heard(event.event, timestamp, timestamp, event.duration, now)
        out.append(DigitPressed(DIGITS[event.event]))
        return out + (self._release() if event.end else [])

    def expire(self, now: Micros) -> list[DigitEvent]:
        """End the digit whose time has passed."""
        deadline = self.deadline
        return self._release() if deadline is not None and now >= deadline else []

    def clear(self) -> list[DigitEvent]:
        """Another stream begins: its timestamps say nothing about those before."""
        out = self._release()
        self._known.clear()
        self._newest = None
        return out

    def _continues(self, timestamp: int, event: TelephoneEvent) -> bool:
        """Whether this is the next segment of the same long event (RFC 4733, 2.5.1.3)."""
        heard = self._now
        if heard is None or heard.event != event.event:
            return False
        if timestamp != heard.segment + LONGEST & 0xFFFFFFFF:
            return False
        heard.segment, heard.duration = timestamp, 0
        return True

    def _more(self, timestamp: int, event: TelephoneEvent, now: Micros) -> list[DigitEvent]:
        heard = self._now
        if heard is None or timestamp != heard.segment or heard.event != event.event:
            return []
        heard.duration = max(heard.duration, event.duration)
        heard.at = now
        return self._release() if event.end else []

    def _release(self) -> list[DigitEvent]:
        heard, self._now = self._now, None
        if heard is None:
            return []
        ticks = (heard.segment - heard.began & 0xFFFFFFFF) + heard.duration
        return [DigitReleased(DIGITS[heard.event], ticks * SECOND // self._clock_rate)]


def _before(a: int, b: int) -> bool:
    return a != b and (b - a & 0xFFFFFFFF) < 0x80000000
