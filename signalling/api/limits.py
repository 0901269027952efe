"""Limits of how often somebody may ask."""

from __future__ import annotations

from collections import OrderedDict

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import RateLimited


class Bucket:
    """A token bucket: `burst` at once, `rate` a second in the long run."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: int, now: Micros) -> None:
        self._rate = rate
        self._burst = burst
        self._left = float(burst)
        self._at = now

    def take(self, now: Micros, weight: float = 1) -> None:
        """Use one, or `weight` of them for something dear, which may leave a debt.

        Raises `RateLimited` with the seconds to wait when there is none.
        """
        self._left = min(self._burst, self._left + (now - self._at) * self._rate / SECOND)
        self._at = now
        if self._left < 1:
            wait = (1 - self._left) / self._rate
            raise RateLimited("Too many requests; slow down.", retry_after=round(wait, 3))
        self._left -= weight


class Buckets:
    """A bucket for each of the last `most` who asked."""

    def __init__(self, rate: float, burst: int, most: int = 10_000) -> None:
        self._rate = rate
        self._burst = burst
        self._most = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def take(self, who: str, now: Micros) -> None:
        """Use one of somebody's; raise `RateLimited` when they have none."""
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = Bucket(self._rate, self._burst, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(who)
        bucket.take(now)
