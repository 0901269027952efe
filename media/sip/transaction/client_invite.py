"""The client transaction of INVITE (RFC 3261 17.1.1, with the Accepted state of RFC 6026)."""

from __future__ import annotations

from enum import Enum

from media.sip.message import Request
from media.sip.transaction.derived import ack_of_failure, cancel_of
from media.sip.transaction.effects import Effect, Responded, SendFailed, TimedOut
from media.sip.transaction.hop import Hop
from media.sip.transaction.keys import Key
from media.sip.transaction.timers import Timers
from media.sip.transaction.transaction import (
    Failure,
    Provisional,
    SendCancel,
    Success,
    Transaction,
    Unwanted,
    after,
    passed,
)
from offhook.core.clock import Micros
from offhook.core.machine import Tick, earliest, on


class State(Enum):
    """RFC 3261 figure 5, as RFC 6026 draws it."""

    CALLING = "calling"
    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    TERMINATED = "terminated"


_Answer = tuple[State, list[Effect]]
_Wish = Effect | SendCancel


class ClientInvite(Transaction):
    """Sends an INVITE until somebody says anything, then waits for as long as its user wants.

    Each 2xx goes to the user, which sends the ACK itself, each time; what refuses is acknowledged
    here. A CANCEL waits for the first provisional response (9.1), and when nothing final follows
    it within 64*T1 the INVITE has failed by timeout.
    """

    state: State

    def __init__(self, key: Key, request: Request, hop: Hop, timers: Timers, now: Micros) -> None:
        super().__init__(key, hop, timers)
        self.state = State.CALLING
        self.data = request.encode()
        self._request: Request | None = request
        self._unwanted = False
        self._pause = timers.t1
        self._timer_a = None if hop.reliable else after(now, timers.t1)
        self._timer_b: Micros | None = after(now, timers.patience)
        self._arm()

    def begin(self) -> list[Effect]:
        """Send it for the first time."""
        return self._send()

    @on(Provisional, State.CALLING, to=State.PROCEEDING)
    def _proceeding(self, event: Provisional, now: Micros) -> list[_Wish]:
        """Somebody has it: no more copies, and as long as it takes."""
        self._timer_a = self._timer_b = self.data = None
        self._arm()
        wishes: list[_Wish] = [*self._tell(Responded(event.response))]
        return [*wishes, *self._cancel(now)] if self._unwanted else wishes

    @on(Provisional, State.PROCEEDING)
    def _more(self, event: Provisional, now: Micros) -> list[Effect]:
        return self._tell(Responded(event.response))

    @on(Success, State.CALLING, State.PROCEEDING, to=State.ACCEPTED)
    def _accepted(self, event: Success, now: Micros) -> list[Effect]:
        """Timer M keeps the transaction for the copies and for the 2xx of other branches."""
        self._request = self.data = None
        self.deadline = after(now, self.timers.patience)
        return self._tell(Responded(event.response))

    @on(Success, State.ACCEPTED, State.COMPLETED)
    def _also(self, event: Success, now: Micros) -> list[Effect]:
        """A copy, or another fork; a proxy passes on each 2xx, even after a refusal (16.7)."""
        return self._tell(Responded(event.response))

    @on(Failure, State.CALLING, State.PROCEEDING, to=(State.COMPLETED, State.TERMINATED))
    def _refused(self, event: Failure, now: Micros) -> _Answer:
        """Acknowledge it, and for the time of Timer D each of its copies."""
        assert self._request is not None  # noqa: S101 - kept until the first final response
        self.data = ack_of_failure(self._request, event.response).encode()
        self._request = None
        lingering = self.timers.d(reliable=self.hop.reliable)
        self.deadline = after(now, lingering)
        effects = [*self._send(), *self._tell(Responded(event.response))]
        return (State.COMPLETED if lingering else State.TERMINATED), effects

    @on(Failure, State.COMPLETED)
    def _refused_again(self, event: Failure, now: Micros) -> list[Effect]:
        return self._send()

    @on(Provisional, State.ACCEPTED, State.COMPLETED)
    @on(Failure, State.ACCEPTED)
    def _too_late(self, event: Provisional | Failure, now: Micros) -> list[Effect]:
        return []

    @on(Unwanted, State.CALLING)
    def _cancel_later(self, _: Unwanted, now: Micros) -> list[Effect]:
        self._unwanted = True
        return []

    @on(Unwanted, State.PROCEEDING)
    def _cancel_now(self, _: Unwanted, now: Micros) -> list[_Wish]:
        if self._unwanted:
            return []
        self._unwanted = True
        return self._cancel(now)

    @on(Unwanted, State.ACCEPTED, State.COMPLETED)
    def _cancel_in_vain(self, _: Unwanted, now: Micros) -> list[Effect]:
        """It is answered: the user sees what came, and hangs up if that was a 2xx."""
        return []

    @on(SendFailed, State.CALLING, State.COMPLETED, to=State.TERMINATED)
    def _failed(self, event: SendFailed, now: Micros) -> list[Effect]:
        return self._tell(event)

    @on(SendFailed, State.PROCEEDING, State.ACCEPTED)
    def _failed_late(self, event: SendFailed, now: Micros) -> list[Effect]:
        """A copy that was under way when the other side was heard."""
        return []

    @on(Tick, State.CALLING, to=(State.CALLING, State.TERMINATED))
    def _unheard(self, _: Tick, now: Micros) -> _Answer:
        """Timer B: nobody answers. Timer A: send it again, after twice the time."""
        if passed(self._timer_b, now):
            return State.TERMINATED, self._tell(TimedOut())
        if not passed(self._timer_a, now):
            return State.CALLING, []
        self._pause *= 2
        self._timer_a = after(now, self._pause)
        self._arm()
        return State.CALLING, self._send()

    @on(Tick, State.PROCEEDING, to=State.TERMINATED)
    def _cancel_unheard(self, _: Tick, now: Micros) -> list[Effect]:
        return self._tell(TimedOut())

    @on(Tick, State.ACCEPTED, State.COMPLETED, to=State.TERMINATED)
    def _lingered(self, _: Tick, now: Micros) -> list[Effect]:
        """Timer M, or Timer D."""
        return []

    def _cancel(self, now: Micros) -> list[_Wish]:
        assert self._request is not None  # noqa: S101 - kept until the first final response
        self.deadline = after(now, self.timers.patience)
        return [SendCancel(cancel_of(self._request))]

    def _arm(self) -> None:
        self.deadline = earliest(self._timer_a, self._timer_b)
