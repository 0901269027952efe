"""What became of the packets sent to one subscriber, from its transport-wide feedback."""

from __future__ import annotations

from media.sfu.datapath.port import Delivery
from media.sfu.datapath.rtcp import TransportFeedback
from offhook.core.clock import SECOND

#: Packets remembered until their feedback; at 2000 a second this is one second and more.
HISTORY = 4096
_MASK = HISTORY - 1
WINDOW = SECOND // 2
#: The shortest delay is forgotten after ten to twenty seconds: routes and clocks change.
_BASELINE = 10 * SECOND
_REFERENCE = 64_000


class DeliveryMeter:
    """`times` and `sizes` are written for each packet sent, by its transport number."""

    __slots__ = (
        "_baseline_at",
        "_baselines",
        "_begin",
        "_delays",
        "_received",
        "_window",
        "lost",
        "sent",
        "sizes",
        "times",
    )

    def __init__(self) -> None:
        self.times = [0] * HISTORY
        self.sizes = [0] * HISTORY
        self.sent = self.lost = 0
        self._begin = 0
        self._window = [0, 0]
        self._received = 0
        self._delays: list[int] = []
        self._baselines: list[int] = []
        self._baseline_at = 0

    def note(self, transport: int, size: int, now: int) -> None:
        """A packet leaves."""
        self.times[transport & _MASK] = now
        self.sizes[transport & _MASK] = size

    def on_feedback(self, feedback: TransportFeedback, now: int) -> Delivery | None:
        """Take feedback; what the window showed, when one is over."""
        if not self._begin:
            self._begin = now
        origin = feedback.reference * _REFERENCE
        for offset, arrival in enumerate(feedback.arrivals):
            place = feedback.base + offset & _MASK
            left_at = self.times[place]
            if not left_at:
                continue
            self.times[place] = 0
            self._window[0] += 1
            if arrival is None:
                self._window[1] += 1
            else:
                self._received += self.sizes[place]
                self._delays.append(origin + arrival - left_at)
        return self._over(now) if now - self._begin >= WINDOW else None

    def _over(self, now: int) -> Delivery | None:
        packets, lost = self._window
        elapsed, self._begin = now - self._begin, now
        received, self._received = self._received, 0
        delays, self._delays = self._delays, []
        self._window = [0, 0]
        self.sent += packets
        self.lost += lost
        if not packets:
            return None
        return Delivery(
            bitrate=8 * received * SECOND // elapsed,
            loss=lost / packets,
            queueing=self._queueing(delays, now),
        )

    def _queueing(self, delays: list[int], now: int) -> int:
        """How much longer even the fastest packet took than the fastest of late.

        A queue that stands delays them all; a machine that stutters, only some.
        """
        if not delays:
            return 0
        shortest = min(delays)
        if not self._baselines or now - self._baseline_at >= _BASELINE:
            self._baselines = [*self._baselines[-1:], shortest]
            self._baseline_at = now
        self._baselines[-1] = min(self._baselines[-1], shortest)
        return shortest - min(self._baselines)
