"""How late the event loop is: what everything that waits for it feels."""

from __future__ import annotations

import asyncio

from offhook.core.telemetry import Metrics

#: Seconds between two looks.
_EVERY = 0.25
_BUCKETS = (0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class LoopLag:
    """Asks to be called at a time and notes by how much it was late; `start` on a running loop."""

    def __init__(self, metrics: Metrics) -> None:
        self._lag = metrics.histogram(
            "event_loop_lag_seconds", "How late the event loop calls what is due", buckets=_BUCKETS
        )
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def start(self) -> None:
        """Look from now on."""
        loop = asyncio.get_running_loop()
        self._due = loop.time() + _EVERY
        self._timer = loop.call_at(self._due, self._look)

    def close(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._lag.observe(max(0.0, asyncio.get_running_loop().time() - self._due))
        self.start()
