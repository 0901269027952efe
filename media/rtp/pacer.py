"""Wakes every phone leg each 20 ms, some of them every 2 ms: no burst of all at once."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from offhook.core.clock import Clock, Micros, Timer

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Step = Callable[[Micros], None]
#: Microseconds of one frame, and in how many parts the legs share it.
FRAME, PARTS = 20_000, 10
_PART = FRAME // PARTS
#: Frames that are made up for after the loop stood still; what is older is skipped.
_CATCH_UP = 10


class Pacer:
    """One timer for all legs of a process. Each is called for each 20 ms, also for those that were
    missed while the loop was busy, so that its timestamps go on with time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._parts: list[dict[int, Step]] = [{} for _ in range(PARTS)]
        self._broken: set[int] = set()
        self._number = 0
        #: The part that is due next, counted from the beginning, and when that is.
        self._due = 0
        self._at = Micros(0)
        self._timer: Timer | None = None

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def add(self, step: Step) -> int:
        """Call this from now on; the name to remove it by."""
        self._number += 1
        emptiest = min(range(PARTS), key=lambda part: len(self._parts[part]))
        self._parts[emptiest][self._number] = step
        if self._timer is None:
            self._at = Micros(self._clock.now() + _PART)
            self._timer = self._clock.call_at(self._at, self._wake)
        return self._number

    def remove(self, name: int) -> None:
        """Call it no more; twice does no harm."""
        for part in self._parts:
            part.pop(name, None)
        self._broken.discard(name)
        if self._timer is not None and not len(self):
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        now = self._clock.now()
        self._timer = None
        if now - self._at > _CATCH_UP * FRAME:
            log.warning("rtp stood still", milliseconds=(now - self._at) // 1000)
            self._at = Micros(now - _CATCH_UP * FRAME + _PART)
        while self._at <= now:
            for name, step in list(self._parts[self._due].items()):
                self._call(name, step)
            self._due = (self._due + 1) % PARTS
            self._at = Micros(self._at + _PART)
        if len(self) and self._timer is None:
            self._timer = self._clock.call_at(self._at, self._wake)

    def _call(self, name: int, step: Step) -> None:
        """What breaks harms no other leg; it is said once, and not fifty times a second."""
        try:
            step(self._at)
        except Exception:
            if name not in self._broken:
                self._broken.add(name)
                log.exception("rtp step failed", leg=name)
