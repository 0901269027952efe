"""How SQLite is opened, and how its transactions begin and end."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import NullPool

#: How long a statement waits for another process to let go of the file, in milliseconds.
BUSY_TIMEOUT = 5_000


def engine(path: Path | str, *, write: bool, durable: bool = True) -> sqlalchemy.Engine:
    """An engine whose connections are the caller's to keep and close.

    A writer takes the write lock when its transaction begins; a reader cannot write. A transaction
    that `Transactions` has begun is joined. `durable`
    (synchronous=FULL) syncs the log to the disk before a commit returns, so that an answered write
    survives a loss of power; without it (NORMAL) it survives the death of the process only.
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
        raw = driver_connection(connection)
        if not raw.in_transaction:
            connection.exec_driver_sql(_BEGIN[write])

    return made


class Transactions:
    """Begins and ends the transactions of one connection, by the driver.

    SQLAlchemy's own are events and objects that cost more than the database does. It is let to
    believe in one transaction without end, so that whatever is executed joins ours.
    """

    def __init__(self, connection: sqlalchemy.Connection, *, write: bool) -> None:
        raw = driver_connection(connection)
        connection.begin()
def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
