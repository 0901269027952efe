"""How many contacts were answered and how many gave up today (UTC), counted as facts are logged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from offhook.core.clock import SECOND, Micros
from offhook.core.ids import AccountId
from offhook.core.store.events import EventLog
from offhook.core.store.store import Store

_DAY = 86_400 * SECOND
ANSWERED, ABANDONED = "session.answered", "session.abandoned"


class Tally:
    """Counts of the day; it begins again at midnight."""

    def __init__(self) -> None:
        self._day = 0
        self._counts: Counter[str] = Counter()

    async def load(self, store: Store, log: EventLog, account: AccountId, now: Micros) -> None:
        """Take in what was logged today before."""
        self._day = now // _DAY
        since = Micros(self._day * _DAY)
        counts = await store.read(lambda c: log.counts(c, account, (ANSWERED, ABANDONED), since))
        self._counts = Counter(counts)

    def count(self, types: Iterable[str], now: Micros) -> None:
        """Facts of these types were logged."""
        self._turn(now)
        self._counts.update(type for type in types if type in {ANSWERED, ABANDONED})

    def of(self, now: Micros) -> tuple[int, int]:
        """Answered, and abandoned."""
        self._turn(now)
        return self._counts[ANSWERED], self._counts[ABANDONED]

    def _turn(self, now: Micros) -> None:
        if now // _DAY != self._day:
            self._day = now // _DAY
            self._counts.clear()
