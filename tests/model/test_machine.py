"""A random life of a machine under its driver: what is stored and what is performed agree."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from offhook.core.clock import ManualClock, Micros
from offhook.core.driver import Driver
from offhook.core.errors import OffhookError, Unavailable
from offhook.core.tasks import Tasks
from tests.support.machines import (
    RING_SECONDS,
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

pytestmark = pytest.mark.model

#: What the store keeps of a line: state, deadline, notes.
Snapshot = tuple[LineState, Micros | None, tuple[str, ...]]

EVENTS = st.sampled_from(
    [
        Dialled("1"),
        Dialled(""),
        Answered(),
        Answered(by_machine=True),
        Noted("a"),
        HungUp(),
    ]
)


class LineLife(RuleBasedStateMachine):
    """Feeds a line from callers, from the world and from the clock; sometimes storing fails."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = ManualClock()
        self.tasks = Tasks()
        self.stored: Snapshot = (LineState.IDLE, None, ())
        self.promised: list[object] = []
        self.performed: list[object] = []
        self.fails = False
        self.lost = False
        self.driver = self.runner.run(self._drive(Line()))

    def teardown(self) -> None:
        self.runner.run(self.driver.close())
        assert self.performed == self.promised
        assert len(self.tasks) == 0
        self.runner.run(self.tasks.close())
        self.runner.close()

    async def _drive(self, line: Line) -> Driver[Line]:
        return Driver(
            line,
            self.clock,
            self.tasks,
            commit=self._commit,
            perform=self._perform,
            on_lost=self._lose,
        )

    def _lose(self) -> None:
        self.lost = True

    async def _commit(self, line: Line, event: object, effects: list[Any]) -> None:
        if self.fails:
            raise OSError("disk full")
        self.stored = (line.state, line.deadline, tuple(line.notes))
        self.promised += effects

    async def _perform(self, effect: object) -> None:
        assert effect == self.promised[len(self.performed)]
        self.performed.append(effect)

    @rule(events=st.lists(EVENTS, max_size=4))
    def the_world_happens(self, events: list[object]) -> None:
        for event in events:
            self.driver.post(event)
        self.runner.run(self._settle())

    @rule(event=EVENTS)
    def a_caller_asks(self, event: object) -> None:
        before = self.stored
        try:
            effects = self.runner.run(self.driver.ask(event))
        except Unavailable:
            assert self.lost
        except OffhookError:
            assert self.stored == before
        else:
            assert effects == self.promised[len(self.promised) - len(effects) :]
        self.runner.run(self._settle())

    @rule(seconds=st.sampled_from([0.5, 10, 29.5, 30, 45]))
    def time_passes(self, seconds: float) -> None:
        async def advance() -> None:
            self.clock.advance(seconds)
            await self.driver.settle()

        self.runner.run(advance())

    @precondition(lambda self: not self.lost)
    @rule()
    def the_store_breaks(self) -> None:
        self.fails = True

    @rule()
    def the_owner_loads_it_again(self) -> None:
        self.fails = self.lost = False
        self.runner.run(self.driver.close())
        line = Line()
        line.state, line.deadline, notes = self.stored
        line.notes = list(notes)
        self.driver = self.runner.run(self._drive(line))
        self.runner.run(self._settle())

    async def _settle(self) -> None:
        await self.driver.settle()

    @invariant()
    def what_was_promised_is_performed_in_order(self) -> None:
        assert self.performed == self.promised

    @invariant()
    def memory_is_what_is_stored_unless_it_is_lost(self) -> None:
        line = self.driver.machine
        if not self.lost:
            assert (line.state, line.deadline, tuple(line.notes)) == self.stored
        assert self.lost == self.driver.stopped

    @invariant()
    def a_line_is_released_exactly_once_when_it_ends(self) -> None:
        released = sum(isinstance(effect, Release) for effect in self.performed)
        assert released == (self.stored[0] is LineState.ENDED)
        assert sum(isinstance(effect, Ring) for effect in self.performed) <= 1
        assert sum(isinstance(effect, Join) for effect in self.performed) <= 1

    @invariant()
    def only_a_ringing_line_has_a_deadline_and_it_has_not_passed(self) -> None:
        state, deadline, _ = self.stored
        assert (deadline is not None) == (state is LineState.RINGING)
        if deadline is not None and not self.lost:
            assert self.clock.now() < deadline <= self.clock.now() + RING_SECONDS * 1_000_000


LineLife.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestLineLife = LineLife.TestCase
