"""Missing packets of one stream, which of them to ask for again, and which came twice."""

from __future__ import annotations

GIVE_UP_TRIES = 10
GIVE_UP_AGE = 1_000_000
REORDER_WAIT = 10_000
SHORTEST_WAIT = 20_000
#: More missing at once is a pause of the sender, not loss.
MAX_GAP = 300
WINDOW = 1024


class _Gap:
    __slots__ = ("asked", "since", "tries")

    def __init__(self, since: int) -> None:
        self.since = since
        self.asked: int | None = None
        self.tries = 0


class Gaps:
    """Numbers are unwrapped indexes; times are microseconds."""

    __slots__ = ("_highest", "_missing", "_seen", "asked", "gave_up")

    def __init__(self) -> None:
        self._highest = -1
        self._missing: dict[int, _Gap] = {}
        self._seen = [-1] * WINDOW
        self.asked = 0
        self.gave_up = 0

    def __len__(self) -> int:
        return len(self._missing)

    def add(self, index: int, now: int) -> bool:
        """Note a packet; False when it came before, or is too old to tell."""
        place = index % WINDOW
        if self._seen[place] >= index:
            return False
        self._seen[place] = index
        highest = self._highest
        if index == highest + 1 or highest < 0:
            self._highest = index
            return True
        if index <= highest:
            self._missing.pop(index, None)
            return True
        self._note(highest, index, now)
        self._highest = index
        return True

    def _note(self, highest: int, index: int, now: int) -> None:
        if index - highest > MAX_GAP or len(self._missing) > MAX_GAP:
            self.gave_up += len(self._missing)
            self._missing.clear()
        else:
            for missing in range(highest + 1, index):
                self._missing[missing] = _Gap(now)

    def due(self, now: int, round_trip: int) -> list[int]:
        """Indexes to ask for now, lowest first; those asked for too often are given up."""
        wait = max(SHORTEST_WAIT, round_trip * 6 // 5)
        out = []
        for index, gap in sorted(self._missing.items()):
            if gap.tries >= GIVE_UP_TRIES or now - gap.since > GIVE_UP_AGE:
                del self._missing[index]
                self.gave_up += 1
            elif now - gap.since < REORDER_WAIT:
                continue
            elif gap.asked is None or now - gap.asked >= wait:
                gap.asked = now
                gap.tries += 1
                out.append(index)
        self.asked += len(out)
        return out

    def clear(self) -> None:
        """Ask for nothing any more: the stream rests."""
        self._missing.clear()
