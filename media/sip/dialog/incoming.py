"""A call that comes to us: ringing, its answer until the ACK, and every way in which it can end
(RFC 3261 13.3, 15; RFC 5407)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from media.sip.dialog.repeating import Confirmed, GiveUp, Overtaken, Repeating
from media.sip.dialog.usage import (
    AnswerBye,
    ByeCame,
    ByeDone,
    DialogLost,
    Established,
    HungUp,
    Over,
    Party,
    SendBye,
)
from media.sip.transaction import Timers
from offhook.core.clock import Micros
from offhook.core.machine import Machine, Tick, on


class State(Enum):
    """How far the call has come."""

    RINGING = "ringing"
    ACCEPTED = "accepted"
    TALKING = "talking"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Accept:
    """Our user takes the call."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Our user does not; 300 to 699."""

    status: int


@dataclass(frozen=True, slots=True)
class CancelCame:
    """The caller gives up; the CANCEL itself is answered already (9.2)."""


@dataclass(frozen=True, slots=True)
class AckCame:
    """The ACK of our 2xx."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The transaction has ended the INVITE by itself, with 408."""


@dataclass(frozen=True, slots=True)
class AnswerInvite:
    """Give the INVITE its final response; `RepeatAnswer` asks for a 2xx again."""

    status: int


@dataclass(frozen=True, slots=True)
class RepeatAnswer:
    """Send the 2xx once more (13.3.1.4)."""


Effect = AnswerInvite | RepeatAnswer | SendBye | AnswerBye | Established | Over
_Answer = tuple[State, list[Effect]]


