"""Limits of how often somebody may do something: token buckets. Pure."""

from __future__ import annotations

from collections import OrderedDict

from offhook.core.clock import SECOND
from offhook.core.errors import RateLimited


class Bucket:
    """A token bucket: `burst` at once, `rate` a second in the long run. Times are microseconds."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: int, now: int) -> None:
        self._rate = rate
        self._burst = burst
        self._left = float(burst)
        self._at = now

    def left(self, now: int) -> float:
        """How many may be used now; less than none when there is a debt."""
        self._left = min(self._burst, self._left + (now - self._at) * self._rate / SECOND)
        self._at = now
        return self._left

    def use(self, now: int) -> None:
        """Use one, whether or not there is one."""
        self._left = max(0.0, self.left(now) - 1)

    def take(self, now: int, weight: float = 1) -> None:
        """Use one, or `weight` of them for something dear, which may leave a debt.

        Raises `RateLimited` with the seconds to wait when there is none.
        """
        left = self.left(now)
        if left < 1:
            wait = (1 - left) / self._rate
            raise RateLimited("Too many requests; slow down.", retry_after=round(wait, 3))
        self._left -= weight


class Buckets:
    """A bucket for each of the last `most` who asked; who is forgotten begins anew."""

    def __init__(self, rate: float, burst: int, most: int = 10_000) -> None:
        self._rate = rate
        self._burst = burst
        self._most = most
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def known(self, who: str) -> Bucket | None:
        """Somebody's, when they have used any lately."""
        return self._buckets.get(who)

    def of(self, who: str, now: int) -> Bucket:
        """Somebody's, of which they use some now."""
        found = self._buckets.get(who)
        if found is None:
            found = self._buckets[who] = Bucket(self._rate, self._burst, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(who)
        return found

    def take(self, who: str, now: int) -> None:
        """Use one of somebody's; raise `RateLimited` when they have none."""
        self.of(who, now).take(now)
