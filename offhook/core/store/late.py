"""What a transaction does last, right before its commit: rows that wait, and words to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from offhook.core.store.prepared import Prepared

_KEY = "offhook.late"


class Late:
    """Collects, for one connection and transaction after transaction."""

    def __init__(self) -> None:
        self.rows: list[tuple[Prepared, Mapping[str, Any]]] = []
        self.channels: set[str] = set()
        self._mark = 0

    def clear(self) -> None:
        """Begin with nothing."""
        self.rows.clear()
        self.channels.clear()

    def mark(self) -> None:
        """Remember this point for `take_back`."""
        self._mark = len(self.rows)

    def take_back(self) -> None:
        """Forget the rows since the mark; words to others do no harm."""
        del self.rows[self._mark :]

    def take_rows(self) -> list[tuple[Prepared, list[Mapping[str, Any]]]]:
        """The rows that wait, by statement and in order; they wait no longer."""
        taken: dict[Prepared, list[Mapping[str, Any]]] = {}
        for statement, row in self.rows:
            taken.setdefault(statement, []).append(row)
        self.rows.clear()
        self._mark = 0
        return list(taken.items())


def attach(connection: Connection) -> Late:
    """Give a connection a `Late`; whoever commits on it carries it out."""
    late = Late()
    connection.info[_KEY] = late
    return late


def of(connection: Connection) -> Late | None:
    """What this connection does last; None when whoever commits on it knows of no such thing."""
    late: Late | None = connection.info.get(_KEY)
    return late


def insert(connection: Connection, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Have rows inserted right before the commit; False when nobody would do it."""
    late = of(connection)
    if late is None:
        return False
    late.rows.extend((statement, row) for row in rows)
    return True


def tell(connection: Connection, channel: str) -> None:
    """Have the other processes on this store hear of it once it is committed (`Store.listen`).

    Several times in one transaction is once. On SQLite there are no others.
    """
    late = of(connection)
    if late is not None:
        late.channels.add(channel)
