"""The driver: one event at a time, effects after the commit, and nothing lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from offhook.core.clock import ManualClock, Micros, SystemClock, Timer
from offhook.core.driver import Driver
from offhook.core.errors import Conflict, Unavailable
from offhook.core.machine import Tick, UnexpectedEvent, on
from offhook.core.tasks import Tasks
from tests.support.machines import (
    Answered,
    Dialled,
    HungUp,
    Join,
    Line,
    LineState,
    Noted,
    Release,
    Ring,
)

pytestmark = pytest.mark.unit


class Desk:
    """Owns one line, and writes down what happened in which order."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks
        self.clock = ManualClock()
        self.log: list[object] = []
        self.lost = asyncio.Event()
        self.commits_fail_with: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.effects_gate = asyncio.Event()
        self.effects_gate.set()
        self.committing = asyncio.Event()
        self.performing = asyncio.Event()
        self.on_effect: Callable[[object], Awaitable[None]] | None = None
        self.driver = self.drive(Line())

    def state(self) -> LineState:
        return self.driver.machine.state

    def drive(self, line: Line) -> Driver[Line]:
        return Driver(
            line,
            self.clock,
            self.tasks,
            commit=self._commit,
            perform=self._perform,
            on_lost=self.lost.set,
        )

    async def _commit(self, line: Line, event: object, effects: list[Any]) -> None:
        self.committing.set()
        await self.gate.wait()
        if self.commits_fail_with is not None:
            raise self.commits_fail_with
        self.log.append(("stored", line.state, event))

    async def _perform(self, effect: object) -> None:
        self.performing.set()
        await self.effects_gate.wait()
        if self.on_effect is not None:
            await self.on_effect(effect)
        self.log.append(effect)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with Tasks() as tasks:
        yield Desk(tasks)


async def test_a_caller_gets_the_effects_once_they_are_stored(desk: Desk) -> None:
    assert await desk.driver.ask(Dialled("1")) == [Ring("1")]
    assert desk.log[0] == ("stored", LineState.RINGING, Dialled("1"))


async def test_effects_follow_the_commit_in_order(desk: Desk) -> None:
    desk.driver.post(Dialled("1"))
    desk.driver.post(Answered())
    desk.driver.post(HungUp())
    await desk.driver.settle()
    stored = [entry for entry in desk.log if isinstance(entry, tuple)]
    performed = [entry for entry in desk.log if not isinstance(entry, tuple)]
    assert [event for _, _, event in stored] == [Dialled("1"), Answered(), HungUp()]
    assert performed == [Ring("1"), Join(), Release("hung up")]
    assert desk.log.index(Ring("1")) > desk.log.index(stored[0])


async def test_no_effect_begins_before_its_commit_has_ended(desk: Desk) -> None:
    desk.gate.clear()
    desk.driver.post(Dialled("1"))
    await desk.committing.wait()
    assert not desk.performing.is_set()
    desk.gate.set()
    await desk.performing.wait()


async def test_the_next_event_waits_for_the_commit_of_the_one_before(desk: Desk) -> None:
    desk.gate.clear()
    desk.driver.post(Dialled("1"))
    desk.driver.post(HungUp())
    await desk.committing.wait()
    assert desk.state() is LineState.RINGING
    desk.gate.set()
    await desk.driver.settle()
    assert desk.state() is LineState.ENDED


async def test_a_slow_effect_does_not_hold_up_the_mailbox(desk: Desk) -> None:
    desk.effects_gate.clear()
    await desk.driver.ask(Dialled("1"))
    await desk.performing.wait()
    assert await desk.driver.ask(Answered()) == [Join()]
    desk.effects_gate.set()
    await desk.driver.settle()
    assert desk.log[-2:] == [Ring("1"), Join()]


async def test_an_effect_reports_back_by_an_event(desk: Desk) -> None:
    async def answer(effect: object) -> None:
        if isinstance(effect, Ring):
            desk.driver.post(Answered())

    desk.on_effect = answer
    await desk.driver.ask(Dialled("1"))
    await desk.driver.settle()
    assert desk.state() is LineState.TALKING


