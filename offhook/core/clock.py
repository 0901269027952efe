"""The only place that reads the time: UTC in integer microseconds, never running backwards."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import NewType, Protocol

#: Microseconds since 1970, UTC.
Micros = NewType("Micros", int)

SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Tells the time to those who get it by constructor."""

    def now(self) -> Micros:
        """UTC in microseconds; at least as late as every earlier answer of this clock."""
        ...


class SystemClock:
    """The machine's clock, made monotonic within this process."""

    def __init__(self) -> None:
        self._offset = time.time_ns() - time.monotonic_ns()

    def now(self) -> Micros:
        """UTC at the start of the process plus what has passed since."""
        return Micros((time.monotonic_ns() + self._offset) // 1000)


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, start: int = 1_800_000_000 * SECOND) -> None:
        self._now = start

    def now(self) -> Micros:
        """The time that was set."""
        return Micros(self._now)

    def advance(self, seconds: float) -> Micros:
        """Move on by `seconds`; return the new time."""
        self._now += round(seconds * SECOND)
        return Micros(self._now)


def isoformat(at: int) -> str:
    """ISO 8601 with milliseconds and Z, as every door writes it."""
    moment = _EPOCH + timedelta(microseconds=at)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_isoformat(text: str) -> Micros:
    """Read an ISO 8601 time with an offset; raise ValueError when it has none."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset, such as Z")
    return Micros(round((moment - _EPOCH) / timedelta(microseconds=1)))
