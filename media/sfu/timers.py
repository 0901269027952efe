"""Calls that are due at a time: one heap, one timer of the loop, nothing while nothing is due."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

import structlog

from offhook.core.clock import Clock, Micros, loop_delay

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Call = Callable[[Micros], None]


class Alarm:
    """One call to come; `cancel` takes it back."""

    __slots__ = ("_call", "_timers", "due")

    def __init__(self, due: Micros, call: Call, timers: Timers) -> None:
        self.due = due
        self._call: Call | None = call
        self._timers = timers

    def __lt__(self, other: Alarm) -> bool:
        return self.due < other.due

    @property
    def pending(self) -> bool:
        """Whether the call is still to come."""
        return self._call is not None

    def cancel(self) -> None:
        """Take the call back; twice does no harm."""
        if self._call is not None:
            self._call = None
            self._timers.cancelled()

    def ring(self, now: Micros) -> None:
        """Make the call, unless it was taken back."""
        call, self._call = self._call, None
        if call is not None:
            call(now)


class Timers:
    """The alarms of one media node."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[Alarm] = []
        self._cancelled = 0
        self._handle: asyncio.TimerHandle | None = None
        self._armed: int | None = None
        self._closed = False

    def __len__(self) -> int:
        return len(self._heap) - self._cancelled

    @property
    def held(self) -> int:
        """Alarms in memory, the cancelled among them."""
        return len(self._heap)

    def now(self) -> Micros:
        """The time of the clock given in."""
        return self._clock.now()

    def at(self, due: int, call: Call) -> Alarm:
        """Call `call(now)` once the clock has reached `due`; never within this very call."""
        alarm = Alarm(Micros(due), call, self)
        if not self._closed:
            heapq.heappush(self._heap, alarm)
            self._arm()
        return alarm

    def after(self, delay: int, call: Call) -> Alarm:
        """Call `call(now)` in `delay` microseconds."""
        return self.at(self._clock.now() + delay, call)

    def run(self) -> None:
        """Make every call that is due now."""
        now = self._clock.now()
        while self._heap and self._heap[0].due <= now:
            alarm = heapq.heappop(self._heap)
            if not alarm.pending:
                self._cancelled -= 1
                continue
            try:
                alarm.ring(now)
            except Exception:
                log.exception("alarm failed")
        self._arm()

    def close(self) -> None:
        """Forget all alarms."""
        self._closed = True
        self._heap.clear()
        self._cancelled = 0
        self._disarm()

    def cancelled(self) -> None:
        """Count a cancelled alarm; a heap of mostly dead ones is swept."""
        if self._closed:
            return
        self._cancelled += 1
        if self._cancelled > 32 and self._cancelled > len(self._heap) // 2:
            self._heap = [alarm for alarm in self._heap if alarm.pending]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def _arm(self) -> None:
        if not self._heap:
            self._disarm()
            return
        due = self._heap[0].due
        if self._armed is not None and self._armed <= due:
            return
        self._disarm()
        delay = loop_delay(due - self._clock.now())
        self._handle = asyncio.get_running_loop().call_later(delay, self._wake)
        self._armed = due

    def _disarm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        self._handle, self._armed = None, None

    def _wake(self) -> None:
        self._handle, self._armed = None, None
        self.run()