async def test_an_effect_that_fails_is_logged_and_the_next_one_is_done(desk: Desk) -> None:
    async def fail(effect: object) -> None:
        if isinstance(effect, Ring):
            raise OSError("the bell is broken")

    desk.on_effect = fail
    with capture_logs() as logs:
        await desk.driver.ask(Dialled("1"))
        await desk.driver.ask(Answered())
        await desk.driver.settle()
    assert desk.log[-1] == Join()
    assert [line["event"] for line in logs] == ["effect failed"]


async def test_an_unexpected_event_of_a_caller_raises(desk: Desk) -> None:
    with pytest.raises(UnexpectedEvent):
        await desk.driver.ask(HungUp())
    assert desk.log == []
    assert await desk.driver.ask(Dialled("1")) == [Ring("1")]


async def test_an_unexpected_event_from_the_world_is_one_line_of_the_log(desk: Desk) -> None:
    with capture_logs() as logs:
        desk.driver.post(HungUp())
        await desk.driver.settle()
    assert len(logs) == 1
    assert logs[0]["event_type"] == "HungUp"
    assert logs[0]["state"] == "IDLE"
    assert desk.state() is LineState.IDLE
    assert not desk.driver.stopped


async def test_a_refusal_reaches_the_caller_and_stores_nothing(desk: Desk) -> None:
    with pytest.raises(Conflict) as refused:
        await desk.driver.ask(Dialled(""))
    assert refused.value.code == "no_number"
    assert desk.log == []


async def test_the_deadline_fires_a_tick(desk: Desk) -> None:
    await desk.driver.ask(Dialled("1"))
    desk.clock.advance(29.9)
    await desk.driver.settle()
    assert desk.state() is LineState.RINGING
    desk.clock.advance(0.1)
    await desk.driver.settle()
    assert desk.log[-1] == Release("no answer")


async def test_a_deadline_that_was_taken_away_does_not_fire(desk: Desk) -> None:
    await desk.driver.ask(Dialled("1"))
    await desk.driver.ask(Answered())
    desk.clock.advance(60)
    await desk.driver.settle()
    assert desk.state() is LineState.TALKING


async def test_a_tick_that_was_overtaken_by_an_answer_is_passed_over(desk: Desk) -> None:
    await desk.driver.ask(Dialled("1"))
    desk.driver.post(Answered())
    with capture_logs() as logs:
        desk.clock.advance(30)
        await desk.driver.settle()
    assert desk.state() is LineState.TALKING
    assert logs == []


async def test_a_restart_resumes_the_stored_deadline(desk: Desk) -> None:
    line = Line()
    line.handle(Dialled("1"), desk.clock.now())
    desk.clock.advance(31)
    driver = desk.drive(line)
    await desk.performing.wait()
    await driver.settle()
    assert line.state is LineState.ENDED


async def test_a_deadline_rings_once_even_when_it_is_left_standing(desk: Desk) -> None:
    class Deaf(Line):
        @on(Tick, LineState.RINGING)
        def _give_up(self, event: Tick, now: Micros) -> list[Any]:
            return [Ring("still")]

    desk.driver = desk.drive(Deaf())
    await desk.driver.ask(Dialled("1"))
    desk.clock.advance(30)
    await desk.driver.settle()
    desk.clock.advance(30)
    await desk.driver.settle()
    assert desk.log.count(Ring("still")) == 1


async def test_a_deadline_that_nobody_expects_is_one_line_of_the_log(desk: Desk) -> None:
    line = Line()
    line.deadline = Micros(desk.clock.now() + 1)
    driver = desk.drive(line)
    with capture_logs() as logs:
        desk.clock.advance(1)
        await driver.settle()
    assert [(entry["event_type"], entry["state"]) for entry in logs] == [("Tick", "IDLE")]


async def test_an_event_loop_that_rings_too_early_is_asked_again() -> None:
    class HastyClock(ManualClock):
        """Rings its first timer at once."""

        hasty = True

        def call_at(self, at: Micros, callback: Callable[[], None]) -> Timer:
            early = Micros(0) if self.hasty else at
            self.hasty = False
            return super().call_at(early, callback)

    async def perform(effect: object) -> None:
        pass

    async with Tasks() as tasks:
        clock, line = HastyClock(), Line()
        driver = Driver(line, clock, tasks, perform=perform)
        await driver.ask(Dialled("1"))
        await driver.ask(Noted("the timer has rung by now"))
        assert line.state is LineState.RINGING
        clock.advance(30)
        await driver.settle()
    assert driver.machine.state.name == "ENDED"


