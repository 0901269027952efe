"""An answer that is sent again until the other end says that it has it: a 2xx until its ACK, a
reliable provisional response until its PRACK (RFC 3261 13.3.1.4, RFC 3262 3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from media.sip.transaction import Timers
from offhook.core.clock import Micros
from offhook.core.machine import Machine, Tick, on


class State(Enum):
    """Whether it is known to have arrived."""

    REPEATING = "repeating"
    CONFIRMED = "confirmed"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Its ACK, or its PRACK, came."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """It is no longer of interest: the call is over, or answered otherwise."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """Send the answer again, through its transaction."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Nobody has confirmed it within 64*T1.

    For a 2xx the dialog stands, and is to be ended with BYE (13.3.1.4); for a provisional response
    the INVITE is to be refused with a 5xx (RFC 3262 3).
    """


Effect = Repeat | GiveUp


class Repeating(Machine):
    """Counts the pauses from T1 on, each twice the one before.

    A 2xx has no more than T2 between two copies, and is repeated over any transport, for the ACK
    comes from the other end itself; a provisional response knows no bound but 64*T1.
    """

    state: State

    def __init__(self, timers: Timers, now: Micros, *, bounded: bool) -> None:
        self.state = State.REPEATING
        self._timers = timers
        self._bounded = bounded
        self._pause = timers.t1
        self._end = Micros(now + timers.patience)
        self.deadline = Micros(now + self._pause)

    @on(Confirmed, State.REPEATING, to=State.CONFIRMED)
    def _confirmed(self, _: Confirmed, now: Micros) -> list[Effect]:
        self.deadline = None
        return []

    @on(Overtaken, State.REPEATING, to=State.ABANDONED)
    def _overtaken(self, _: Overtaken, now: Micros) -> list[Effect]:
        self.deadline = None
        return []

    @on(Confirmed, State.CONFIRMED, State.ABANDONED)
    @on(Overtaken, State.CONFIRMED, State.ABANDONED)
    @on(Tick, State.CONFIRMED, State.ABANDONED)
    def _over(self, _: object, now: Micros) -> list[Effect]:
        return []

    @on(Tick, State.REPEATING, to=(State.REPEATING, State.ABANDONED))
    def _unconfirmed(self, _: Tick, now: Micros) -> tuple[State, list[Effect]]:
        if now >= self._end:
            self.deadline = None
            return State.ABANDONED, [GiveUp()]
        self._pause = self._timers.longer(self._pause) if self._bounded else 2 * self._pause
        self.deadline = min(Micros(now + self._pause), self._end)
        return State.REPEATING, [Repeat()]
