"""The lines in which tasks wait, always in order: one for each queue, one for each agent."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, field

#: Sorts a task among the others of its line, see `order.place`.
Place = tuple[int, int]
Entry = tuple[Place, str]


@dataclass(slots=True)
class _Line:
    """Pending tasks in their order, and how many are being offered."""

    pending: list[Entry] = field(default_factory=list)
    ringing: int = 0


class Lines:
    """Where each waiting task stands. One that is being offered has no place, but counts."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._filed: dict[str, tuple[str, Place | None]] = {}

    def __len__(self) -> int:
        """How many tasks wait in all."""
        return len(self._filed)

    def put(self, task: str, line: str, place: Place | None) -> None:
        """Have a task stand here and nowhere else; without a place it is being offered."""
        if self._filed.get(task) == (line, place):
            return
        self.remove(task)
        self._filed[task] = (line, place)
        found = self._lines.setdefault(line, _Line())
        if place is None:
            found.ringing += 1
        else:
            insort(found.pending, (place, task))

    def remove(self, task: str) -> None:
        """The task waits no more."""
        line, place = self._filed.pop(task, (None, None))
        if line is None:
            return
        found = self._lines[line]
        if place is None:
            found.ringing -= 1
        else:
            del found.pending[bisect_left(found.pending, (place, task))]
        if not found.pending and not found.ringing:
            del self._lines[line]

    def pending(self, line: str) -> Sequence[Entry]:
        """Those who stand in a line, in their order; stays as it is when the line changes."""
        found = self._lines.get(line)
        return () if found is None else tuple(found.pending)

    def length(self, line: str) -> int:
        """How many wait in a line, those being offered included."""
        found = self._lines.get(line)
        return 0 if found is None else len(found.pending) + found.ringing

    def position(self, line: str, place: Place, task: str) -> int:
        """Which number in the line the task has, or would have at this place; from 1."""
        found = self._lines.get(line)
        return 1 if found is None else bisect_left(found.pending, (place, task)) + 1

    def where(self, task: str) -> tuple[str, Place | None]:
        """The line of a waiting task and its place there."""
        return self._filed[task]
