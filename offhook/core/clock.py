"""The only place that reads the time: UTC in integer microseconds, never running backwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NewType, Protocol

#: Microseconds since 1970, UTC.
Micros = NewType("Micros", int)

SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Timer(Protocol):
    """One wake-up call that was asked for."""

    def cancel(self) -> None:
        """Forget it; no harm when it has rung already."""
        ...


class Clock(Protocol):
    """Tells the time to those who get it by constructor, and wakes them."""

    def now(self) -> Micros:
        """UTC in microseconds; at least as late as every earlier answer of this clock."""
        ...

    def call_at(self, at: Micros, callback: Callable[[], None]) -> Timer:
        """Call back once on the running event loop when it is `at`, soon if that has passed."""
        ...


class SystemClock:
    """The machine's clock, made monotonic within this process."""

    def __init__(self) -> None:
        self._offset = time.time_ns() - time.monotonic_ns()

    def now(self) -> Micros:
        """UTC at the start of the process plus what has passed since."""
        return Micros((time.monotonic_ns() + self._offset) // 1000)

    def call_at(self, at: Micros, callback: Callable[[], None]) -> Timer:
        """A timer of the running event loop."""
        return asyncio.get_running_loop().call_later(loop_delay(at - self.now()), callback)


def loop_delay(micros: int) -> float:
    """Seconds to have an event loop wait so that it does not ring before `micros` have passed.

    uvloop counts whole milliseconds from the one that has begun, and rounds: asked for exactly
    the time, it rings too early, and then again and again at once until the time has come.
    """
    return (micros + 1999) // 1000 / 1000 if micros > 0 else 0.0


class _ManualTimer:
    """A wake-up call that waits for `ManualClock.advance`."""

    def __init__(self, at: int, callback: Callable[[], None]) -> None:
        self.at = at
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True

    def ring(self) -> None:
        if not self.cancelled:
            self.cancelled = True
            self.callback()


class ManualClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, start: int = 1_800_000_000 * SECOND) -> None:
        self._now = start
        self._timers: list[_ManualTimer] = []

    def now(self) -> Micros:
        """The time that was set."""
        return Micros(self._now)

    def advance(self, seconds: float) -> Micros:
        """Move on by `seconds`, ring what is due in the order of time; return the new time."""
        self._now += round(seconds * SECOND)
        due = sorted((t for t in self._timers if t.at <= self._now), key=lambda timer: timer.at)
        self._timers = [t for t in self._timers if t.at > self._now and not t.cancelled]
        for timer in due:
            timer.ring()
        return Micros(self._now)

    def call_at(self, at: Micros, callback: Callable[[], None]) -> Timer:
        """A timer that `advance` rings; one that is due already is rung by the event loop."""
        timer = _ManualTimer(at, callback)
        if at <= self._now:
            asyncio.get_running_loop().call_soon(timer.ring)
        else:
            self._timers.append(timer)
        return timer


def kernel_time() -> int:
    """Microseconds as the kernel stamps packets with them; may be set back. For differences."""
    return time.time_ns() // 1000


def moment(at: int) -> datetime:
    """The same time as the standard library has it, UTC."""
    return _EPOCH + timedelta(microseconds=at)


def isoformat(at: int) -> str:
    """ISO 8601 with milliseconds and Z, as every door writes it."""
    return moment(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_isoformat(text: str) -> Micros:
    """Read an ISO 8601 time with an offset; raise ValueError when it has none."""
    read = datetime.fromisoformat(text)
    if read.tzinfo is None:
        raise ValueError("a time needs an offset, such as Z")
    return Micros(round((read - _EPOCH) / timedelta(microseconds=1)))
