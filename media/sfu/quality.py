"""How good a participant's connection is, from loss and round trip of both legs. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from offhook.core.clock import SECOND
from offhook.core.contracts.media import Quality

#: No check of its ICE for so long: the browser is out of reach (they come every 2.5 s or so).
UNHEARD = 8 * SECOND
_ORDER: tuple[Quality, ...] = ("lost", "poor", "good", "excellent")


@dataclass(frozen=True, slots=True)
class Sample:
    """What two seconds showed. `round_trip` in seconds; `heard` False when checks stay away."""

    loss: float
    round_trip: float | None
    heard: bool = True


def judge(sample: Sample) -> Quality:
    """The quality of one sample."""
    if not sample.heard:
        return "lost"
    round_trip = sample.round_trip or 0.0
    if sample.loss >= 0.10 or round_trip >= 0.8:
        return "poor"
    if sample.loss >= 0.025 or round_trip >= 0.3:
        return "good"
    return "excellent"


@dataclass(slots=True)
class Meter:
    """The quality of one participant over time: falls at once, rises one step per sample."""

    quality: Quality | None = None
    loss: float = 0.0
    round_trip: float | None = None
    _counted: dict[int, tuple[int, int]] = field(default_factory=dict)

    def loss_since(self, leg: int, packets: int, lost: int) -> tuple[int, int]:
        """Packets and losses of a leg since the last call."""
        before_packets, before_lost = self._counted.get(leg, (0, 0))
        self._counted[leg] = (packets, lost)
        return max(0, packets - before_packets), max(0, lost - before_lost)

    def forget(self, legs: set[int]) -> None:
        """Keep count of these legs only."""
        self._counted = {leg: count for leg, count in self._counted.items() if leg in legs}

    def take(self, sample: Sample) -> bool:
        """Take a sample; whether the quality changed."""
        self.loss, self.round_trip = sample.loss, sample.round_trip
        judged = judge(sample)
        before = self.quality
        if before is not None and _ORDER.index(judged) > _ORDER.index(before):
            judged = _ORDER[_ORDER.index(before) + 1]
        self.quality = judged
        return judged != before
