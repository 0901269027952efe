"""What every long-lived thing looks like: events in, effects out, time as a number, no I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, TypeVar

from offhook.core.clock import Micros
from offhook.core.errors import Conflict

#: A handler takes (machine, event, now) and returns effects, or (target, effects).
_Handler = TypeVar("_Handler", bound=Callable[..., list[Any] | tuple[Any, list[Any]]])


class UnexpectedEvent(Conflict):
    """The machine does not take this event in the state it is in; it has not moved."""

    code = "unexpected_event"

    def __init__(self, machine: Machine, event: object) -> None:
        name, state = type(machine).__name__, machine.state
        super().__init__(f"{name} in {state.name} does not expect {type(event).__name__}")
        self.machine = name
        self.state = state
        self.event = event


@dataclass(frozen=True, slots=True)
class Tick:
    """The machine's deadline has passed."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a table: which method takes the event, and where it may lead."""

    method: str
    targets: tuple[Enum, ...]


def on(
    event: type, *sources: Enum, to: Enum | tuple[Enum, ...] | None = None
) -> Callable[[_Handler], _Handler]:
    """Mark a method as what `event` causes in any of `sources`.

    Without `to` the machine stays where it is. With one target the method returns its effects;
    with several it returns the chosen target and its effects. A method that refuses raises an
    `OffhookError` before it changes anything.
    """
    if not sources:
        raise TypeError(f"say in which states {event.__name__} is expected")

    def mark(method: _Handler) -> _Handler:
        rows = method.__dict__.setdefault("transitions", [])
        for source in sources:
            targets = (source,) if to is None else to if isinstance(to, tuple) else (to,)
            rows.append((source, event, targets))
        return method

    return mark


class Machine:
    """A state machine that performs no I/O and never reads a clock.

    Its handlers change its own fields and its `deadline`; only `handle` changes `state`.
    """

    table: ClassVar[dict[tuple[Enum, type], Transition]] = {}

    state: Enum
    deadline: Micros | None = None

    def __init_subclass__(cls) -> None:
        cls.table = {}
        for source, event, transition in _rows(cls):
            if (source, event) in cls.table:
                raise TypeError(f"{cls.__name__} takes {event.__name__} twice in {source.name}")
            cls.table[source, event] = transition

    def handle(self, event: object, now: Micros) -> list[Any]:
        """Apply one event; return the effects to carry out, in order.

        Raises `UnexpectedEvent` when the table has no row for it, and whatever the handler
        refuses with; in both cases the machine is as before.
        """
        source = self.state
        row = self.table.get((source, type(event)))
        if row is None:
            raise UnexpectedEvent(self, event)
        answer = getattr(self, row.method)(event, now)
        target, effects = answer if len(row.targets) > 1 else (row.targets[0], answer)
        if self.state is not source:
            raise TypeError(f"{row.method} assigned the state itself")
        if target not in row.targets:
            raise TypeError(f"{row.method} went to {target}, which it does not declare")
        self.state = target
        return list(effects)

    @classmethod
    def expects(cls, state: Enum, event: type) -> bool:
        """Whether the table has a row for this event in this state."""
        return (state, event) in cls.table

    @classmethod
    def diagram(cls) -> str:
        """Draw the table as a Mermaid state diagram, one line for each pair of states."""
        arrows: dict[tuple[str, str], list[str]] = {}
        for (source, event), row in cls.table.items():
            for target in row.targets:
                names = arrows.setdefault((source.name, target.name), [])
                if event.__name__ not in names:
                    names.append(event.__name__)
        lines = [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in arrows.items()]
        return "\n".join(["stateDiagram-v2", *lines])


def earliest(*deadlines: Micros | None) -> Micros | None:
    """The first of several deadlines; None when there is none. For machines with many timers."""
    return min((at for at in deadlines if at is not None), default=None)


def _rows(cls: type) -> Iterator[tuple[Enum, type, Transition]]:
    """The rows of a class and of those it extends; a method that is overridden counts once."""
    methods = {
        name: member for base in reversed(cls.__mro__) for name, member in vars(base).items()
    }
    for name, method in methods.items():
        for source, event, targets in getattr(method, "transitions", ()):
            yield source, event, Transition(name, targets)
