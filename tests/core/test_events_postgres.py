"""The event log that several processes write: no gap, and nobody who reads on misses anything."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import Connection

from offhook.core.clock import Micros
from offhook.core.contracts.events import Envelope
from offhook.core.errors import Conflict
from offhook.core.ids import RandomIds
from offhook.core.store.events import CHANNEL, Entry, EventLog, NewEvent
from offhook.core.store.store import Store
from tests.support.postgres import process, processes
from tests.support.stores import MAIN

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_blocks_the_loop")]

LOG = EventLog(RandomIds())
NOW = Micros(1_800_000_000_000_000)


def said(*subjects: str) -> Callable[[Connection], list[Envelope]]:
    """A unit that logs a fact about each of these, in this order."""

    def work(connection: Connection) -> list[Envelope]:
        each = (
            LOG.append(connection, MAIN, name, [NewEvent("said", {})], NOW) for name in subjects
        )
        return list(itertools.chain(*each))

    return work


async def numbers(store: Store, subject: str) -> list[int]:
    events = await store.read(lambda c: LOG.since(c, MAIN, subject, 0))
    return [event.seq for event in events]


async def read_on(store: Store, until: int) -> list[Entry]:
    """Read the log as it grows, each time from the last position seen."""
    seen: list[Entry] = []
    while len(seen) < until:
        position = seen[-1].position if seen else 0
        seen += await store.read(lambda c, at=position: LOG.beyond(c, MAIN, at, 50))  # type: ignore[misc]
    return seen


async def test_subjects_of_several_processes_are_numbered_without_a_gap(database: str) -> None:
    async def write(store: Store, subjects: Sequence[str]) -> None:
        for _ in range(10):
            await store.write(said(*subjects))

    async with processes(database, 3) as stores:
        orders = [("a", "b"), ("b", "a"), ("a",)]
        await asyncio.gather(*(write(s, o) for s, o in zip(stores, orders, strict=True)))
        assert await numbers(stores[0], "a") == list(range(1, 31))
        assert await numbers(stores[0], "b") == list(range(1, 21))


async def test_who_reads_on_by_position_misses_nothing(database: str) -> None:
    async def write(store: Store, subject: str) -> None:
        for _ in range(20):
            await store.write(said(subject))

    async with processes(database, 3) as stores:
        reading = asyncio.ensure_future(read_on(stores[2], 2 * 8 * 20))
        writers = [write(s, f"RM{n}{at}") for n, s in enumerate(stores[:2]) for at in range(8)]
        await asyncio.gather(*writers)
        async with asyncio.timeout(10):
            seen = await reading
    assert len({entry.id for entry in seen}) == 2 * 8 * 20
    for subject, its in itertools.groupby(sorted(seen, key=_subject), key=_subject):
        assert [entry.seq for entry in its] == list(range(1, 21)), subject


async def until_somebody_waits(store: Store) -> None:
    """Until a transaction waits for another to let go of the log."""
    asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    async with asyncio.timeout(5):
        while await store.read(lambda c: c.exec_driver_sql(asked).scalar()) == 0:
            pass


def _subject(entry: Entry) -> str:
    return entry.subject


async def test_a_later_position_is_not_seen_before_an_earlier_one(database: str) -> None:
    written, gate = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        said("slow")(connection)
        assert [event.subject for event in LOG.since(connection, MAIN, "slow", 0)] == ["slow"]
        written.set()
        assert gate.wait(10)

    async with processes(database) as (here, there):
        first = asyncio.ensure_future(here.write(slow))
        await asyncio.to_thread(written.wait)
        second = asyncio.ensure_future(there.write(said("quick")))
        await until_somebody_waits(there)
        assert await there.read(lambda c: LOG.beyond(c, MAIN, 0, 9)) == []
        assert not second.done()
        gate.set()
        await asyncio.gather(first, second)
        seen = await there.read(lambda c: LOG.beyond(c, MAIN, 0, 9))
    assert [entry.subject for entry in seen] == ["slow", "quick"]


async def test_a_unit_of_a_group_that_fails_leaves_no_fact_and_no_gap(database: str) -> None:
    def fail(connection: Connection) -> None:
        said("c")(connection)
        raise Conflict("no")

    entered, gate = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        entered.set()
        assert gate.wait(10)

    async with process(database, writers=1) as store:
        first = asyncio.ensure_future(store.write(hold))
        await asyncio.to_thread(entered.wait)
        units = (said("a"), fail, said("a"), said("b"))
        group = [asyncio.ensure_future(store.write(unit)) for unit in units]
        await asyncio.sleep(0)
        gate.set()
        await first
        outcomes = await asyncio.gather(*group, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [list, Conflict, list, list]
        assert await numbers(store, "a") == [1, 2]
        assert await numbers(store, "b") == [1]
        assert await numbers(store, "c") == []


async def test_other_processes_hear_that_something_was_logged(database: str) -> None:
    heard = asyncio.Event()
    async with processes(database) as (here, there):
        assert await there.claim("begun")
        there.listen(CHANNEL, heard.set)
        await here.write(said("a"))
        async with asyncio.timeout(5):
            await heard.wait()
