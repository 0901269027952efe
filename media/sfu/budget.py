"""How much a subscriber can be sent, and which video is worth it when not all fits. Pure.

Nothing is limited until packets queue or get lost on the way down. Then the budget is what
arrived, and it grows again after a pause, slowly, which also tries whether more can be had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from media.sfu.datapath.port import Delivery
from media.sfu.layers import LayerView, Wish, choose
from offhook.core.clock import SECOND

#: Below this nothing but sound makes sense.
LOWEST = 60_000
_CONGESTED_LOSS = 0.10
_CONGESTED_DELAY = 250_000
_CALM_LOSS = 0.02
_CALM_DELAY = 80_000
#: So many bad windows in a row are congestion; fewer may be a gust.
_BAD_WINDOWS = 3
_CUT = 0.85
#: Growth per window of half a second: doubles in six seconds.
_GROWTH = 1.06
_FIRST_PAUSE = 4 * SECOND
_LONGEST_PAUSE = 60 * SECOND
#: A layer that is shown is kept while it is no more than this much over what is left.
_KEEP = 1.15


class Budget:
    """`limit` in bits per second; None while nothing is limited."""

    def __init__(self) -> None:
        self.limit: int | None = None
        self._bad = 0
        self._pause = _FIRST_PAUSE
        self._hold_until = 0
        self._raised_at = 0

    def take(self, delivery: Delivery, demand: int, now: int) -> bool:
        """Take a window of delivery; `demand` is what would be sent without a limit.

        Returns whether the limit changed.
        """
        before = self.limit
        if delivery.loss > _CONGESTED_LOSS or delivery.queueing > _CONGESTED_DELAY:
            self._bad += 1
            if self._bad >= _BAD_WINDOWS:
                self._cut(delivery, now)
        else:
            self._bad = 0
            calm = delivery.loss < _CALM_LOSS and delivery.queueing < _CALM_DELAY
            if self.limit is not None and calm and now >= self._hold_until:
                self._raise(self.limit, demand, now)
        return self.limit != before

    def _cut(self, delivery: Delivery, now: int) -> None:
        """Take what arrived for what there is; wait longer each time that growing went wrong."""
        self._bad = 0
        limit = max(LOWEST, round(delivery.bitrate * _CUT))
        self.limit = limit if self.limit is None else min(self.limit, limit)
        grown_lately = self._raised_at and now - self._raised_at < 2 * self._pause
        self._pause = min(2 * self._pause, _LONGEST_PAUSE) if grown_lately else _FIRST_PAUSE
        self._hold_until = now + self._pause

    def _raise(self, limit: int, demand: int, now: int) -> None:
        self._raised_at = now
        grown = round(limit * _GROWTH)
        self.limit = grown if grown < 2 * demand else None


@dataclass(frozen=True, slots=True)
class Request:
    """One video that a subscriber wants; `current` is the layer it gets now."""

    track: str
    views: tuple[LayerView, ...]
    wish: Wish
    current: str | None = None

    def cost(self, rid: str | None) -> int:
        """Bits per second of one of its layers."""
        return next((view.bitrate for view in self.views if view.rid == rid), 0)

    def best(self, budget: int | None) -> str | None:
        """The layer to send, None when none fits or is alive."""
        active = [view for view in self.views if view.active]
        if len(self.views) == 1:
            rid: str | None = self.views[0].rid
        else:
            rid = choose(self.views, self.wish, budget)
            if rid is None:
                return None
        fits = budget is None or not active or self.cost(rid) <= budget
        return rid if fits else None


def allocate(requests: Sequence[Request], limit: int | None) -> dict[str, str | None]:
    """A layer for each video, most important first: all get a little before any gets more."""
    if limit is None:
        return {request.track: request.best(None) for request in requests}
    left = limit
    out: dict[str, str | None] = {}
    for request in requests:
        smallest = request.best(0) or _cheapest(request)
        out[request.track] = smallest if request.cost(smallest) <= left else None
        left -= request.cost(out[request.track])
    for request in requests:
        given = out[request.track]
        if given is None:
            continue
        own = left + request.cost(given)
        keep = request.current is not None and request.cost(request.current) <= own * _KEEP
        room = max(own, request.cost(request.current)) if keep else own
        better = request.best(room) or given
        left = own - request.cost(better)
        out[request.track] = better
    return out


def demand(requests: Sequence[Request]) -> int:
    """What all would cost together without a limit."""
    return sum(request.cost(request.best(None)) for request in requests)


def _cheapest(request: Request) -> str | None:
    active = [view for view in request.views if view.active]
    return min(active, key=lambda view: view.bitrate).rid if active else None
