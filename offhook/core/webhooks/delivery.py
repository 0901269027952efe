"""One delivery: one event on its way to one endpoint, tried until it arrives or a day is over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.machine import Machine, Tick, on

#: Seconds from one attempt to the next, as Standard Webhooks has them: 27.6 hours in all.
SCHEDULE = (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
#: A delay is stretched or shortened by up to this part of it.
_JITTER = 0.1
#: The longest that a receiver may put us off by Retry-After, in seconds.
MAX_RETRY_AFTER = 6 * 3600


class State(Enum):
    """Where a delivery stands."""

    PENDING = "pending"
    RETRYING = "retrying"
    DELIVERED = "delivered"
    FAILED = "failed"


#: A delivery that is on its way.
OPEN = (State.PENDING, State.RETRYING)
ENDED = (State.DELIVERED, State.FAILED)


@dataclass(frozen=True, slots=True)
class Answered:
    """The receiver answered. `retry_after`: seconds it asked for; `jitter`: drawn from 0 to 1."""

    status: int
    jitter: float
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No answer came. `jitter`: drawn from 0 to 1."""

    jitter: float


@dataclass(frozen=True, slots=True)
class AddressRefused:
    """The address is one that we do not send to."""


@dataclass(frozen=True, slots=True)
class Held:
    """An earlier event of the same subject is on its way."""


@dataclass(frozen=True, slots=True)
class Released:
    """It is the first of its subject's line."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """Somebody asked for it to be sent again."""


@dataclass(frozen=True, slots=True)
class Send:
    """Effect: try it now."""


@dataclass(frozen=True, slots=True)
class Disable:
    """Effect: the receiver wants nothing more; send it nothing more."""


class Delivery(Machine):
    """`deadline` is when it is tried next; None while it waits behind an earlier one, and at the
    end. `tries` counts the attempts in vain since it was opened, `opened_at`."""

    state: State

    def __init__(
        self,
        state: State = State.PENDING,
        *,
        tries: int = 0,
        opened_at: Micros,
        deadline: Micros | None = None,
        ended_at: Micros | None = None,
    ) -> None:
        self.state = state
        self.tries = tries
        self.opened_at = opened_at
        self.deadline = deadline
        self.ended_at = ended_at

    @on(Released, *OPEN)
    def _begin(self, event: Released, now: Micros) -> list[Any]:
        if self.deadline is None:
            self.deadline = now
        return []

    @on(Held, *OPEN)
    def _wait(self, event: Held, now: Micros) -> list[Any]:
        self.deadline = None
        return []

    @on(Tick, *OPEN)
    def _try(self, event: Tick, now: Micros) -> list[Any]:
        return [Send()] if self.deadline is not None and self.deadline <= now else []

    @on(Answered, *OPEN, to=(State.DELIVERED, State.RETRYING, State.FAILED))
    def _judge(self, event: Answered, now: Micros) -> tuple[State, list[Any]]:
        if HTTPStatus.OK <= event.status < HTTPStatus.MULTIPLE_CHOICES:
            return self._end(State.DELIVERED, now), []
        if event.status == HTTPStatus.GONE:
            return self._end(State.FAILED, now), [Disable()]
        return self._again(event.jitter, now, event.retry_after), []

    @on(Unreachable, *OPEN, to=(State.RETRYING, State.FAILED))
    def _miss(self, event: Unreachable, now: Micros) -> tuple[State, list[Any]]:
        return self._again(event.jitter, now), []

    @on(AddressRefused, *OPEN, to=State.FAILED)
    def _refuse(self, event: AddressRefused, now: Micros) -> list[Any]:
        self._end(State.FAILED, now)
        return []

    @on(Replayed, *ENDED, to=State.PENDING)
    def _reopen(self, event: Replayed, now: Micros) -> list[Any]:
        self.tries = 0
        self.opened_at = now
        self.deadline = self.ended_at = None
        return []

    @on(Replayed, *OPEN)
    def _hurry(self, event: Replayed, now: Micros) -> list[Any]:
        self.tries = 0
        if self.deadline is not None:
            self.deadline = now
        return []

    def _again(self, jitter: float, now: Micros, retry_after: int | None = None) -> State:
        """Back off, or give up after the last attempt."""
        self.tries += 1
        if self.tries > len(SCHEDULE):
            return self._end(State.FAILED, now)
        asked = min(retry_after or 0, MAX_RETRY_AFTER) * SECOND
        self.deadline = Micros(now + max(backoff(self.tries, jitter), asked))
        return State.RETRYING

    def _end(self, state: State, now: Micros) -> State:
        self.deadline = None
        self.ended_at = now
        return state


def backoff(tries: int, jitter: float) -> int:
    """Microseconds until the next attempt after so many in vain; `jitter` is from 0 to 1."""
    return round(SCHEDULE[tries - 1] * (1 - _JITTER + 2 * _JITTER * jitter) * SECOND)
