"""The server transaction of everything but INVITE (RFC 3261 17.2.2, with RFC 4320)."""

from __future__ import annotations

from enum import Enum

from media.sip.message import Request
from media.sip.transaction.effects import Effect, SendFailed, TimedOut
from media.sip.transaction.hop import Hop
from media.sip.transaction.keys import Key
from media.sip.transaction.timers import Timers
from media.sip.transaction.transaction import (
    Failure,
    Provisional,
    Repeated,
    Success,
    Transaction,
    after,
    passed,
)
from offhook.core.clock import Micros
from offhook.core.errors import InvalidInput
from offhook.core.machine import Tick, earliest, on


class State(Enum):
    """RFC 3261 figure 8."""

    TRYING = "trying"
    PROCEEDING = "proceeding"
    COMPLETED = "completed"
    TERMINATED = "terminated"


_Answer = tuple[State, list[Effect]]


class Server(Transaction):
    """Answers each copy of a request alike.

    A user that takes its time has 100 said for it, not before that helps (RFC 4320 4.1), and one
    that says nothing for 64*T1 speaks to nobody any more: the client has given up.
    """

    state: State

    def __init__(self, key: Key, request: Request, hop: Hop, timers: Timers, now: Micros) -> None:
        super().__init__(key, hop, timers)
        self.state = State.TRYING
        self._request: Request | None = request
        self._slow: Micros | None = after(now, timers.slow)
        self._gone = after(now, timers.patience)
        self._arm()

    @on(Provisional, State.TRYING, State.PROCEEDING, to=State.PROCEEDING)
    def _provisional(self, event: Provisional, now: Micros) -> list[Effect]:
        """Only 100, and over datagrams only when it is late (RFC 4320 4.1)."""
        if event.response.status != 100:
            raise InvalidInput("only an INVITE has other provisional answers than 100")
        if not self.hop.reliable and self._slow is not None and now < self._slow:
            raise InvalidInput("100 would make the client miss the answer for longer, so early")
        return self._proceed(event)

    @on(Success, State.TRYING, State.PROCEEDING, to=(State.COMPLETED, State.TERMINATED))
    def _success(self, event: Success, now: Micros) -> _Answer:
        return self._final(event, now)

    @on(Failure, State.TRYING, State.PROCEEDING, to=(State.COMPLETED, State.TERMINATED))
    def _failure(self, event: Failure, now: Micros) -> _Answer:
        """Any refusal but 408, which would come when nobody listens (RFC 4320 4.2)."""
        if event.response.status == 408:
            raise InvalidInput("408 is for INVITE: who waits for this has given up by itself")
        return self._final(event, now)

    @on(Repeated, State.TRYING, State.PROCEEDING, State.COMPLETED)
    def _repeated(self, _: Repeated, now: Micros) -> list[Effect]:
        return self._send()

    @on(SendFailed, State.TRYING, State.PROCEEDING, State.COMPLETED, to=State.TERMINATED)
    def _failed(self, event: SendFailed, now: Micros) -> list[Effect]:
        return self._tell(event)

    @on(Tick, State.TRYING, to=(State.TRYING, State.PROCEEDING, State.TERMINATED))
    def _slow_user(self, _: Tick, now: Micros) -> _Answer:
        if passed(self._gone, now):
            return State.TERMINATED, self._tell(TimedOut())
        if not passed(self._slow, now) or self._request is None:
            return State.TRYING, []
        return State.PROCEEDING, self._proceed(Provisional(self._request.respond(100)))

    @on(Tick, State.PROCEEDING, to=State.TERMINATED)
    def _too_slow_user(self, _: Tick, now: Micros) -> list[Effect]:
        return self._tell(TimedOut())

    @on(Tick, State.COMPLETED, to=State.TERMINATED)
    def _lingered(self, _: Tick, now: Micros) -> list[Effect]:
        """Timer J."""
        return []

    def _proceed(self, event: Provisional) -> list[Effect]:
        self._slow = self._request = None
        self.data = event.response.encode()
        self._arm()
        return self._send()

    def _final(self, event: Success | Failure, now: Micros) -> _Answer:
        lingering = self.timers.j(reliable=self.hop.reliable)
        self._request = None
        self.data = event.response.encode()
        self.deadline = after(now, lingering)
        return (State.COMPLETED if lingering else State.TERMINATED), self._send()

    def _arm(self) -> None:
        self.deadline = earliest(self._slow, self._gone)
