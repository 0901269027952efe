"""A thread's connection to PostgreSQL: made anew when it is lost, for as long as one may wait."""

from __future__ import annotations

import threading
from typing import NoReturn

import sqlalchemy
import structlog
from psycopg.errors import Error
from sqlalchemy.exc import DBAPIError

from offhook.core.clock import SECOND, Clock, Micros
from offhook.core.errors import Unavailable
from offhook.core.store.postgres import Transaction, driver_of

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Seconds between attempts to connect: the first, doubled up to the last.
_PAUSES = (0.05, 0.8)


class Outage:
    """Since when the database is away, as all threads of a store see it; `own` are the server's
    processes that work for them."""

    def __init__(self, clock: Clock, patience: float) -> None:
        self.own: set[int] = set()
        self._clock = clock
        self._patience = round(patience * SECOND)
        self._since: Micros | None = None
        self._ended = threading.Event()

    def goes_on(self, error: BaseException) -> None:
        """Somebody could not connect."""
        if self._since is None:
            self._since = self._clock.now()
            orig = error.orig if isinstance(error, DBAPIError) else error
            log.error("database is away", error=" ".join(str(orig).split()))

    def is_over(self) -> None:
        """Somebody could."""
        if self._since is not None:
            log.info("database is back", after=(self._clock.now() - self._since) / SECOND)
            self._since = None

    @property
    def is_too_long(self) -> bool:
        """Whether units that wait for its end are told that it does not come."""
        return self._since is not None and self._clock.now() - self._since >= self._patience

    def wait(self, seconds: float) -> bool:
        """Wait before the next attempt; True when the store is closing."""
        return self._ended.wait(seconds)

    def end(self) -> None:
        """The store is closing: nobody waits any more."""
        self._ended.set()


class Link:
    """One connection with its transactions. For one thread."""

    def __init__(self, engine: sqlalchemy.Engine, outage: Outage, *, write: bool) -> None:
        self._engine = engine
        self._outage = outage
        self._write = write
        self._connection: sqlalchemy.Connection | None = None
        self._transaction: Transaction | None = None
        self._backend = 0

    def open(self) -> tuple[sqlalchemy.Connection, Transaction]:
        """The connection; raises `Unavailable` when it was lost and does not come back in time."""
        pause, longest = _PAUSES
        while self._connection is None or self._transaction is None:
            try:
                self._connect()
            except (DBAPIError, Error) as error:
                self._outage.goes_on(error)
                if self._outage.is_too_long or self._outage.wait(pause):
                    self._refuse(error)
                pause = min(2 * pause, longest)
        return self._connection, self._transaction

    @property
    def is_lost(self) -> bool:
        """Whether the server, or the way to it, is gone."""
        connection = self._connection
        return connection is None or connection.invalidated or driver_of(connection).closed

    def close(self) -> None:
        """Let go of the connection; `open` makes another."""
        connection, self._connection, self._transaction = self._connection, None, None
        self._outage.own.discard(self._backend)
        if connection is not None:
            connection.invalidate()
            connection.close()

    def was_committed(self, id: str) -> bool:
        """What became of a transaction whose commit was not answered before the link was lost.

        Raises `Unavailable` when nobody knows.
        """
        connection, transaction = self.open()
        with transaction:
            status = connection.exec_driver_sql(
                "SELECT pg_xact_status(%(id)s::xid8)", {"id": id}
            ).scalar()
        if status not in {"committed", "aborted"}:
            raise Unavailable("it is not known whether the store kept this", code="store_failed")
        return bool(status == "committed")

    def _connect(self) -> None:
        connection = self._engine.connect()
        try:
            self._transaction = Transaction(connection, write=self._write)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._backend = driver_of(connection).info.backend_pid
        self._outage.own.add(self._backend)
        self._outage.is_over()

    def _refuse(self, error: Exception) -> NoReturn:
        raise Unavailable("the database is away", code="store_failed", retry_after=1) from error
