"""The transactions of a layer: by name, by when they are due, and how many are half open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from media.sip.message import Request
from media.sip.transaction.deadlines import Deadlines
from media.sip.transaction.keys import Key, Origin, origin
from media.sip.transaction.transaction import Transaction


class Table:
    """Every transaction that has not ended; one that ends goes out of all indexes at once."""

    def __init__(self) -> None:
        self.deadlines: Deadlines[Key] = Deadlines()
        self.half_open = 0
        #: Each with what makes its request known on other paths, if it is to be known by that.
        self._all: dict[Key, tuple[Transaction, Origin | None]] = {}
        self._origins: set[Origin] = set()

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, key: Key) -> bool:
        return key in self._all

    def get(self, key: Key) -> Transaction | None:
        """The transaction by this name."""
        entry = self._all.get(key)
        return None if entry is None else entry[0]

    def merged(self, request: Request) -> bool:
        """Whether this request is here already by another path (RFC 3261 8.2.2.2).

        A request inside of a dialog is told from its copies by its number (12.2.2).
        """
        return not request.to.tag and origin(request) in self._origins

    def add(self, transaction: Transaction, request: Request | None = None) -> None:
        """Take in a transaction that has begun; a server's with its request."""
        key = transaction.key
        self._all[key] = (transaction, self._remember(request))
        self.deadlines.put(key, transaction.deadline)
        self.half_open += transaction.half_open

    @contextmanager
    def changing(self, transaction: Transaction) -> Iterator[None]:
        """Within this block the transaction may move; its deadline and end are seen to after."""
        before = transaction.half_open
        try:
            yield
        finally:
            self._settle(transaction, transaction.half_open - before)

    def _settle(self, transaction: Transaction, opened: int) -> None:
        self.half_open += opened
        if transaction.ended:
            self._remove(transaction.key)
        else:
            self.deadlines.put(transaction.key, transaction.deadline)

    def _remove(self, key: Key) -> None:
        _, known_by = self._all.pop(key)
        self.deadlines.remove(key)
        if known_by is not None:
            self._origins.discard(known_by)

    def _remember(self, request: Request | None) -> Origin | None:
        if request is None or request.to.tag or self.merged(request):
            return None
        known_by = origin(request)
        self._origins.add(known_by)
        return known_by
