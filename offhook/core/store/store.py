"""The store: units of work on one writer thread, committed together, and a few reader threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from offhook.core.errors import Misconfigured
from offhook.core.store.claims import Claim, Claims
from offhook.core.store.sqlite import Transaction, engine
from offhook.core.store.threads import ThreadedStore
from offhook.core.store.units import (
    Outcome,
    Unit,
    answer,
    not_stored,
    raised,
    run_alone,
    run_each,
    take,
)

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

T = TypeVar("T")

#: At most this many units share a commit, so that the first of them is not kept waiting.
GROUP = 256


class Store(Protocol):
    """Where accepted things are kept."""

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a unit of work in a transaction; its result once the commit is durable.

        A unit that raises is rolled back alone, and its error is raised here. `work` runs on
        another thread, perhaps more than once before one time counts: it only talks to the
        connection. Other units may run beside it, in this process or another: what it changes is
        as it read it, or it is run again; what it only read may have changed meanwhile.
        """
        ...

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a reading unit of work on one snapshot; it sees every write that was answered."""
        ...

    def listen(self, channel: str, heard: Callable[[], None]) -> Callable[[], None]:
        """Have `heard` called on this event loop when another process committed a unit that told
        this channel (`late.tell`), or may have; the answer ends it."""
        ...

    async def claim(self, name: str) -> Claim | None:
        """Be the only one of all processes on this store that does what `name` stands for; None
        while somebody is. A process that dies lets go."""
        ...

    async def release(self, claim: Claim) -> None:
        """Let go of a claim."""
        ...

    async def close(self) -> None:
        """Finish what was handed in and let go of the store."""
        ...


class SqliteStore(ThreadedStore):
    """A SQLite file with a write-ahead log. `migrate.upgrade` must have made its tables.

    The writer takes all units that wait, runs each so that it can fail alone, commits once, and
    only then answers them all: under load the price of a commit is shared. `durable`: see
    `sqlite.engine`. One server has the file: it hears of no other, and claims are its own.
    Raises `Misconfigured` when the file cannot be opened.
    """

    def __init__(
        self,
        path: Path | str,
        *,
        readers: int = 2,
        durable: bool = True,
        on_commit: Callable[[int], None] | None = None,
    ) -> None:
        super().__init__()
        self._on_commit = on_commit
        self._claims = Claims()
        self._engines = (engine(path, write=True, durable=durable), engine(path, write=False))
        self._try_to_open(path)
        self._start(writers=1, readers=readers)

    def listen(self, channel: str, heard: Callable[[], None]) -> Callable[[], None]:
        """Nobody else writes."""
        return _nothing

    async def claim(self, name: str) -> Claim | None:
        """Only this process asks."""
        return self._claims.take(name)

    async def release(self, claim: Claim) -> None:
        """Let go of it."""
        self._claims.give_back(claim)

    def _try_to_open(self, path: Path | str) -> None:
        try:
            for each in self._engines:
                each.connect().close()
        except DBAPIError as error:
            raise Misconfigured(
                f"the store {path} cannot be opened: {error.orig}", code="store_unusable"
            ) from error

    def _write_all(self) -> None:
        with self._engines[0].connect() as connection:
            transaction = Transaction(connection, write=True)
            going_on = True
            while going_on:
                group, going_on = take(self._writes, GROUP)
                if group:
                    self._write(connection, transaction, group)

    def _write(self, connection: Connection, transaction: Transaction, group: list[Unit]) -> None:
        run = run_alone if len(group) == 1 else run_each
        outcomes: list[Outcome] = []
        try:
            with transaction:
                outcomes = run(connection, transaction, group)
        except BaseException as error:
            log.exception("store could not commit", units=len(group))
            outcomes = [(unit, None, not_stored(error)) for unit in group]
        else:
            if self._on_commit is not None:
                self._on_commit(len(group))
        answer(outcomes)

    def _read_all(self) -> None:
        with self._engines[1].connect() as connection:
            transaction = Transaction(connection, write=False)
            while (unit := self._reads.get()) is not None:
                try:
                    with transaction:
                        outcome: Outcome = (unit, unit.work(connection), None)
                except BaseException as error:
                    outcome = (unit, None, raised(error))
                answer([outcome])

    def _let_go(self) -> None:
        for each in self._engines:
            each.dispose()


def _nothing() -> None:
    """There is nothing to end."""
