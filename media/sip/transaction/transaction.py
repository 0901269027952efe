"""What the four transaction machines share: their events, and what each of them remembers."""

from __future__ import annotations

from dataclasses import dataclass

from media.sip.message import Request, Response
from media.sip.transaction.effects import Effect, Send, ToUser, UserEvent
from media.sip.transaction.hop import Hop
from media.sip.transaction.keys import Key
from media.sip.transaction.timers import Timers
from offhook.core.clock import Micros
from offhook.core.machine import Machine


@dataclass(frozen=True, slots=True)
class Provisional:
    """A 1xx: from the wire to a client, from its user to a server."""

    response: Response


@dataclass(frozen=True, slots=True)
class Success:
    """A 2xx."""

    response: Response


@dataclass(frozen=True, slots=True)
class Failure:
    """A final response from 300 up."""

    response: Response


@dataclass(frozen=True, slots=True)
class Repeated:
    """The request came once more."""


@dataclass(frozen=True, slots=True)
class Acked:
    """The ACK of what the INVITE was answered with."""

    ack: Request
    source: Hop


@dataclass(frozen=True, slots=True)
class Unwanted:
    """The INVITE is no longer wanted: its user says so at the client, a CANCEL at the server."""

    cancel: Request | None = None


@dataclass(frozen=True, slots=True)
class SendCancel:
    """What a client INVITE asks of its layer: this CANCEL, in a transaction of its own."""

    cancel: Request


Answer = Provisional | Success | Failure


def answer(response: Response) -> Answer:
    """The event that a response is."""
    if response.status < 200:
        return Provisional(response)
    return Success(response) if response.status < 300 else Failure(response)


class Transaction(Machine):
    """One transaction: its name, its neighbour, its timers, and the bytes it may send again.

    `data` is what is repeated; all else about the messages is let go as soon as the machine can do
    without, for most of its life a transaction only lingers.
    """

    def __init__(self, key: Key, hop: Hop, timers: Timers) -> None:
        self.key = key
        self.hop = hop
        self.timers = timers
        self.data: bytes | None = None

    @property
    def ended(self) -> bool:
        """Whether it may be forgotten."""
        return self.state.name == "TERMINATED"

    @property
    def half_open(self) -> bool:
        """Whether it is the INVITE of somebody that waits for its answer or for the ACK of one."""
        return False

    def _send(self) -> list[Effect]:
        return [] if self.data is None else [Send(self.data, self.hop, self.key)]

    def _tell(self, event: UserEvent) -> list[Effect]:
        return [ToUser(self.key, event)]


def passed(timer: Micros | None, now: Micros) -> bool:
    """Whether a timer is set and has fired."""
    return timer is not None and timer <= now


def after(now: Micros, delay: int) -> Micros:
    """The time `delay` microseconds from now."""
    return Micros(now + delay)
