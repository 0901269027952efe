"""The deadlines of many things, and which comes first."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from offhook.core.clock import Micros

#: What a deadline is of: the kind of thing and its id.
Key = tuple[str, str]
#: Deadlines that were moved and may stay in the heap, beside three for each that stands.
_SLACK = 1000


class Timers:
    """A heap of deadlines; one that was moved stays in it and is skipped when it comes up."""

    def __init__(self) -> None:
        self._at: dict[Key, Micros] = {}
        self._heap: list[tuple[Micros, Key]] = []

    def set(self, key: Key, at: Micros | None) -> None:
        """Move a deadline; None takes it away."""
        if at == self._at.get(key):
            return
        if at is None:
            del self._at[key]
            return
        self._at[key] = at
        heappush(self._heap, (at, key))
        if len(self._heap) > _SLACK + 4 * len(self._at):
            self._heap = sorted((at, key) for key, at in self._at.items())

    @property
    def first(self) -> Micros | None:
        """The next deadline."""
        heap = self._heap
        while heap and self._at.get(heap[0][1]) != heap[0][0]:
            heappop(heap)
        return heap[0][0] if heap else None

    def due(self, now: Micros) -> Iterator[Key]:
        """Take the deadlines that have passed, in their order and that of their keys."""
        while (first := self.first) is not None and first <= now:
            key = heappop(self._heap)[1]
            del self._at[key]
            yield key
