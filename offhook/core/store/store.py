"""The store: units of work on one writer thread, committed together, and a few reader threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from offhook.core.errors import Misconfigured, Unavailable
from offhook.core.store.sqlite import Transaction, engine

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

T = TypeVar("T")

#: At most this many units share a commit, so that the first of them is not kept waiting.
GROUP = 256


class Store(Protocol):
    """Where accepted things are kept."""

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run a unit of work in a transaction; its result once the commit is durable.

        A unit that raises is rolled back alone, and its error is raised here. `work` runs on
        another thread and may run beside nothing else; it only talks to the connection.
        """
        ...

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run a reading unit of work on one snapshot; it sees every write that was answered."""
        ...

    async def close(self) -> None:
        """Finish what was handed in and let go of the store."""
        ...


class _Unit(NamedTuple):
    """One unit of work, and who waits for it where."""

    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


#: What became of a unit: its result, or its error.
_Outcome = tuple[_Unit, Any, BaseException | None]


class SqliteStore:
    """A SQLite file with a write-ahead log. `migrate.upgrade` must have made its tables.

    The writer takes all units that wait, runs each so that it can fail alone, commits once, and
    only then answers them all: under load the price of a commit is shared. `durable`: see
    `sqlite.engine`.
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
        self._on_commit = on_commit
        self._engines = (engine(path, write=True, durable=durable), engine(path, write=False))
        self._try_to_open(path)
        self._writes: SimpleQueue[_Unit | None] = SimpleQueue()
        self._reads: SimpleQueue[_Unit | None] = SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write_all, name="store writer", daemon=True)
        self._readers = [
            threading.Thread(target=self._read_all, name=f"store reader {n}", daemon=True)
            for n in range(readers)
        ]
        for thread in (self._writer, *self._readers):
            thread.start()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Hand the unit to the writer thread."""
        return await self._hand_in(self._writes, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Hand the unit to the first reader thread that is free."""
        return await self._hand_in(self._reads, work)

    async def close(self) -> None:
        """Finish what was handed in and end the threads."""
        if self._closed:
            return
        self._closed = True
        self._writes.put(None)
        for _ in self._readers:
            self._reads.put(None)
        for thread in (self._writer, *self._readers):
            await asyncio.to_thread(thread.join)
        for each in self._engines:
            each.dispose()

    def _try_to_open(self, path: Path | str) -> None:
        try:
            for each in self._engines:
                each.connect().close()
        except DBAPIError as error:
            raise Misconfigured(
                f"the store {path} cannot be opened: {error.orig}", code="store_unusable"
            ) from error

    async def _hand_in(
        self, queue: SimpleQueue[_Unit | None], work: Callable[[Connection], T]
    ) -> T:
        if self._closed:
            raise Unavailable("the store is closed", code="store_closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        queue.put(_Unit(work, loop, future))
        return await future

    def _write_all(self) -> None:
        """The writer thread."""
        with self._engines[0].connect() as connection:
            transaction = Transaction(connection, write=True)
            going_on = True
            while going_on:
                group, going_on = _take(self._writes)
                if group:
                    self._write(connection, transaction, group)

    def _write(self, connection: Connection, transaction: Transaction, group: list[_Unit]) -> None:
        run = _run_alone if len(group) == 1 else _run_each
        outcomes: list[_Outcome] = []
        try:
            with transaction:
                outcomes = run(connection, transaction, group)
        except BaseException as error:
            log.exception("store could not commit", units=len(group))
            outcomes = [(unit, None, _not_stored(error)) for unit in group]
        else:
            if self._on_commit is not None:
                self._on_commit(len(group))
        _answer(outcomes)

    def _read_all(self) -> None:
        """A reader thread."""
        with self._engines[1].connect() as connection:
            transaction = Transaction(connection, write=False)
            while (unit := self._reads.get()) is not None:
                try:
                    with transaction:
                        outcome: _Outcome = (unit, unit.work(connection), None)
                except BaseException as error:
                    outcome = (unit, None, _raised(error))
                _answer([outcome])


def _take(queue: SimpleQueue[_Unit | None]) -> tuple[list[_Unit], bool]:
    """All units that wait, at least one unless this is the end, and whether to go on."""
    group: list[_Unit] = []
    unit = queue.get()
    while unit is not None:
        group.append(unit)
        if len(group) == GROUP:
            return group, True
        try:
            unit = queue.get_nowait()
        except Empty:
            return group, True
    return group, False


def _run_alone(
    connection: Connection, transaction: Transaction, group: list[_Unit]
) -> list[_Outcome]:
    """Run one unit, which has the transaction for itself."""
    [unit] = group
    try:
        return [(unit, unit.work(connection), None)]
    except BaseException as error:
        if not transaction.is_open:
            raise
        transaction.start_over()
        return [(unit, None, _raised(error))]


def _run_each(
    connection: Connection, transaction: Transaction, group: list[_Unit]
) -> list[_Outcome]:
    """Run the units in one transaction, each behind a mark, so that one can fail alone.

    When SQLite itself rolled the transaction back, nothing of this group is stored, and the error
    is raised.
    """
    outcomes: list[_Outcome] = []
    for unit in group:
        transaction.mark()
        try:
            outcomes.append((unit, unit.work(connection), None))
        except BaseException as error:
            if not transaction.is_open:
                raise
            transaction.take_back()
            outcomes.append((unit, None, _raised(error)))
        else:
            transaction.keep()
    return outcomes


def _raised(error: BaseException) -> BaseException:
    """An error as a future can carry it; what kills no thread but this one is no exception."""
    return RuntimeError(repr(error)) if isinstance(error, StopIteration | SystemExit) else error


def _not_stored(error: BaseException) -> Exception:
    """What a unit is told whose transaction did not commit."""
    away = Unavailable("the store could not keep this", code="store_failed")
    away.__cause__ = error
    return away


def _answer(outcomes: list[_Outcome]) -> None:
    """Wake those who wait, with one call for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome[0].loop, []).append(outcome)
    for loop, its in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, its)
        except RuntimeError:  # the loop has closed; nobody waits any more
            log.info("store has nobody to answer", units=len(its))


def _settle(outcomes: list[_Outcome]) -> None:
    for unit, result, error in outcomes:
        if unit.future.done():
            continue
        if error is None:
            unit.future.set_result(result)
        else:
            unit.future.set_exception(error)
