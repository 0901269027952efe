"""Remembers which counts of a nonce were used, in bounded memory (RFC 7616 3.4, 5.5).

Requests overtake each other on UDP, so a count may be lower than the highest that was seen, within
a window, but none is good twice. A nonce that had to be forgotten early counts as used up, with
all that are older: their clients are asked again with a fresh one, and no replay passes.
"""

from __future__ import annotations

from collections import OrderedDict

from offhook.core.clock import Micros

#: Counts below the highest that may still come.
WINDOW = 64
#: Nonces that are remembered at once.
MOST = 20_000


class Replays:
    """The counts of the nonces in use; each is kept until it has expired."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._seen: OrderedDict[str, tuple[Micros, int, int]] = OrderedDict()
        self._forgotten = Micros(-1)

    def __len__(self) -> int:
        return len(self._seen)

    def take(self, nonce: str, issued: Micros, count: int) -> bool:
        """Whether this count is new for a nonce that was given at `issued`; it is used now."""
        known = self._seen.get(nonce)
        if known is None:
            if issued <= self._forgotten:
                return False
            self._seen[nonce] = (issued, count, 1)
            self._bound()
            return True
        moved = _moved(known[1], known[2], count)
        if moved is None:
            return False
        self._seen[nonce] = (issued, *moved)
        return True

    def forget(self, before: Micros) -> None:
        """Drop what was given before this time and so has expired. Called at every challenge."""
        while self._seen:
            nonce, (issued, _, _) = next(iter(self._seen.items()))
            if issued >= before:
                return
            del self._seen[nonce]

    def _bound(self) -> None:
        if len(self._seen) > self._most:
            _, (issued, _, _) = self._seen.popitem(last=False)
            self._forgotten = max(self._forgotten, issued)


def _moved(highest: int, window: int, count: int) -> tuple[int, int] | None:
    """The window with `count` marked, bit 0 being the highest; None when it was used or is old."""
    ahead = count - highest
    if ahead > 0:
        return count, ((window << min(ahead, WINDOW)) | 1) & ((1 << WINDOW) - 1)
    bit = 1 << -ahead if -ahead < WINDOW else 0
    return (highest, window | bit) if bit and not window & bit else None
