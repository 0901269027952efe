"""The machine: its table is the specification, and a refusal moves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import pytest

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict
from offhook.core.machine import Machine, Tick, UnexpectedEvent, earliest, on
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
    assert_accepts,
    assert_final,
)

pytestmark = pytest.mark.unit

NOW = Micros(1_000_000)


class Lamp(Enum):
    OFF = auto()
    ON = auto()
    BROKEN = auto()


@dataclass(frozen=True)
class Pressed:
    """Somebody pressed the switch."""


def ringing() -> Line:
    line = Line()
    line.handle(Dialled("1"), NOW)
    return line


def test_an_unanswered_call_ends_after_thirty_seconds() -> None:
    line = Line()
    assert line.handle(Dialled("1"), NOW) == [Ring("1")]
    assert line.deadline == NOW + 30 * SECOND
    assert line.handle(Tick(), Micros(NOW + 30 * SECOND)) == [Release("no answer")]
    assert line.state is LineState.ENDED


def test_a_handler_with_several_targets_chooses_one() -> None:
    person, machine = ringing(), ringing()
    assert person.handle(Answered(), NOW) == [Join()]
    assert machine.handle(Answered(by_machine=True), NOW) == [Release("machine")]
    assert person.state is LineState.TALKING
    assert machine.state is LineState.ENDED


def test_a_handler_without_a_target_stays_where_it_is() -> None:
    line = ringing()
    line.handle(Noted("Inès"), NOW)
    assert line.state is LineState.RINGING


def test_an_unexpected_event_is_refused_and_moves_nothing() -> None:
    line = Line()
    with pytest.raises(UnexpectedEvent) as refused:
        line.handle(HungUp(), NOW)
    assert refused.value.code == "unexpected_event"
    assert refused.value.status == 409
    assert refused.value.detail == "Line in IDLE does not expect HungUp"
    assert line.state is LineState.IDLE


def test_a_refusal_of_the_handler_moves_nothing() -> None:
    line = Line()
    with pytest.raises(Conflict, match="nobody to ring"):
        line.handle(Dialled(""), NOW)
    assert line.state is LineState.IDLE
    assert line.deadline is None


def test_a_target_that_was_not_declared_is_a_mistake_of_the_programmer() -> None:
    class Wild(Machine):
        state: Lamp = Lamp.OFF

        @on(Pressed, Lamp.OFF, to=(Lamp.ON, Lamp.OFF))
        def _press(self, event: Pressed, now: Micros) -> tuple[Lamp, list[Any]]:
            return Lamp.BROKEN, []

    lamp = Wild()
    with pytest.raises(TypeError, match="does not declare"):
        lamp.handle(Pressed(), NOW)
    assert lamp.state is Lamp.OFF


def test_a_handler_may_not_assign_the_state_itself() -> None:
    class Wild(Machine):
        state: Lamp = Lamp.OFF

        @on(Pressed, Lamp.OFF, to=Lamp.ON)
        def _press(self, event: Pressed, now: Micros) -> list[Any]:
            self.state = Lamp.BROKEN
            return []

    with pytest.raises(TypeError, match="assigned the state itself"):
        Wild().handle(Pressed(), NOW)


def test_two_handlers_for_one_event_in_one_state_are_refused_at_once() -> None:
    with pytest.raises(TypeError, match="takes Pressed twice in OFF"):

        class Torn(Machine):
            @on(Pressed, Lamp.OFF, to=Lamp.ON)
            def _one(self, event: Pressed, now: Micros) -> list[Any]:
                return []

            @on(Pressed, Lamp.OFF, to=Lamp.BROKEN)
            def _other(self, event: Pressed, now: Micros) -> list[Any]:
                return []


def test_a_transition_without_a_source_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="in which states Pressed"):
        on(Pressed, to=Lamp.ON)


def test_a_machine_that_extends_another_keeps_its_rows_and_may_replace_a_handler() -> None:
    class Polite(Line):
        @on(HungUp, LineState.TALKING, to=LineState.ENDED)
        def _release(self, event: HungUp, now: Micros) -> list[Any]:
            return [Release("goodbye")]

    line = Polite()
    line.handle(Dialled("1"), NOW)
    line.handle(Answered(), NOW)
    assert line.handle(HungUp(), NOW) == [Release("goodbye")]
    assert not Polite.expects(LineState.RINGING, HungUp)
    assert Line.expects(LineState.RINGING, HungUp)


def test_anyone_may_hang_up_while_the_line_lives() -> None:
    assert_accepts(Line, {LineState.RINGING, LineState.TALKING}, HungUp)


def test_nothing_leads_out_of_an_ended_line() -> None:
    assert_final(Line, LineState.ENDED)


def test_the_completeness_rule_names_what_is_missing() -> None:
    with pytest.raises(AssertionError, match="IDLE lacks HungUp"):
        assert_accepts(Line, LineState, HungUp)
    with pytest.raises(AssertionError, match="Tick leads out of RINGING"):
        assert_final(Line, LineState.RINGING)


def test_the_diagram_is_drawn_from_the_table() -> None:
    assert Line.diagram().splitlines() == [
        "stateDiagram-v2",
        "    IDLE --> RINGING: Dialled",
        "    RINGING --> TALKING: Answered",
        "    RINGING --> ENDED: Answered, HungUp, Tick",
        "    RINGING --> RINGING: Noted",
        "    TALKING --> TALKING: Noted",
        "    TALKING --> ENDED: HungUp",
    ]


def test_the_earliest_of_several_deadlines_is_the_machines_deadline() -> None:
    assert earliest(None, Micros(5), Micros(3)) == 3
    assert earliest(None, None) is None
