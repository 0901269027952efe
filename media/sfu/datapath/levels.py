"""Audio levels gathered over windows of half a second (RFC 6464)."""

from __future__ import annotations

from media.sfu.datapath.plans import TrackNumber
from media.sfu.datapath.port import LevelFact, Watcher
from media.sfu.timers import Timers
from offhook.core.clock import Micros

WINDOW = 500_000
#: Louder than this, in dBov below zero, is speech.
THRESHOLD = 35
SILENCE = 127


#: Windows that are still told when nobody sends any more, so that smoothed levels can fall.
_AFTERWARDS = 4


class LevelWindow:
    """Runs while somebody sends audio, and a little longer."""

    def __init__(self, timers: Timers, watcher: Watcher) -> None:
        self._timers = timers
        self._watcher = watcher
        self._loudest: dict[TrackNumber, int] = {}
        self._active: dict[TrackNumber, int] = {}
        self._running = False
        self._empty = 0

    def note(self, track: TrackNumber, level: int, duration: int) -> None:
        """Count one packet: its level in dBov below zero, its duration in microseconds."""
        loudest = self._loudest
        if level < loudest.get(track, 128):
            loudest[track] = level
        if level <= THRESHOLD:
            self._active[track] = self._active.get(track, 0) + duration
        if not self._running:
            self._running = True
            self._timers.after(WINDOW, self._over)

    def forget(self, track: TrackNumber) -> None:
        """The track has ended."""
        self._loudest.pop(track, None)
        self._active.pop(track, None)

    def _over(self, _now: Micros) -> None:
        loudest, active = self._loudest, self._active
        self._loudest, self._active = {}, {}
        self._empty = 0 if loudest else self._empty + 1
        self._running = self._empty < _AFTERWARDS
        if self._running:
            self._timers.after(WINDOW, self._over)
        self._watcher.on_levels(
            [
                LevelFact(track, level, min(1.0, active.get(track, 0) / WINDOW))
                for track, level in loudest.items()
            ]
        )
