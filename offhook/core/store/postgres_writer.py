"""Keeps units in PostgreSQL for one writer thread, and tries again what deserves it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from offhook.core.errors import Unavailable
from offhook.core.store.link import Link
from offhook.core.store.postgres import in_words, is_contention, is_taken
from offhook.core.store.units import (
    Outcome,
    Run,
    Unit,
    not_stored,
    run_alone,
    run_each,
    run_together,
)

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: How often a unit is tried whose rows others keep changing.
_TRIES = 12
#: How often units are begun anew because the connection was lost under them.
_LOSSES = 5


class Writer:
    """Commits groups of units.

    A group is tried as one transaction without marks, since a mark is another question to the
    server; when a unit raises, it is tried again with marks, so that each fails alone; and when
    others were in its way, one unit after another.
    """

    def __init__(self, link: Link, on_commit: Callable[[int], None] | None) -> None:
        self._link = link
        self._on_commit = on_commit
        self._pause = threading.Event()

    def keep(self, group: list[Unit]) -> list[Outcome]:
        """What became of each unit; what is told to have been kept is committed."""
        runs: tuple[Run, ...] = (run_together, run_each) if len(group) > 1 else ()
        for run in runs:
            try:
                return [self._again(outcome) for outcome in self._commit(group, run)]
            except Unavailable as error:
                if error.code == "store_failed":
                    return [(unit, None, error) for unit in group]
            except BaseException as error:
                if is_contention(error):
                    break
        return [self._alone(unit) for unit in group]

    def _again(self, outcome: Outcome) -> Outcome:
        """The same, or what came of another try when others were in the way of this one."""
        unit, _, error = outcome
        if error is None:
            return outcome
        if is_contention(error) or is_taken(error):
            return self._alone(unit)
        return unit, None, in_words(error)

    def _alone(self, unit: Unit) -> Outcome:
        seen_taken = False
        for attempt in range(_TRIES):
            try:
                [(_, result, error)] = self._commit([unit], run_alone)
            except BaseException as problem:
                if not is_contention(problem):
                    return unit, None, _at_the_end(problem)
                error = problem
            if error is None:
                return unit, result, None
            if is_taken(error) and not seen_taken:
                seen_taken = True
            elif not is_contention(error):
                return unit, None, in_words(error)
            self._pause.wait(min(0.001 * 2**attempt, 0.1))
        log.error("store gave a unit up: others were always in its way", tries=_TRIES)
        return unit, None, Unavailable("the store is too busy for this", code="store_busy")

    def _commit(self, group: list[Unit], run: Run) -> list[Outcome]:
        """Run and commit; after a lost connection again, unless it was committed all the same."""
        for _ in range(_LOSSES):
            connection, transaction = self._link.open()
            outcomes: list[Outcome] = []
            try:
                with transaction:
                    outcomes = run(connection, transaction, group)
            except BaseException:
                if not self._link.is_lost:
                    raise
                self._link.close()
                id = transaction.id
                if id is None or not self._link.was_committed(id):
                    continue
            if self._on_commit is not None:
                self._on_commit(len(group))
            return outcomes
        raise Unavailable(
            "the connection to the database is lost over and over", code="store_failed"
        )


def _at_the_end(error: BaseException) -> BaseException:
    """What a unit is told that could be run but not committed."""
    if isinstance(error, Unavailable):
        return error
    log.error("store could not commit", exc_info=error)
    return not_stored(error)