async def test_the_systems_clock_wakes_a_driver() -> None:
    clock, ended = SystemClock(), asyncio.Event()

    async def perform(effect: object) -> None:
        if effect == Release("no answer"):
            ended.set()

    line = Line()
    line.handle(Dialled("1"), clock.now())
    line.deadline = Micros(clock.now() + 20_000)
    async with Tasks() as tasks:
        Driver(line, clock, tasks, perform=perform)
        due = line.deadline
        await asyncio.wait_for(ended.wait(), 5)
    assert clock.now() >= due


async def test_a_commit_that_fails_loses_the_machine(desk: Desk) -> None:
    desk.gate.clear()
    first = asyncio.ensure_future(desk.driver.ask(Dialled("1")))
    await desk.committing.wait()
    second = asyncio.ensure_future(desk.driver.ask(HungUp()))
    desk.commits_fail_with = OSError("disk full")
    desk.gate.set()
    for caller in (first, second):
        with pytest.raises(Unavailable):
            await caller
    assert desk.lost.is_set()
    assert desk.driver.stopped
    with pytest.raises(Unavailable):
        await desk.driver.ask(HungUp())
    assert desk.log == []


async def test_a_commit_that_refuses_says_so_to_its_caller(desk: Desk) -> None:
    desk.commits_fail_with = Conflict("another node moved it", code="stale")
    with pytest.raises(Conflict) as refused:
        await desk.driver.ask(Dialled("1"))
    assert refused.value.code == "stale"
    assert desk.lost.is_set()


async def test_a_lost_driver_still_does_the_effects_that_were_stored(desk: Desk) -> None:
    desk.effects_gate.clear()
    await desk.driver.ask(Dialled("1"))
    desk.commits_fail_with = OSError("disk full")
    with pytest.raises(Unavailable):
        await desk.driver.ask(HungUp())
    desk.effects_gate.set()
    await desk.driver.close()
    assert desk.log[-1] == Ring("1")


async def test_closing_finishes_what_was_handed_in(desk: Desk) -> None:
    desk.effects_gate.clear()
    desk.driver.post(Dialled("1"))
    desk.driver.post(Noted("a"))
    desk.driver.post(HungUp())
    closing = asyncio.ensure_future(desk.driver.close())
    desk.effects_gate.set()
    await closing
    assert desk.state() is LineState.ENDED
    assert desk.log[-1] == Release("hung up")
    assert len(desk.tasks) == 0


async def test_a_closed_driver_takes_nothing_more(desk: Desk) -> None:
    await desk.driver.close()
    desk.driver.post(Dialled("1"))
    with pytest.raises(Unavailable):
        await desk.driver.ask(Dialled("1"))
    assert desk.state() is LineState.IDLE


async def test_a_closed_driver_rings_no_more(desk: Desk) -> None:
    await desk.driver.ask(Dialled("1"))
    await desk.driver.close()
    desk.clock.advance(60)
    assert desk.state() is LineState.RINGING


async def test_an_effect_may_close_its_own_driver(desk: Desk) -> None:
    async def close(effect: object) -> None:
        if isinstance(effect, Release):
            await desk.driver.close()

    desk.on_effect = close
    desk.driver.post(Dialled("1"))
    desk.driver.post(HungUp())
    await desk.driver.settle()
    await desk.driver.close()
    assert desk.log[-1] == Release("hung up")
    assert len(desk.tasks) == 0


async def test_callers_do_not_hang_when_the_server_stops_in_the_middle() -> None:
    tasks = Tasks()
    desk = Desk(tasks)
    desk.gate.clear()
    first = asyncio.ensure_future(desk.driver.ask(Dialled("1")))
    await desk.committing.wait()
    second = asyncio.ensure_future(desk.driver.ask(HungUp()))
    await asyncio.sleep(0)
    await tasks.close()
    for caller in (first, second):
        with pytest.raises(Unavailable):
            await caller


async def test_a_caller_who_gave_up_disturbs_nobody(desk: Desk) -> None:
    desk.gate.clear()
    caller = asyncio.ensure_future(desk.driver.ask(Dialled("1")))
    await desk.committing.wait()
    caller.cancel()
    desk.gate.set()
    assert await desk.driver.ask(HungUp()) == [Release("hung up")]