class Incoming(Machine):
    """The UAS of one call.

    It repeats its 2xx until the ACK comes, and when none does it hangs up. It sends no BYE before
    the ACK (15): who hangs up at once has to wait for it, or for the end of the waiting.
    """

    state: State

    def __init__(self, timers: Timers) -> None:
        self.state = State.RINGING
        self._timers = timers
        self._repeating: Repeating | None = None
        #: Whether our BYE is under way, and whether it waits for the ACK.
        self._bye_sent = False
        self._bye_owed = False
        #: Whether there is a dialog that a BYE could end.
        self._alive = True

    @property
    def settled(self) -> bool:
        """Whether nothing is under way any more."""
        return self.state is State.OVER and not self._bye_sent and self._repeating is None

    @on(Accept, State.RINGING, to=State.ACCEPTED)
    def _accept(self, _: Accept, now: Micros) -> list[Effect]:
        self._repeating = Repeating(self._timers, now, bounded=True)
        self.deadline = self._repeating.deadline
        return [AnswerInvite(200)]

    @on(Reject, State.RINGING, to=State.OVER)
    def _reject(self, event: Reject, now: Micros) -> list[Effect]:
        return self._refuse(event.status, Party.US)

    @on(HungUp, State.RINGING, to=State.OVER)
    def _decline(self, _: HungUp, now: Micros) -> list[Effect]:
        return self._refuse(603, Party.US)

    @on(CancelCame, State.RINGING, to=State.OVER)
    def _canceled(self, _: CancelCame, now: Micros) -> list[Effect]:
        return self._refuse(487, Party.THEM)

    @on(CancelCame, State.ACCEPTED, State.TALKING, State.OVER)
    def _canceled_too_late(self, _: CancelCame, now: Micros) -> list[Effect]:
        """Our 2xx crossed it: the caller acknowledges and hangs up (RFC 5407 3.1.2)."""
        return []

    @on(Unanswered, State.RINGING, to=State.OVER)
    def _unanswered(self, _: Unanswered, now: Micros) -> list[Effect]:
        self._alive = False
        return [Over(408, Party.NETWORK)]

    @on(Unanswered, State.ACCEPTED, State.TALKING, State.OVER)
    def _answered_in_time(self, _: Unanswered, now: Micros) -> list[Effect]:
        return []

    @on(AckCame, State.ACCEPTED, to=State.TALKING)
    def _acknowledged(self, _: AckCame, now: Micros) -> list[Effect]:
        self._settle(Confirmed(), now)
        return [Established()]

    @on(AckCame, State.OVER)
    def _acknowledged_late(self, _: AckCame, now: Micros) -> list[Effect]:
        """We hung up before it came: now we may say so (15)."""
        self._settle(Confirmed(), now)
        return self._send_owed_bye()

    @on(AckCame, State.RINGING, State.TALKING)
    def _acknowledged_again(self, _: AckCame, now: Micros) -> list[Effect]:
        return []

    @on(HungUp, State.ACCEPTED, to=State.OVER)
    def _hang_up_before_ack(self, _: HungUp, now: Micros) -> list[Effect]:
        """The BYE waits; the 2xx goes on until its ACK comes (15)."""
        self._bye_owed = True
        return [Over(200, Party.US)]

    @on(HungUp, State.TALKING, to=State.OVER)
    def _hang_up(self, _: HungUp, now: Micros) -> list[Effect]:
        return [*self._send_bye(), Over(200, Party.US)]

    @on(HungUp, State.OVER)
    def _hung_up_already(self, _: HungUp, now: Micros) -> list[Effect]:
        return []

    @on(ByeCame, State.RINGING, to=State.OVER)
    def _bye_of_early(self, event: ByeCame, now: Micros) -> list[Effect]:
        """A caller may end an early dialog so: the INVITE gets 487 (15.1.2)."""
        return [AnswerBye(200, event.fork), *self._refuse(487, Party.THEM)]

    @on(ByeCame, State.ACCEPTED, State.TALKING, to=State.OVER)
    def _bye(self, event: ByeCame, now: Micros) -> list[Effect]:
        """Also when it overtakes the ACK, which is then no longer waited for (RFC 5407 3.1.6)."""
        self._alive = False
        self._settle(Overtaken(), now)
        return [AnswerBye(200, event.fork), Over(200, Party.THEM)]

    @on(ByeCame, State.OVER)
    def _bye_after_end(self, event: ByeCame, now: Micros) -> list[Effect]:
        """It crossed ours, or came before we could say it (RFC 5407 3.2.1); or all is over."""
        if not self._alive:
            return [AnswerBye(481, event.fork)]
        self._alive = self._bye_owed = False
        self._settle(Overtaken(), now)
        return [AnswerBye(200, event.fork)]

    @on(DialogLost, State.ACCEPTED, State.TALKING, to=State.OVER)
    def _lost(self, event: DialogLost, now: Micros) -> list[Effect]:
        self._settle(Overtaken(), now)
        return [*self._send_bye(), Over(event.status, Party.NETWORK)]

    @on(DialogLost, State.RINGING, State.OVER)
    def _lost_early(self, _: DialogLost, now: Micros) -> list[Effect]:
        return []

    @on(ByeDone, State.RINGING, State.ACCEPTED, State.TALKING, State.OVER)
    def _bye_done(self, _: ByeDone, now: Micros) -> list[Effect]:
        self._bye_sent = self._alive = False
        return []

    @on(Tick, State.ACCEPTED, to=(State.ACCEPTED, State.OVER))
    def _unacknowledged(self, _: Tick, now: Micros) -> _Answer:
        """No ACK for 64*T1: the dialog stands, and is ended with BYE (13.3.1.4)."""
        effects, given_up = self._repeat(now)
        if not given_up:
            return State.ACCEPTED, effects
        return State.OVER, [*self._send_bye(), Over(408, Party.NETWORK)]

    @on(Tick, State.OVER)
    def _still_unacknowledged(self, _: Tick, now: Micros) -> list[Effect]:
        effects, given_up = self._repeat(now)
        return self._send_owed_bye() if given_up else effects

    @on(Tick, State.RINGING, State.TALKING)
    def _nothing_due(self, _: Tick, now: Micros) -> list[Effect]:
        return []

    def _repeat(self, now: Micros) -> tuple[list[Effect], bool]:
        if self._repeating is None or self.deadline is None or now < self.deadline:
            return [], False
        given_up = self._repeating.handle(Tick(), now) == [GiveUp()]
        self.deadline = self._repeating.deadline
        if given_up:
            self._repeating = None
        return ([] if given_up else [RepeatAnswer()]), given_up

    def _refuse(self, status: int, by: Party) -> list[Effect]:
        self._alive = False
        return [AnswerInvite(status), Over(status, by)]

    def _send_owed_bye(self) -> list[Effect]:
        return self._send_bye() if self._bye_owed else []

    def _send_bye(self) -> list[Effect]:
        self._bye_owed, self._bye_sent = False, True
        return [SendBye()]

    def _settle(self, event: Confirmed | Overtaken, now: Micros) -> None:
        if self._repeating is not None:
            self._repeating.handle(event, now)
        self._repeating = self.deadline = None
