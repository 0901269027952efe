"""Digits in the stream of the sound itself: telephone events, and how they are sent (RFC 4733)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from struct import Struct

from media.rtp.delay import MS
from offhook.core.clock import SECOND
from offhook.core.errors import InvalidInput

#: The digits by event code (RFC 4733, 3.2); `F` is the flash hook.
DIGITS = "0123456789*#ABCDF"
#: The longest that one segment of an event can say.
LONGEST = 0xFFFF
#: How often the end of a digit is said.
ENDS = 3
#: What a digit is sent with unless asked otherwise; the shortest that phones must hear is 40 ms.
DURATION, GAP, SHORTEST = 100 * MS, 60 * MS, 40 * MS
_EVENT = Struct("!BBH")


@dataclass(frozen=True, slots=True)
class TelephoneEvent:
    """One payload: `volume` in -dBm0, 0 to 63, `duration` in ticks since the timestamp."""

    event: int
    end: bool
    volume: int
    duration: int

    @classmethod
    def parse(cls, payload: bytes) -> TelephoneEvent | None:
        """Read the first event of a payload (RFC 4733, 2.3); None when it is cut short."""
        if len(payload) < 4:
            return None
        event, flags, duration = _EVENT.unpack_from(payload)
        return cls(event, bool(flags & 0x80), flags & 0x3F, duration)

    def __bytes__(self) -> bytes:
        return _EVENT.pack(self.event, self.end << 7 | self.volume, self.duration)


@dataclass(frozen=True, slots=True)
class EventPacket:
    """What is to be sent now: a payload of the telephone-event type."""

    payload: bytes
    timestamp: int
    marker: bool


@dataclass(frozen=True, slots=True)
class _Digit:
    event: int
    duration: int
    gap: int
    volume: int


class DigitSender:
    """Says what to send of the digits in each 20 ms; `next` is asked once for each."""

    __slots__ = (
        "_began",
        "_clock_rate",
        "_digit",
        "_done",
        "_last",
        "_repeats",
        "_segment",
        "_silent",
        "_step",
        "_waiting",
    )

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._step = clock_rate // 50
        self._waiting: deque[_Digit] = deque()
        self._digit: _Digit | None = None
        self._began = self._segment = self._done = self._silent = self._repeats = 0
        self._last: EventPacket | None = None

    def send(
        self, digits: str, *, duration: int = DURATION, gap: int = GAP, volume: int = 10
    ) -> None:
        """Queue digits, each of `duration` and followed by `gap`, in microseconds.

        Raises `InvalidInput` before any of them is queued.
        """
        for position, digit in enumerate(digits.upper(), 1):
            if digit not in DIGITS:
                raise InvalidInput(
                    f"{digit!r} is no digit of a phone; there are {DIGITS}",
                    code="invalid_digits",
                    field="digits",
                    position=position,
                )
        for name, value in (("duration", duration), ("gap", gap)):
            if value < SHORTEST:
                raise InvalidInput(f"a {name} below 40 ms is not heard as a digit", field=name)
        if not 0 <= volume <= 63:
            raise InvalidInput("the volume lies between 0 and 63 -dBm0", field="volume")
        for digit in digits.upper():
            self._waiting.append(
                _Digit(DIGITS.index(digit), self._ticks(duration), self._ticks(gap), volume)
            )

    @property
    def busy(self) -> bool:
        """Whether a digit, its gap or its repeated end is still to come."""
        return bool(self._digit or self._waiting or self._silent > 0 or self._repeats)

    def stop(self) -> None:
        """Send no more digits; the one that has begun ends at the next step."""
        self._waiting.clear()
        if self._digit is not None:
            digit = self._digit
            self._digit = _Digit(digit.event, self._done, digit.gap, digit.volume)

    def next(self, timestamp: int) -> EventPacket | None:
        """What to send in the 20 ms that begin at `timestamp`; None for nothing.

        While `busy` the sound is not to be sent beside it.
        """
        if self._digit is None and self._silent <= 0 and self._waiting:
            self._begin(self._waiting.popleft(), timestamp)
        if self._digit is not None:
            return self._go_on(self._digit)
        self._silent -= self._step
        if self._repeats and self._last is not None:
            self._repeats -= 1
            return self._last
        return None

    def _begin(self, digit: _Digit, timestamp: int) -> None:
        self._digit = digit
        self._began = self._segment = timestamp
        self._done = 0

    def _go_on(self, digit: _Digit) -> EventPacket:
        """The next piece; of an event longer than a segment can say another one begins."""
        before = self._done
        self._done = min(before + self._step, max(digit.duration, before))
        offset = self._segment - self._began & 0xFFFFFFFF
        duration = self._done - offset
        if duration > LONGEST:
            self._segment = self._segment + LONGEST & 0xFFFFFFFF
            duration -= LONGEST
        end = self._done >= digit.duration
        payload = bytes(TelephoneEvent(digit.event, end, digit.volume, duration))
        packet = EventPacket(payload, self._segment, before == 0)
        if end:
            self._digit, self._silent, self._repeats = None, digit.gap, ENDS - 1
            self._last = EventPacket(payload, self._segment, False)
        return packet

    def _ticks(self, micros: int) -> int:
        """Whole steps of 20 ms."""
        steps = -(-micros * self._clock_rate // (SECOND * self._step))
        return steps * self._step
