"""The server transaction of INVITE (RFC 3261 17.2.1, with the Accepted state of RFC 6026)."""

from __future__ import annotations

from enum import Enum

from media.sip.message import Request
from media.sip.transaction.effects import Acknowledged, Canceled, Effect, SendFailed, TimedOut
from media.sip.transaction.hop import Hop
from media.sip.transaction.keys import Key
from media.sip.transaction.timers import Timers
from media.sip.transaction.transaction import (
    Acked,
    Failure,
    Provisional,
    Repeated,
    Success,
    Transaction,
    Unwanted,
    after,
    passed,
)
from offhook.core.clock import Micros
from offhook.core.machine import Tick, earliest, on


class State(Enum):
    """RFC 3261 figure 7, as RFC 6026 draws it."""

    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    TERMINATED = "terminated"


_Answer = tuple[State, list[Effect]]
_LIVE = (State.PROCEEDING, State.ACCEPTED, State.COMPLETED, State.CONFIRMED)


class ServerInvite(Transaction):
    """Says 100 when its user is slow, repeats a refusal until its ACK, and takes all copies.

    Repeating a 2xx is for its user, which hands each copy to this transaction as long as there is
    one (13.3.1.4); the copies of the INVITE that cross it are taken here, and not answered.
    """

    state: State

    def __init__(
        self, key: Key, request: Request, hop: Hop, to_tag: str, timers: Timers, now: Micros
    ) -> None:
        super().__init__(key, hop, timers)
        self.state = State.PROCEEDING
        #: What the answer to a CANCEL has in To: the tag of our own answers (9.2).
        self.to_tag = to_tag
        self._request: Request | None = request
        self._pause = timers.t1
        self._trying: Micros | None = after(now, timers.trying)
        self._timer_c = after(now, timers.c)
        self._timer_g: Micros | None = None
        self._timer_h: Micros | None = None
        self.deadline = earliest(self._trying, self._timer_c)

    @property
    def half_open(self) -> bool:
        """Whether it waits for its user or for an ACK."""
        return self.state in (State.PROCEEDING, State.COMPLETED)

    @on(Provisional, State.PROCEEDING)
    def _provisional(self, event: Provisional, now: Micros) -> list[Effect]:
        self.to_tag = event.response.to.tag or self.to_tag
        self.deadline = self._timer_c = after(now, self.timers.c)
        self._trying = None
        return self._say(event)

    @on(Success, State.PROCEEDING, to=State.ACCEPTED)
    def _accepted(self, event: Success, now: Micros) -> list[Effect]:
        """Timer L keeps the transaction for the copies of the INVITE; nothing else is kept."""
        effects = self._say(event)
        self._request = self.data = None
        self.deadline = after(now, self.timers.patience)
        return effects

    @on(Success, State.ACCEPTED)
    def _accepted_again(self, event: Success, now: Micros) -> list[Effect]:
        effects = self._say(event)
        self.data = None
        return effects

    @on(Failure, State.PROCEEDING, to=State.COMPLETED)
    def _refused(self, event: Failure, now: Micros) -> list[Effect]:
        """Timer G repeats it where that is needed; Timer H bounds the wait for its ACK."""
        self._request = None
        effects = self._say(event)
        self._timer_g = None if self.hop.reliable else after(now, self.timers.t1)
        self._timer_h = after(now, self.timers.patience)
        self.deadline = earliest(self._timer_g, self._timer_h)
        return effects

    @on(Repeated, State.PROCEEDING, State.COMPLETED)
    def _repeated(self, _: Repeated, now: Micros) -> list[Effect]:
        return self._send()

    @on(Repeated, State.ACCEPTED, State.CONFIRMED)
    def _absorbed(self, _: Repeated, now: Micros) -> list[Effect]:
        return []

    @on(Acked, State.COMPLETED, to=(State.CONFIRMED, State.TERMINATED))
    def _confirmed(self, _: Acked, now: Micros) -> _Answer:
        """Timer I takes the copies of the ACK."""
        lingering = self.timers.i(reliable=self.hop.reliable)
        self.data = None
        self.deadline = after(now, lingering)
        return (State.CONFIRMED if lingering else State.TERMINATED), []

    @on(Acked, State.ACCEPTED)
    def _acknowledged(self, event: Acked, now: Micros) -> list[Effect]:
        """The ACK of a 2xx that wrongly has the branch of its INVITE (RFC 6026 7.1)."""
        return self._tell(Acknowledged(event.ack, event.source))

    @on(Acked, State.PROCEEDING, State.CONFIRMED)
    def _nothing_to_confirm(self, _: Acked, now: Micros) -> list[Effect]:
        return []

    @on(Unwanted, State.PROCEEDING)
    def _canceled(self, event: Unwanted, now: Micros) -> list[Effect]:
        return [] if event.cancel is None else self._tell(Canceled(event.cancel))

    @on(Unwanted, State.ACCEPTED, State.COMPLETED, State.CONFIRMED)
    def _canceled_too_late(self, _: Unwanted, now: Micros) -> list[Effect]:
        """A final answer is under way: the CANCEL changes nothing (9.2)."""
        return []

    @on(SendFailed, *_LIVE)
    def _failed(self, event: SendFailed, now: Micros) -> list[Effect]:
        """The next copy may get through (RFC 6026 7.1 keeps the transaction)."""
        return self._tell(event)

    @on(Tick, State.PROCEEDING, to=(State.PROCEEDING, State.COMPLETED))
    def _slow_user(self, _: Tick, now: Micros) -> _Answer:
        """Say 100 for a user that thinks, and 408 for one that has forgotten."""
        if self._request is None:
            return State.PROCEEDING, []
        if passed(self._timer_c, now):
            refusal = self._request.respond(408, to_tag=self.to_tag)
            return State.COMPLETED, [*self._refused(Failure(refusal), now), *self._tell(TimedOut())]
        if not passed(self._trying, now):
            return State.PROCEEDING, []
        return State.PROCEEDING, self._provisional(Provisional(self._request.respond(100)), now)

    @on(Tick, State.COMPLETED, to=(State.COMPLETED, State.TERMINATED))
    def _unacknowledged(self, _: Tick, now: Micros) -> _Answer:
        if passed(self._timer_h, now):
            return State.TERMINATED, self._tell(TimedOut())
        if not passed(self._timer_g, now):
            return State.COMPLETED, []
        self._pause = self.timers.longer(self._pause)
        self._timer_g = after(now, self._pause)
        self.deadline = earliest(self._timer_g, self._timer_h)
        return State.COMPLETED, self._send()

    @on(Tick, State.ACCEPTED, State.CONFIRMED, to=State.TERMINATED)
    def _lingered(self, _: Tick, now: Micros) -> list[Effect]:
        """Timer L, or Timer I."""
        return []

    def _say(self, event: Provisional | Success | Failure) -> list[Effect]:
        self.data = event.response.encode()
        return self._send()
