"""The outbox of several processes: each key in one pair of hands at a time, and none left over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import pytest
from structlog.testing import capture_logs

from offhook.core.clock import SystemClock
from offhook.core.store.outbox import Outbox, OutboxItem, Relay
from offhook.core.store.postgres_store import PostgresStore
from tests.support.postgres import cut_off, process, processes
from tests.support.stores import MAIN

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_blocks_the_loop")]

OUTBOX = Outbox()


class Office:
    """The relays of several processes, and what they carried out, in order."""

    def __init__(self) -> None:
        self.carried: list[tuple[str, str, str]] = []
        self.under_way: set[str] = set()
        self.overlaps: list[str] = []
        self.held: dict[str, asyncio.Event] = {}
        self.taken = asyncio.Event()
        self.something = asyncio.Event()

    async def carry(self, who: str, item: OutboxItem) -> None:
        if item.key in self.under_way:
            self.overlaps.append(item.key)
        self.under_way.add(item.key)
        self.taken.set()
        try:
            if (gate := self.held.get(f"{who} {item.key}")) is not None:
                await gate.wait()
            self.carried.append((who, item.key, item.payload.decode()))
        finally:
            self.under_way.discard(item.key)
        self.something.set()

    @asynccontextmanager
    async def relay(
        self, who: str, store: PostgresStore, look_every: float = 60
    ) -> AsyncIterator[Relay]:
        handlers = {"hook": partial(self.carry, who)}
        relay = Relay(store, SystemClock(), handlers, at_once=4, look_every=look_every)
        relay.start()
        try:
            yield relay
        finally:
            await relay.close()

    async def until(self, count: int) -> None:
        """Wait until so many items were carried out."""
        async with asyncio.timeout(10):
            while len(self.carried) < count:
                self.something.clear()
                await self.something.wait()


async def put(store: PostgresStore, key: str, payload: str) -> None:
    now = SystemClock().now()
    work = partial(
        OUTBOX.put, account=MAIN, topic="hook", key=key, payload=payload.encode(), now=now
    )
    await store.write(work)


async def test_each_item_is_carried_out_once_and_those_of_a_key_in_order(database: str) -> None:
    office = Office()
    async with AsyncExitStack() as stack:
        stores = await stack.enter_async_context(processes(database, 3))
        for number, store in enumerate(stores):
            await stack.enter_async_context(office.relay(f"{number}", store))
        for number in range(10):
            await asyncio.gather(*(put(stores[at % 3], f"{at}", f"{number}") for at in range(12)))
        await office.until(120)
    for at in range(12):
        its = [payload for _, key, payload in office.carried if key == f"{at}"]
        assert its == [f"{number}" for number in range(10)]
    assert office.overlaps == []


async def test_an_item_wakes_the_relay_of_another_process(database: str) -> None:
    office = Office()
    async with processes(database) as (here, there), office.relay("there", there):
        assert await there.claim("begun")
        await put(here, "a", "1")
        await office.until(1)
    assert office.carried == [("there", "a", "1")]


async def test_what_one_process_has_in_hand_no_other_takes(database: str) -> None:
    office = Office()
    office.held["here a"] = asyncio.Event()
    async with processes(database) as (here, there), office.relay("here", here) as relay:
        await put(here, "a", "1")
        await put(here, "a", "2")
        relay.wake()
        async with asyncio.timeout(5):
            await office.taken.wait()
        await put(there, "b", "1")
        async with office.relay("there", there):
            await office.until(1)
            office.held["here a"].set()
            await office.until(3)
    assert office.carried[0][1:] == ("b", "1")
    assert [payload for _, key, payload in office.carried if key == "a"] == ["1", "2"]
    assert office.overlaps == []


async def test_lines_that_others_have_in_hand_do_not_hide_those_behind_them(database: str) -> None:
    office = Office()
    async with processes(database) as (here, there):
        busy = [await here.claim(f"outbox hook {MAIN} {at}") for at in range(20)]
        assert all(busy)
        for at in range(21):
            await put(here, f"{at}", "1")
        async with office.relay("there", there):
            await office.until(1)
    assert office.carried == [("there", "20", "1")]


async def test_what_a_dead_process_had_in_hand_is_carried_out_by_another(database: str) -> None:
    office = Office()
    async with process(database) as there, office.relay("there", there, look_every=0.1):
        async with process(database) as here:
            assert await here.claim(f"outbox hook {MAIN} a")
            await put(here, "a", "1")
            await put(here, "b", "1")
            await office.until(1)
            assert office.carried == [("there", "b", "1")]
        await office.until(2)
    assert office.carried[1] == ("there", "a", "1")


async def test_a_relay_goes_on_after_the_database_was_away(database: str) -> None:
    office = Office()
    async with process(database) as store, office.relay("here", store, look_every=0.1):
        await put(store, "a", "1")
        await office.until(1)
        with capture_logs():
            await asyncio.to_thread(cut_off, database)
            await put(store, "a", "2")
            await office.until(2)
    assert [payload for _, _, payload in office.carried] == ["1", "2"]
