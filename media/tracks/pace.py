"""The metronome of a source: says when its next frame is due."""

from __future__ import annotations

import asyncio

#: A source this far behind (the loop stood still) starts a new beat instead of catching up.
_LATE = 0.5


class Pace:
    """Lets one frame pass every `interval` seconds, by the clock of the event loop."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._start: float | None = None
        self._beats = 0

    async def beat(self) -> None:
        """Return when the next frame is due; the first one is due at once."""
        now = asyncio.get_running_loop().time()
        if self._start is None:
            self._start = now
        due = self._start + self._beats * self._interval
        if now - due > _LATE:
            self._start, self._beats, due = now, 0, now
        self._beats += 1
        if due > now:
            await asyncio.sleep(due - now)
