"""How SQLite is opened: write-ahead log, foreign keys, real transactions and savepoints."""

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

    A writer takes the write lock when its transaction begins; a reader cannot write. `durable`
    (synchronous=FULL) syncs the log to the disk before a commit returns, so that an answered write
    survives a loss of power; without it (NORMAL) it survives the death of the process only.
    """
    made = sqlalchemy.create_engine(
        sqlalchemy.URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
    )
    begin = "BEGIN IMMEDIATE" if write else "BEGIN"

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
        connection.exec_driver_sql(begin)

    return made


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
