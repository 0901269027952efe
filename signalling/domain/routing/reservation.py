"""One offer of a task to an agent, and the work that follows when it is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from offhook.core.clock import Micros
from offhook.core.errors import Conflict
from offhook.core.machine import on
from signalling.domain.routing.keeping import Kept


class State(Enum):
    """Where a reservation stands, as TaskRouter names it."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    WRAPPING = "wrapping"
    COMPLETED = "completed"
    REJECTED = "rejected"
    TIMEOUT = "timeout"
    CANCELED = "canceled"
    RESCINDED = "rescinded"


#: The states in which it takes a place of the agent's capacity.
HELD = (State.PENDING, State.ACCEPTED, State.WRAPPING)
#: An agent is asked to take the task, or to be consulted by the one who has it.
Kind = Literal["offer", "consult"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The agent took it; an agent who takes a task without being asked is not late."""

    unasked: bool = False


@dataclass(frozen=True, slots=True)
class Rejected:
    """The agent does not want it, or `busy`: is busy elsewhere."""

    busy: bool = False


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The agent did not answer."""


@dataclass(frozen=True, slots=True)
class Rescinded:
    """It is taken back: somebody else has the task, or the agent is gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class Canceled:
    """There is nothing more to do: the task is over or was taken away."""

    reason: str


@dataclass(frozen=True, slots=True)
class WrapUpBegan:
    """The talk is over; `until` is when the wrap-up ends by itself."""

    until: Micros


@dataclass(frozen=True, slots=True)
class Extended:
    """The wrap-up lasts until then."""

    until: Micros


@dataclass(frozen=True, slots=True)
class Completed:
    """All is done."""


class Reservation(Kept):
    """Holds a place of the agent's capacity from the offer to its end; `deadline` is when the
    offer, or the wrap-up, ends by itself."""

    KEPT = (
        *("id", "task", "agent", "channel", "queue", "kind", "created_at", "accepted_at"),
        *("wrapping_at", "ended_at", "interrupted", "reason"),
    )
    state: State = State.PENDING

    def __init__(
        self,
        id: str,
        *,
        task: str,
        agent: str,
        channel: str,
        queue: str | None,
        kind: Kind = "offer",
        now: Micros,
        until: Micros,
    ) -> None:
        self.id = id
        self.task = task
        self.agent = agent
        self.channel = channel
        self.queue = queue
        self.kind = kind
        self.created_at = now
        self.deadline = until
        self.accepted_at: Micros | None = None
        self.wrapping_at: Micros | None = None
        self.ended_at: Micros | None = None
        #: The agent's connection was lost while it was offered: no answer is no fault then.
        self.interrupted = False
        self.reason = ""

    @property
    def held(self) -> bool:
        """Whether it takes a place of the agent's capacity."""
        return self.state in HELD

    def require_open(self, now: Micros) -> None:
        """Refuse an answer that comes twice or too late."""
        if self.state is not State.PENDING or (self.deadline is not None and self.deadline <= now):
            raise Conflict("The offer is over.", code="offer_over")

    @on(Accepted, State.PENDING, to=State.ACCEPTED)
    def _accept(self, event: Accepted, now: Micros) -> list[Any]:
        if not event.unasked:
            self.require_open(now)
        self.accepted_at, self.deadline = now, None
        return []

    @on(Rejected, State.PENDING, to=State.REJECTED)
    def _reject(self, event: Rejected, now: Micros) -> list[Any]:
        return self._end("busy" if event.busy else "rejected", now)

    @on(TimedOut, State.PENDING, to=State.TIMEOUT)
    def _time_out(self, event: TimedOut, now: Micros) -> list[Any]:
        return self._end("no_answer", now)

    @on(Rescinded, State.PENDING, to=State.RESCINDED)
    def _rescind(self, event: Rescinded, now: Micros) -> list[Any]:
        return self._end(event.reason, now)

    @on(Canceled, *HELD, to=State.CANCELED)
    def _cancel(self, event: Canceled, now: Micros) -> list[Any]:
        return self._end(event.reason, now)

    @on(WrapUpBegan, State.ACCEPTED, to=State.WRAPPING)
    def _wrap_up(self, event: WrapUpBegan, now: Micros) -> list[Any]:
        self.wrapping_at, self.deadline = now, event.until
        return []

    @on(Extended, State.WRAPPING)
    def _extend(self, event: Extended, now: Micros) -> list[Any]:
        self.deadline = event.until
        return []

    @on(Completed, State.ACCEPTED, State.WRAPPING, to=State.COMPLETED)
    def _complete(self, event: Completed, now: Micros) -> list[Any]:
        return self._end("completed", now)

    def _end(self, reason: str, now: Micros) -> list[Any]:
        self.ended_at, self.deadline, self.reason = now, None, reason
        return []
