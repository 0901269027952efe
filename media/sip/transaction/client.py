"""The client transaction of everything but INVITE (RFC 3261 17.1.2)."""

from __future__ import annotations

from enum import Enum

from media.sip.message import Request
from media.sip.transaction.effects import Effect, Responded, SendFailed, TimedOut
from media.sip.transaction.hop import Hop
from media.sip.transaction.keys import Key
from media.sip.transaction.timers import Timers
from media.sip.transaction.transaction import (
    Failure,
    Provisional,
    Success,
    Transaction,
    after,
    passed,
)
from offhook.core.clock import Micros
from offhook.core.machine import Tick, earliest, on


class State(Enum):
    """RFC 3261 figure 6."""

    TRYING = "trying"
    PROCEEDING = "proceeding"
    COMPLETED = "completed"
    TERMINATED = "terminated"


_Answer = tuple[State, list[Effect]]


class Client(Transaction):
    """Sends a request until it is answered, at most for 64*T1."""

    state: State

    def __init__(self, key: Key, request: Request, hop: Hop, timers: Timers, now: Micros) -> None:
        super().__init__(key, hop, timers)
        self.state = State.TRYING
        self.data = request.encode()
        self._pause = timers.t1
        self._timer_e = None if hop.reliable else after(now, timers.t1)
        self._timer_f = after(now, timers.patience)
        self._arm()

    def begin(self) -> list[Effect]:
        """Send it for the first time."""
        return self._send()

    @on(Provisional, State.TRYING, State.PROCEEDING, to=State.PROCEEDING)
    def _provisional(self, event: Provisional, now: Micros) -> list[Effect]:
        """It is being worked on; from the next copy on there are T2 between them."""
        self._pause = self.timers.t2
        return self._tell(Responded(event.response))

    @on(Success, State.TRYING, State.PROCEEDING, to=(State.COMPLETED, State.TERMINATED))
    def _success(self, event: Success, now: Micros) -> _Answer:
        return self._final(event, now)

    @on(Failure, State.TRYING, State.PROCEEDING, to=(State.COMPLETED, State.TERMINATED))
    def _failure(self, event: Failure, now: Micros) -> _Answer:
        return self._final(event, now)

    @on(Provisional, State.COMPLETED)
    @on(Success, State.COMPLETED)
    @on(Failure, State.COMPLETED)
    def _copy(self, event: Provisional | Success | Failure, now: Micros) -> list[Effect]:
        return []

    @on(SendFailed, State.TRYING, State.PROCEEDING, to=State.TERMINATED)
    def _failed(self, event: SendFailed, now: Micros) -> list[Effect]:
        return self._tell(event)

    @on(SendFailed, State.COMPLETED)
    def _failed_late(self, event: SendFailed, now: Micros) -> list[Effect]:
        """A copy that was under way when the answer came."""
        return []

    @on(Tick, State.TRYING, State.PROCEEDING, to=(State.TRYING, State.PROCEEDING, State.TERMINATED))
    def _waited(self, _: Tick, now: Micros) -> _Answer:
        """Timer F: nobody answers. Timer E: send it again, ever more rarely."""
        if passed(self._timer_f, now):
            return State.TERMINATED, self._tell(TimedOut())
        if not passed(self._timer_e, now):
            return self.state, []
        if self.state is State.TRYING:
            self._pause = self.timers.longer(self._pause)
        self._timer_e = after(now, self._pause)
        self._arm()
        return self.state, self._send()

    @on(Tick, State.COMPLETED, to=State.TERMINATED)
    def _lingered(self, _: Tick, now: Micros) -> list[Effect]:
        """Timer K."""
        return []

    def _final(self, event: Success | Failure, now: Micros) -> _Answer:
        lingering = self.timers.k(reliable=self.hop.reliable)
        self.data = None
        self.deadline = after(now, lingering)
        state = State.COMPLETED if lingering else State.TERMINATED
        return state, self._tell(Responded(event.response))

    def _arm(self) -> None:
        self.deadline = earliest(self._timer_e, self._timer_f)
