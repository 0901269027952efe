"""One piece of work that looks for an agent: a call, a chat, a callback, a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from offhook.core.clock import Micros
from offhook.core.machine import on
from signalling.domain.routing.explaining import DECISIONS, Decision
from signalling.domain.routing.keeping import Kept


class State(Enum):
    """Where a task stands, as TaskRouter names it."""

    PENDING = "pending"
    RESERVED = "reserved"
    ASSIGNED = "assigned"
    WRAPPING = "wrapping"
    COMPLETED = "completed"
    CANCELED = "canceled"


#: Channels of work for which nobody stands at the door: it is never turned away, never waits too
#: long, and waits for one agent as long as there is that agent.
PATIENT = frozenset({"callback", "message"})
#: It has not reached an agent yet.
WAITING = (State.PENDING, State.RESERVED)
LIVE = (*WAITING, State.ASSIGNED, State.WRAPPING)


@dataclass(frozen=True, slots=True)
class Reserved:
    """It is offered to one agent or several."""


@dataclass(frozen=True, slots=True)
class Returned:
    """It waits again: no offer was accepted, or the agent passed it on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An agent has it, by this reservation; also one to whom another agent handed it."""

    reservation: str
    agent: str


@dataclass(frozen=True, slots=True)
class TalkOver:
    """The customer is gone; the agent wraps up."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The agent has done it."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """It ends without an agent having done it."""

    reason: str


class Task(Kept):
    """A task, where it waits, and who has it.

    `since` is what its age counts from: when it came, less what it had waited before, more what it
    was with an agent. The higher of `priority`, the earlier it goes; see `order.score`.
    """

    KEPT = (
        *("id", "number", "channel", "workflow", "attributes", "contact", "priority"),
        *("created_at", "since", "waited", "queue", "entered_at", "filter", "step", "overflowed"),
        *(
            "step_until",
            "wait_until",
            "visited",
            "preferred",
            "preferred_until",
            "only",
            "only_next",
        ),
        *(
            "only_until",
            "ring_for",
            "declined",
            "offers",
            "current",
            "agent",
            "decisions",
            "reason",
        ),
        *("resume_until", "at_once"),
    )
    state: State = State.PENDING
    _view: dict[str, Any] | None = None

    def __init__(
        self,
        id: str,
        number: int,
        *,
        channel: str,
        workflow: str | None,
        attributes: Mapping[str, Any],
        contact: str | None,
        priority: int,
        since: Micros,
        now: Micros,
    ) -> None:
        self.id = id
        #: Orders tasks of the same score.
        self.number = number
        self.channel = channel
        self.workflow = workflow
        self.attributes = dict(attributes)
        self.contact = contact
        self.priority = priority
        self.created_at = now
        self.since = since
        #: Microseconds that it waited until an agent took it, in all.
        self.waited = 0
        self.queue: str | None = None
        self.entered_at: Micros = now
        #: Which filter of the workflow fitted, and which of its steps it is at.
        self.filter: int | None = None
        self.step = 0
        self.overflowed = False
        self.step_until: Micros | None = None
        self.wait_until: Micros | None = None
        #: The queues it was in, so that overflow leads nowhere twice.
        self.visited: list[str] = []
        self.preferred: str | None = None
        self.preferred_until: Micros | None = None
        #: The agent it is for, and no other; and those to try after that one, for so many seconds.
        self.only: str | None = None
        self.only_next: list[str] = []
        self.only_until: Micros | None = None
        self.ring_for = 30
        #: Agents to whom it was offered in vain.
        self.declined: list[str] = []
        self.offers = 0
        self.current: str | None = None
        self.agent: str | None = None
        self.decisions: list[Decision] = []
        self.reason = ""
        #: Until when whoever gave up finds the place again.
        self.resume_until: Micros | None = None
        #: It rings all who fit and are free, for `ring_for` seconds.
        self.at_once = False

    def _derive(self) -> None:
        self.at_once = False

    @property
    def view(self) -> Mapping[str, Any]:
        """What expressions see of it: the attributes, `channel` and `priority`."""
        if self._view is None:
            self._view = {**self.attributes, "channel": self.channel, "priority": self.priority}
        return self._view

    @property
    def line(self) -> str:
        """Where it waits: its queue, or `@` and the agent it is for."""
        return f"@{self.only}" if self.only is not None else self.queue or ""

    def prioritise(self, priority: int) -> None:
        """Give it another priority."""
        self.priority = priority
        self._view = None

    def waited_by(self, now: Micros) -> int:
        """Microseconds that it has waited in all, the present wait included."""
        return now - self.since if self.state in WAITING else self.waited

    def decide(self, decision: Decision) -> None:
        """Keep the explanation of a decision, and forget the oldest."""
        self.decisions = [*self.decisions[1 - DECISIONS :], decision]

    @on(Reserved, State.PENDING, to=State.RESERVED)
    def _reserve(self, event: Reserved, now: Micros) -> list[Any]:
        self.offers += 1
        return []

    @on(Returned, State.RESERVED, to=State.PENDING)
    def _return(self, event: Returned, now: Micros) -> list[Any]:
        return []

    @on(Returned, State.ASSIGNED, to=State.PENDING)
    def _wait_again(self, event: Returned, now: Micros) -> list[Any]:
        self.current = self.agent = None
        self.since = Micros(now - self.waited)
        return []

    @on(Taken, *WAITING, to=State.ASSIGNED)
    def _assign(self, event: Taken, now: Micros) -> list[Any]:
        self.waited = now - self.since
        return self._hand(event, now)

    @on(Taken, State.ASSIGNED)
    def _hand(self, event: Taken, now: Micros) -> list[Any]:
        self.current, self.agent = event.reservation, event.agent
        return []

    @on(TalkOver, State.ASSIGNED, to=State.WRAPPING)
    def _wrap_up(self, event: TalkOver, now: Micros) -> list[Any]:
        return []

    @on(Finished, State.ASSIGNED, State.WRAPPING, to=State.COMPLETED)
    def _finish(self, event: Finished, now: Micros) -> list[Any]:
        self.reason, self.deadline = "completed", None
        return []

    @on(Dropped, *LIVE, to=State.CANCELED)
    def _drop(self, event: Dropped, now: Micros) -> list[Any]:
        self.reason, self.deadline = event.reason, None
        return []

    @classmethod
    def _write(cls, name: str, value: Any) -> Any:
        if name == "decisions":
            return [asdict(decision) for decision in value]
        return super()._write(name, value)

    @classmethod
    def _read(cls, name: str, value: Any) -> Any:
        if name == "decisions":
            return [Decision.read(decision) for decision in value]
        return super()._read(name, value)
