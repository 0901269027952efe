"""Processes on one store: who is alive, and who is given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from offhook.core.clock import ManualClock
from offhook.core.lifelines import Severed
from offhook.core.processes import Processes
from offhook.core.store.migrate import upgrade
from offhook.core.store.store import SqliteStore, Store

pytestmark = pytest.mark.integration


@dataclass
class Process:
    """One process with a clock of its own: while that stands still it is paused, or dead."""

    processes: Processes
    clock: ManualClock
    deaths: list[str] = field(default_factory=list)
    doubts: list[bool] = field(default_factory=list)

    async def goes_on(self, seconds: int = 1) -> None:
        """Live for some seconds, with the heartbeats that belong to them."""
        for _ in range(seconds):
            self.clock.advance(1)
            await until(lambda: self.last_beat == self.clock.now())

    @property
    def last_beat(self) -> int:
        """When it last said that it is there."""
        mine = self.processes.node
        return next(each.seen_at for each in self.processes.all() if each.node == mine)


class House:
    """A store, and the processes that share it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.all: list[Process] = []

    async def process(self, node: str, *, shared: bool = True) -> Process:
        """A process that has started."""
        clock = ManualClock()
        processes = Processes(self.store, clock, node, shared=shared)
        made = Process(processes, clock)
        processes.on_death.append(made.deaths.append)
        processes.on_doubt.append(lambda: made.doubts.append(True))
        await processes.start()
        self.all.append(made)
        return made


async def until(true: Callable[[], bool]) -> None:
    """Wait for what the store's threads are about to bring."""
    async with asyncio.timeout(5):
        while True:
            if true():
                return
            await asyncio.sleep(0.001)


async def wait_for(processes: Processes, node: str) -> None:
    """Wait for a process that never answers."""
    async with processes.while_there(node):
        await asyncio.Event().wait()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    path = tmp_path / "store.sqlite"
    await asyncio.to_thread(upgrade, path)
    house = House(SqliteStore(path, durable=False))
    yield house
    for each in house.all:
        await each.processes.close()
    await house.store.close()


async def test_processes_on_one_store_see_each_other(house: House) -> None:
    one, two = await house.process("ND1"), await house.process("ND2")
    await one.goes_on()
    for each in (one, two):
        assert [presence.node for presence in each.processes.all()] == ["ND1", "ND2"]


async def test_a_process_that_is_silent_for_three_seconds_is_dead(house: House) -> None:
    one, two = await house.process("ND1"), await house.process("ND2")
    await one.goes_on(3)
    assert one.processes.alive("ND2")
    waiting = asyncio.ensure_future(wait_for(one.processes, "ND2"))
    await asyncio.sleep(0)
    await one.goes_on(2)
    assert not one.processes.alive("ND2")
    assert one.deaths == ["ND2"]
    for wait in (waiting, wait_for(one.processes, "ND2")):
        with pytest.raises(Severed):
            await wait
    assert two.processes.alive("ND1")


async def test_a_process_that_says_goodbye_is_gone_at_the_next_look(house: House) -> None:
    one, two = await house.process("ND1"), await house.process("ND2")
    await one.goes_on()
    await two.processes.close()
    await one.goes_on()
    assert one.deaths == ["ND2"]


async def test_a_process_that_comes_back_is_alive_and_doubts_itself(house: House) -> None:
    one, two = await house.process("ND1"), await house.process("ND2")
    await one.goes_on(5)
    assert not one.processes.alive("ND2")
    two.clock.advance(5)
    await until(lambda: two.doubts == [True])
    await one.goes_on()
    assert one.processes.alive("ND2")
    assert two.deaths == []


async def test_nobody_is_given_up_for_silence_that_we_slept_through(house: House) -> None:
    one, two = await house.process("ND1"), await house.process("ND2")
    await one.goes_on()
    one.clock.advance(60)
    await until(lambda: one.doubts == [True])
    assert one.processes.alive("ND2")
    await two.goes_on()
    await one.goes_on(3)
    assert one.deaths == []


async def test_a_process_that_was_never_seen_is_judged_by_the_store(house: House) -> None:
    one = await house.process("ND1")
    await house.process("ND2")
    given_up = one.processes.given_up()
    for node, expected in (("ND1", False), ("ND2", False), ("ND3", True)):
        assert await house.store.read(lambda c, node=node: given_up(c, node)) is expected  # type: ignore[misc]


async def test_a_process_alone_writes_nothing(house: House) -> None:
    alone = await house.process("ND1", shared=False)
    assert [presence.node for presence in alone.processes.all()] == ["ND1"]
    two = await house.process("ND2")
    assert not two.processes.alive("ND1")
