"""Where a store is: a SQLite file by its path, or a PostgreSQL database by its address."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from offhook.core.clock import Clock
    from offhook.core.store.store import Store

Place = Path | str


def is_postgres(place: Place) -> bool:
    """Whether this is the address of a database and no path."""
    return isinstance(place, str) and "://" in place


def shown(place: Place) -> str:
    """A place as people and logs may read it: never with a password."""
    if is_postgres(place):
        from offhook.core.store import postgres

        return postgres.shown(str(place))
    return str(place)


def open_store(
    place: Place, clock: Clock, *, writers: int = 4, readers: int = 2, durable: bool = True
) -> Store:
    """The store that is there; raises `Misconfigured` when it cannot be opened. Blocks.

    `writers`: how many transactions of this process go side by side; SQLite has one.
    """
    if is_postgres(place):
        from offhook.core.store.postgres_store import PostgresStore

        return PostgresStore(
            str(place), clock=clock, writers=writers, readers=readers, durable=durable
        )
    from offhook.core.store.store import SqliteStore

    return SqliteStore(place, readers=readers, durable=durable)
