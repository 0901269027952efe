"""A small machine to try the core on, and rules that tests ask of any machine's table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict
from offhook.core.machine import Machine, Tick, on


def assert_accepts(machine: type[Machine], states: Iterable[Enum], *events: type) -> None:
    """Each of these states has a row for each of these events; names those that lack one."""
    missing = [
        f"{state.name} lacks {event.__name__}"
        for state in states
        for event in events
        if not machine.expects(state, event)
    ]
    assert not missing, f"{machine.__name__}: {', '.join(missing)}"


def assert_final(machine: type[Machine], *states: Enum) -> None:
    """No event leads out of these states."""
    leaving = [
        f"{event.__name__} leads out of {source.name}"
        for (source, event), row in machine.table.items()
        if source in states and set(row.targets) - {source}
    ]
    assert not leaving, f"{machine.__name__}: {', '.join(leaving)}"


class LineState(Enum):
    """Where a line stands."""

    IDLE = auto()
    RINGING = auto()
    TALKING = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class Dialled:
    """Somebody is called."""

    number: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The callee spoke; a machine answered when `by_machine`."""

    by_machine: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """Somebody wrote a note."""

    text: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """Either side left."""


@dataclass(frozen=True, slots=True)
class Ring:
    """Effect: alert the callee."""

    number: str


@dataclass(frozen=True, slots=True)
class Join:
    """Effect: let both hear each other."""


@dataclass(frozen=True, slots=True)
class Release:
    """Effect: let go of the line."""

    reason: str


RING_SECONDS = 30


class Line(Machine):
    """One call, as small as it gets."""

    state: LineState

    def __init__(self) -> None:
        self.state = LineState.IDLE
        self.notes: list[str] = []

    @on(Dialled, LineState.IDLE, to=LineState.RINGING)
    def _ring(self, event: Dialled, now: Micros) -> list[Any]:
        if not event.number:
            raise Conflict("there is nobody to ring", code="no_number")
        self.deadline = Micros(now + RING_SECONDS * SECOND)
        return [Ring(event.number)]

    @on(Answered, LineState.RINGING, to=(LineState.TALKING, LineState.ENDED))
    def _talk(self, event: Answered, now: Micros) -> tuple[LineState, list[Any]]:
        self.deadline = None
        if event.by_machine:
            return LineState.ENDED, [Release("machine")]
        return LineState.TALKING, [Join()]

    @on(Noted, LineState.RINGING, LineState.TALKING)
    def _note(self, event: Noted, now: Micros) -> list[Any]:
        self.notes.append(event.text)
        return []

    @on(HungUp, LineState.RINGING, LineState.TALKING, to=LineState.ENDED)
    def _release(self, event: HungUp, now: Micros) -> list[Any]:
        self.deadline = None
        return [Release("hung up")]

    @on(Tick, LineState.RINGING, to=LineState.ENDED)
    def _give_up(self, event: Tick, now: Micros) -> list[Any]:
        self.deadline = None
        return [Release("no answer")]
