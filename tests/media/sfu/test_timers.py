"""Alarms ring at their time, once, in order, and cost nothing when there are none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
import uvloop

from media.sfu.timers import Timers
from offhook.core.clock import SECOND, ManualClock, Micros, SystemClock

pytestmark = pytest.mark.unit


@pytest.fixture
async def clock() -> ManualClock:
    """A clock that stands still."""
    return ManualClock()


async def test_alarms_ring_in_the_order_of_their_times(clock: ManualClock) -> None:
    timers = Timers(clock)
    start, rung = clock.now(), list[Micros]()
    alarms = [timers.after(delay * SECOND, rung.append) for delay in (3, 1, 2)]
    timers.run()
    assert rung == []
    clock.advance(2)
    timers.run()
    assert rung == [start + 2 * SECOND] * 2
    assert [alarm.pending for alarm in alarms] == [True, False, False]
    assert len(timers) == 1


async def test_an_alarm_that_was_cancelled_does_not_ring(clock: ManualClock) -> None:
    timers, rung = Timers(clock), list[Micros]()
    alarm = timers.after(SECOND, rung.append)
    alarm.cancel()
    alarm.cancel()
    assert len(timers) == 0
    clock.advance(2)
    timers.run()
    assert rung == []


async def test_cancelled_alarms_do_not_pile_up(clock: ManualClock) -> None:
    timers = Timers(clock)
    for _ in range(10_000):
        timers.after(3600 * SECOND, lambda _: None).cancel()
    assert len(timers) == 0
    assert timers.held < 100


async def test_an_alarm_may_set_the_next(clock: ManualClock) -> None:
    timers, rung = Timers(clock), list[Micros]()

    def ring(now: Micros) -> None:
        rung.append(now)
        timers.at(now + SECOND, ring)

    timers.after(SECOND, ring)
    for _ in range(3):
        clock.advance(1)
        timers.run()
    assert len(rung) == 3


async def test_one_that_fails_does_not_keep_the_others(clock: ManualClock) -> None:
    timers, rung = Timers(clock), list[Micros]()

    def fail(_now: Micros) -> None:
        raise RuntimeError

    timers.after(1, fail)
    timers.after(2, rung.append)
    clock.advance(1)
    timers.run()
    assert len(rung) == 1


async def test_the_loop_wakes_for_the_earliest(clock: ManualClock) -> None:
    timers, rung = Timers(SystemClock()), asyncio.Event()
    timers.after(3600 * SECOND, lambda _: None)
    timers.after(5000, lambda _: rung.set())
    async with asyncio.timeout(2):
        await rung.wait()
    timers.close()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_the_loop_wakes_once_for_an_alarm(run: Callable[..., None]) -> None:
    class Counted(SystemClock):
        asked = 0

        def now(self) -> Micros:
            self.asked += 1
            return super().now()

    async def ring() -> None:
        clock = Counted()
        timers = Timers(clock)
        for delay in range(1, 4000, 97):
            rung, asked = asyncio.Queue[Micros](), clock.asked
            timers.after(delay, rung.put_nowait)
            await rung.get()
            assert clock.asked - asked == 3  # to set it, to arm it, to ring it
        timers.close()

    run(ring())


async def test_closed_timers_take_no_alarm(clock: ManualClock) -> None:
    timers = Timers(clock)
    timers.after(SECOND, lambda _: None)
    timers.close()
    timers.after(SECOND, lambda _: None).cancel()
    assert (len(timers), timers.held) == (0, 0)
