"""How late packets are against the fastest: the network's jitter, and the drift of two clocks."""

from __future__ import annotations

from collections import deque

from offhook.core.clock import SECOND

MS = 1000
#: How many packets are looked back upon: five seconds of 20 ms.
_WINDOW = 250
#: The share of packets that should be in time.
_IN_TIME = 0.97
#: The measure is taken anew after so many packets.
_EVERY = 10
#: Another timeline begins when one packet is so much later than the one before.
_BREAK = 300 * MS
#: For the drift: packets of which the fastest counts, and how many of those a line is laid through.
_BLOCK, _BLOCKS = 100, 60


class Delays:
    """Arrival against timestamp, in microseconds, of the last packets of one stream."""

    __slots__ = (
        "_base",
        "_block",
        "_clock_rate",
        "_count",
        "_last",
        "_late",
        "_lows",
        "_ticks",
        "fastest",
        "spread",
    )

    def __init__(self, clock_rate: int) -> None:
        self._clock_rate = clock_rate
        self._late: deque[int] = deque(maxlen=_WINDOW)
        self._lows: deque[tuple[int, int]] = deque(maxlen=_BLOCKS)
        self.clear()

    def clear(self) -> None:
        """Forget all: another timeline begins."""
        self._late.clear()
        self._lows.clear()
        self._base: int | None = None
        self._ticks = self._last = self._count = 0
        self._block: tuple[int, int] | None = None
        self.fastest = 0
        #: How much later than the fastest nearly all are; None until it was measured.
        self.spread: int | None = None

    def moment(self, timestamp: int) -> int:
        """When the sender's clock said this timestamp, in microseconds of no known origin."""
        base = self._base or 0
        step = (timestamp - base + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        return (self._ticks + step) * SECOND // self._clock_rate

    def add(self, timestamp: int, now: int) -> None:
        """Note one arrival."""
        if self._base is None:
            self._base = timestamp
        late = now - self.moment(timestamp)
        if self._late and abs(late - self._last) > _BREAK:
            self.clear()
            self._base = timestamp
            late = now - self.moment(timestamp)
        step = (timestamp - self._base + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        if step > 0:
            self._ticks += step
            self._base = timestamp
        self._note(late, now)

    def _note(self, late: int, now: int) -> None:
        self._last = late
        self._late.append(late)
        self._count += 1
        if self._count == 1 or late < self.fastest:
            self.fastest = late
        if self._count % _EVERY == 0:
            self._measure()
        if self._block is None or late < self._block[1]:
            self._block = (now, late)
        if self._count % _BLOCK == 0:
            self._lows.append(self._block)
            self._block = None

    def _measure(self) -> None:
        ordered = sorted(self._late)
        self.fastest = ordered[0]
        self.spread = ordered[int(_IN_TIME * (len(ordered) - 1))] - ordered[0]

    @property
    def drift(self) -> float | None:
        """How much faster than ours the sender's clock runs, in parts per million.

        A line through the fastest packets of each two seconds; None before there are five.
        """
        if len(self._lows) < 5:
            return None
        count = len(self._lows)
        middle = sum(at for at, _ in self._lows) / count
        mean = sum(late for _, late in self._lows) / count
        across = sum((at - middle) * (late - mean) for at, late in self._lows)
        along = sum((at - middle) ** 2 for at, _ in self._lows)
        return -1e6 * across / along if along else None
