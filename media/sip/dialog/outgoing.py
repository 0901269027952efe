"""A call that we place: one INVITE, its forks, and every way in which it can end (RFC 3261 13.2,
15; RFC 5407)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

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
from offhook.core.clock import Micros
from offhook.core.machine import Machine, on


class State(Enum):
    """How far the call has come."""

    CALLING = "calling"
    CANCELING = "canceling"
    TALKING = "talking"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Progressed:
    """An early dialog is heard of, by its tag."""

    fork: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A 2xx, and each of its copies."""

    fork: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The INVITE has failed: its final response, 408 when there was none in time, 503 when it
    could not be sent (8.1.3.1)."""

    status: int
    by: Party = Party.THEM


@dataclass(frozen=True, slots=True)
class SendCancel:
    """Take the INVITE back, as soon as that may be done (9.1)."""


@dataclass(frozen=True, slots=True)
class SendAck:
    """Acknowledge a 2xx; for a copy the same ACK again (13.2.2.4)."""

    fork: str


Effect = SendCancel | SendAck | SendBye | AnswerBye | Established | Over
_Answer = tuple[State, list[Effect]]


class Outgoing(Machine):
    """The UAC of one call. It speaks with one fork and hangs up in all others that answer, also in
    those that answer when the call is long over: each 2xx has its ACK, and then its BYE."""

    state: State

    def __init__(self) -> None:
        self.state = State.CALLING
        #: The fork that we speak with.
        self.fork: str | None = None
        #: The forks in which there is a dialog, early or not; those that have our BYE; those over.
        self._known: set[str] = set()
        self._ending: set[str] = set()
        self._gone: set[str] = set()

    @property
    def settled(self) -> bool:
        """Whether nothing is under way any more; a late 2xx can still come."""
        return self.state is State.OVER and not self._ending

    @on(Progressed, State.CALLING, State.CANCELING, State.TALKING, State.OVER)
    def _progressed(self, event: Progressed, now: Micros) -> list[Effect]:
        self._known.add(event.fork)
        return []

    @on(Accepted, State.CALLING, to=(State.TALKING, State.OVER))
    def _accepted(self, event: Accepted, now: Micros) -> _Answer:
        """The first who answers has the call, unless its BYE has overtaken the answer."""
        self._known.add(event.fork)
        self.fork = event.fork
        if event.fork in self._gone:
            return State.OVER, [SendAck(event.fork), Over(200, Party.THEM)]
        return State.TALKING, [SendAck(event.fork), Established(event.fork)]

    @on(Accepted, State.CANCELING, to=State.OVER)
    def _crossed(self, event: Accepted, now: Micros) -> list[Effect]:
        """The 2xx was faster than our CANCEL (RFC 5407 3.1.2)."""
        return [*self._dismiss(event.fork), Over(487, Party.US)]

    @on(Accepted, State.TALKING, State.OVER)
    def _also(self, event: Accepted, now: Micros) -> list[Effect]:
        """A copy, another fork (13.2.2.4), or somebody who comes when we have given up."""
        if event.fork == self.fork:
            return [SendAck(event.fork)]
        return self._dismiss(event.fork)

    @on(Refused, State.CALLING, to=State.OVER)
    def _refused(self, event: Refused, now: Micros) -> list[Effect]:
        return [Over(event.status, event.by)]

    @on(Refused, State.CANCELING, to=State.OVER)
    def _canceled(self, event: Refused, now: Micros) -> list[Effect]:
        """487, or no answer to a CANCEL, or a refusal that crossed it (9.1)."""
        return [Over(487, Party.US)]

    @on(Refused, State.TALKING, State.OVER)
    def _refused_too_late(self, _: Refused, now: Micros) -> list[Effect]:
        return []

    @on(HungUp, State.CALLING, to=State.CANCELING)
    def _give_up(self, _: HungUp, now: Micros) -> list[Effect]:
        return [SendCancel()]

    @on(HungUp, State.TALKING, to=State.OVER)
    def _hang_up(self, _: HungUp, now: Micros) -> list[Effect]:
        return [*self._end(self.fork or ""), Over(200, Party.US)]

    @on(HungUp, State.CANCELING, State.OVER)
    def _hung_up_already(self, _: HungUp, now: Micros) -> list[Effect]:
        return []

    @on(ByeCame, State.CALLING, State.CANCELING, State.OVER)
    def _bye(self, event: ByeCame, now: Micros) -> list[Effect]:
        """In a fork whose 2xx is lost or late, which then needs no BYE of ours; or the two BYEs
        have crossed (RFC 5407 3.2.1)."""
        return self._take_bye(event.fork)

    @on(ByeCame, State.TALKING, to=(State.TALKING, State.OVER))
    def _bye_of_partner(self, event: ByeCame, now: Micros) -> _Answer:
        effects = self._take_bye(event.fork)
        if event.fork != self.fork:
            return State.TALKING, effects
        return State.OVER, [*effects, Over(200, Party.THEM)]

    @on(DialogLost, State.TALKING, to=(State.TALKING, State.OVER))
    def _lost(self, event: DialogLost, now: Micros) -> _Answer:
        """They have forgotten the call: a BYE tells those on the way (12.2.1.2)."""
        if event.fork != self.fork:
            return State.TALKING, []
        return State.OVER, [*self._end(event.fork), Over(event.status, Party.NETWORK)]

    @on(DialogLost, State.CALLING, State.CANCELING, State.OVER)
    def _lost_early(self, _: DialogLost, now: Micros) -> list[Effect]:
        return []

    @on(ByeDone, State.CALLING, State.CANCELING, State.TALKING, State.OVER)
    def _bye_done(self, event: ByeDone, now: Micros) -> list[Effect]:
        self._ending.discard(event.fork)
        self._gone.add(event.fork)
        return []

    def _take_bye(self, fork: str) -> list[Effect]:
        if fork not in self._known or (fork in self._gone and fork not in self._ending):
            return [AnswerBye(481, fork)]
        self._gone.add(fork)
        return [AnswerBye(200, fork)]

    def _dismiss(self, fork: str) -> list[Effect]:
        """Acknowledge somebody whom we do not want to speak with, and hang up, once."""
        self._known.add(fork)
        return [SendAck(fork), *self._end(fork)]

    def _end(self, fork: str) -> list[Effect]:
        if fork in self._ending or fork in self._gone:
            return []
        self._ending.add(fork)
        return [SendBye(fork)]
