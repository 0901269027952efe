"""One deadline for many: a heap of who is to be woken when."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Generic, TypeVar

from offhook.core.clock import Micros

_K = TypeVar("_K", bound=Hashable)


class Deadlines(Generic[_K]):
    """The next wake-up time of each key.

    A deadline that is put off costs nothing until its old time comes; entries that no longer
    count are swept out when they are more than half of the heap, so that what has ended is not
    kept alive by a timer.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[Micros, int, _K]] = []
        #: For each key when it is due, and the entry of the heap that stands for it.
        self._due: dict[_K, tuple[Micros, Micros, int]] = {}
        self._serial = count()

    def __len__(self) -> int:
        return len(self._due)

    def put(self, key: _K, at: Micros | None) -> None:
        """Wake `key` at this time and at no other; never when it is None."""
        if at is None:
            self.remove(key)
            return
        old = self._due.get(key)
        if old is not None and old[1] <= at:
            self._due[key] = (at, *old[1:])
            return
        self._push(key, at)
        self._sweep()

    def remove(self, key: _K) -> None:
        """Wake `key` no more."""
        if self._due.pop(key, None) is not None:
            self._sweep()

    @property
    def first(self) -> Micros | None:
        """When to look for what is due; now and then earlier than anything really is."""
        self._drop_stale()
        return self._heap[0][0] if self._heap else None

    def due(self, now: Micros) -> Iterator[_K]:
        """Take out those whose time has come, the earliest first."""
        while (first := self.first) is not None and first <= now:
            _, _, key = heappop(self._heap)
            at, _, _ = self._due.pop(key)
            if at <= now:
                yield key
            else:
                self._push(key, at)

    def _push(self, key: _K, at: Micros) -> None:
        serial = next(self._serial)
        self._due[key] = (at, at, serial)
        heappush(self._heap, (at, serial, key))

    def _counts(self, entry: tuple[Micros, int, _K]) -> bool:
        due = self._due.get(entry[2])
        return due is not None and due[2] == entry[1]

    def _drop_stale(self) -> None:
        while self._heap and not self._counts(self._heap[0]):
            heappop(self._heap)

    def _sweep(self) -> None:
        if len(self._heap) > 2 * len(self._due) + 64:
            self._heap = [entry for entry in self._heap if self._counts(entry)]
            heapify(self._heap)
