"""Arrival times by transport-wide sequence number, written out as feedback (transport-cc)."""

from __future__ import annotations

from media.sfu.datapath import rtcp_write
from media.sfu.datapath.rtp import signed16

HISTORY = 1000
TICK = 250
REFERENCE = 64_000
#: A packet this far behind is no news for the sender's estimate.
_LATE = HISTORY // 2


class ArrivalLog:
    """What came since the last feedback, and enough before it to place a late packet."""

    def __init__(self) -> None:
        self._arrivals: dict[int, int] = {}
        self._last = -1
        self._fresh_from: int | None = None
        self._reported_to = -1
        self._number = 0

    def __len__(self) -> int:
        return len(self._arrivals)

    def add(self, sequence: int, now: int) -> bool:
        """Note an arrival; whether it is the first one since the last feedback."""
        if self._last < 0:
            number = self._last = sequence + 0x10000
        else:
            number = self._last + signed16(sequence - self._last)
        if number < self._last - _LATE:
            return False
        self._last = max(self._last, number)
        self._arrivals.setdefault(number, now)
        first = self._fresh_from is None
        if self._fresh_from is None or number < self._fresh_from:
            self._fresh_from = number
        return first

    def feedback(self, sender: int, media: int) -> bytes | None:
        """Report all since the last call; a late packet is reported with what surrounds it."""
        if self._fresh_from is None:
            return None
        base = self._fresh_from
        if self._reported_to >= 0:
            base = min(base, self._reported_to + 1)
        base = max(base, self._last - HISTORY + 1)
        times = [self._arrivals.get(number) for number in range(base, self._last + 1)]
        reference = min(time for time in times if time is not None) // REFERENCE
        origin = reference * REFERENCE
        ticks = [None if time is None else (time - origin) // TICK for time in times]
        out = rtcp_write.transport_feedback(sender, media, base, reference, self._number, ticks)
        self._number += 1
        self._reported_to, self._fresh_from = self._last, None
        self._forget(self._last - HISTORY)
        return out

    def _forget(self, below: int) -> None:
        if len(self._arrivals) > 2 * HISTORY:
            self._arrivals = {n: at for n, at in self._arrivals.items() if n >= below}
