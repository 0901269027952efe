"""How long things took: counts in buckets about three per cent wide, for any number of samples.

Pure.
"""

from __future__ import annotations

import math
from collections import Counter

#: Buckets for each doubling; the widest is then 1/32 of its value.
_FINE = 5


class Histogram:
    """Counts microseconds, or any other whole numbers from zero on."""

    __slots__ = ("_buckets", "count")

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self.count = 0

    def add(self, value: int) -> None:
        """Count one; a negative one counts as zero."""
        self.count += 1
        if value < 1 << _FINE:
            self._buckets[max(0, value)] += 1
        else:
            shift = value.bit_length() - _FINE - 1
            self._buckets[(shift << _FINE) + (value >> shift)] += 1

    def percentile(self, percent: float) -> float | None:
        """The middle of the bucket that so many per cent do not exceed; None without samples."""
        rank = max(1, math.ceil(self.count * percent / 100))
        for bucket in sorted(self._buckets):
            rank -= self._buckets[bucket]
            if rank <= 0:
                return _middle(bucket)
        return None


def _middle(bucket: int) -> float:
    if bucket < 2 << _FINE:
        return float(bucket)
    shift = (bucket >> _FINE) - 1
    lowest = (bucket - (shift << _FINE)) << shift
    return lowest + (1 << shift) / 2
