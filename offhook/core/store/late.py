"""What a transaction does last, right before its commit: rows that wait, and words to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from offhook.core.store.claims import lock_number
from offhook.core.store.prepared import Prepared

_KEY = "offhook.late"
#: Whoever writes to the event log on PostgreSQL holds this until its transaction ends.
LOCK_LOG = f"pg_advisory_xact_lock({lock_number('event log')})"


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


def insert(connection: Connection, statement: Prepared, rows: Sequence[Mapping[str, Any]]) -> None:
    """Have rows of the event log inserted right before the commit; on SQLite, now."""
    late = of(connection)
    if late is not None:
        late.rows.extend((statement, row) for row in rows)
        return
    if connection.dialect.name == "postgresql":
        _be_the_only_one(connection)
    statement.run_each(connection, rows)


def write(connection: Connection, *, locked: bool = False) -> None:
    """Insert the rows that wait in this transaction, if any; `locked`: it holds `LOCK_LOG`.

    Until it ends nobody else inserts such: so the order of their positions is that of the commits,
    and whoever reads on from the last position it has seen misses nothing.
    """
    late = of(connection)
    if late is None or not late.rows:
        return
    if not locked:
        _be_the_only_one(connection)
    for statement, rows in late.take_rows():
        statement.run_each(connection, rows)


def tell(connection: Connection, channel: str) -> None:
    """Have the other processes on this store hear of it once it is committed (`Store.listen`).

    Several times in one transaction is once. On SQLite there are no others.
    """
    late = of(connection)
    if late is not None:
        late.channels.add(channel)


def _be_the_only_one(connection: Connection) -> None:
    connection.exec_driver_sql(f"SELECT {LOCK_LOG}")
