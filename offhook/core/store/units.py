"""Units of work on their way: taken from a queue, run in a transaction, answered on their loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple, Protocol

import structlog
from sqlalchemy import Connection

from offhook.core.errors import Unavailable

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Unit(NamedTuple):
    """One unit of work, and who waits for it where."""

    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


Queue = SimpleQueue[Unit | None]
#: What became of a unit: its result, or its error.
Outcome = tuple[Unit, Any, BaseException | None]


class Undoable(Protocol):
    """The transaction that units run in, as far as they may have to be undone."""

    @property
    def is_open(self) -> bool:
        """Whether there is one; the database itself may have rolled it back."""
        ...

    def start_over(self) -> None:
        """Undo everything that was done in it; it goes on."""
        ...

    def mark(self) -> None:
        """Remember this point, to `keep` or to `take_back` what is done after it."""
        ...

    def keep(self) -> None:
        """Forget the mark."""
        ...

    def take_back(self) -> None:
        """Undo what was done after the mark, and forget it."""
        ...


Run = Callable[[Connection, Undoable, list[Unit]], list[Outcome]]


def take(queue: Queue, most: int) -> tuple[list[Unit], bool]:
    """All units that wait, at least one unless this is the end, and whether to go on."""
    group: list[Unit] = []
    unit = queue.get()
    while unit is not None:
        group.append(unit)
        if len(group) == most:
            return group, True
        try:
            unit = queue.get_nowait()
        except Empty:
            return group, True
    return group, False


def run_alone(connection: Connection, transaction: Undoable, group: list[Unit]) -> list[Outcome]:
    """Run one unit, which has the transaction for itself."""
    [unit] = group
    try:
        return [(unit, unit.work(connection), None)]
    except BaseException as error:
        if not transaction.is_open:
            raise
        transaction.start_over()
        return [(unit, None, raised(error))]


def run_each(connection: Connection, transaction: Undoable, group: list[Unit]) -> list[Outcome]:
    """Run the units in one transaction, each behind a mark, so that one can fail alone.

    When the database itself rolled the transaction back, nothing of this group is stored, and the
    error is raised.
    """
    outcomes: list[Outcome] = []
    for unit in group:
        transaction.mark()
        try:
            result = unit.work(connection)
            transaction.keep()
        except BaseException as error:
            if not transaction.is_open:
                raise
            transaction.take_back()
            outcomes.append((unit, None, raised(error)))
        else:
            outcomes.append((unit, result, None))
    return outcomes


def run_together(connection: Connection, transaction: Undoable, group: list[Unit]) -> list[Outcome]:
    """Run the units in one transaction without marks; raise what any of them raises."""
    return [(unit, unit.work(connection), None) for unit in group]


def raised(error: BaseException) -> BaseException:
    """An error as a future can carry it; what kills no thread but this one is no exception."""
    return RuntimeError(repr(error)) if isinstance(error, StopIteration | SystemExit) else error


def not_stored(error: BaseException) -> Exception:
    """What a unit is told whose transaction did not commit."""
    away = Unavailable("the store could not keep this", code="store_failed")
    away.__cause__ = error
    return away


def answer(outcomes: list[Outcome]) -> None:
    """Wake those who wait, with one call for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome[0].loop, []).append(outcome)
    for loop, its in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, its)
        except RuntimeError:  # the loop has closed; nobody waits any more
            log.info("store has nobody to answer", units=len(its))


def _settle(outcomes: list[Outcome]) -> None:
    for unit, result, error in outcomes:
        if unit.future.done():
            continue
        if error is None:
            unit.future.set_result(result)
        else:
            unit.future.set_exception(error)
