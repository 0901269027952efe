"""How SQLite is opened, and how its transactions begin and end."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
import sqlalchemy
from sqlalchemy import NullPool

#: How long a statement waits for another process to let go of the file, in milliseconds.
BUSY_TIMEOUT = 5_000


def engine(path: Path | str, *, write: bool, durable: bool = True) -> sqlalchemy.Engine:
    """An engine whose connections are the caller's to keep and close.

    A writer takes the write lock when its transaction begins; a reader cannot write. What is
    executed within a `Transaction` joins that one. `durable` (synchronous=FULL) syncs the log to
    the disk before a commit returns, so that an answered write survives a loss of power; without
    it (NORMAL) it survives the death of the process only.
    """
    made = sqlalchemy.create_engine(
        sqlalchemy.URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
    )

    @sqlalchemy.event.listens_for(made, "connect")
    def prepare(connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
        if write:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            connection.execute("PRAGMA foreign_keys=ON")
        else:
            connection.execute("PRAGMA query_only=ON")

    @sqlalchemy.event.listens_for(made, "begin")
    def take(connection: sqlalchemy.Connection) -> None:
        if not driver_of(connection).in_transaction:
            connection.exec_driver_sql(_begin(write))

    return made


def driver_of(connection: sqlalchemy.Connection) -> sqlite3.Connection:
    """The driver's connection under SQLAlchemy's."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise TypeError("this is no connection to SQLite")
    return raw


class Transaction:
    """The transactions of one connection, one after another; each is a `with` of this.

    They are begun and ended on the driver's connection, because SQLAlchemy's events and objects
    for it cost more than what SQLite does. SQLAlchemy begins one of its own when it first executes
    something: that joins the one which is open, and is never ended.
    """

    def __init__(self, connection: sqlalchemy.Connection, *, write: bool) -> None:
        self._raw = driver_of(connection)
        self._execute = self._raw.cursor().execute
        self._begin = _begin(write)

    def __enter__(self) -> Self:
        self._execute(self._begin)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._execute("COMMIT")
        finally:
            if self.is_open:
                self._execute("ROLLBACK")

    @property
    def is_open(self) -> bool:
        """Whether there is one; SQLite itself rolls back on some errors (a full disk)."""
        return self._raw.in_transaction

    def start_over(self) -> None:
        """Undo everything that was done in it; it goes on."""
        self._execute("ROLLBACK")
        self._execute(self._begin)

    def mark(self) -> None:
        """Remember this point, to `keep` or to `take_back` what is done after it."""
        self._execute("SAVEPOINT unit")

    def keep(self) -> None:
        """Forget the mark."""
        self._execute("RELEASE unit")

    def take_back(self) -> None:
        """Undo what was done after the mark, and forget it."""
        self._execute("ROLLBACK TO unit")
        self._execute("RELEASE unit")


def _begin(write: bool) -> str:
    return "BEGIN IMMEDIATE" if write else "BEGIN"


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
