"""Provisional responses that are known to arrive: 100rel and PRACK, from both ends (RFC 3262)."""

from __future__ import annotations

from typing import NamedTuple

from media.sip.dialog.repeating import Confirmed, Effect, Overtaken, Repeating, State
from media.sip.message import BadMessage, Request, Response
from media.sip.transaction import Timers
from offhook.core.clock import Micros
from offhook.core.errors import Conflict
from offhook.core.machine import Tick

OPTION = "100rel"
#: RSeq is from 1 to this (RFC 3262 7.1); the first is drawn from the lower half (3).
MAX_RSEQ = 2**32 - 1
FIRST_END = 2**31


class RAck(NamedTuple):
    """What a PRACK acknowledges: the number of the response, and the request it was for (7.2)."""

    rseq: int
    cseq: int
    method: str

    @classmethod
    def parse(cls, text: str) -> RAck:
        """Read the value; raises BadMessage."""
        parts = text.split()
        if len(parts) != 3 or not all(_is_number(part) for part in parts[:2]):
            raise BadMessage(400, "Malformed RAck")
        return cls(int(parts[0]), int(parts[1]), parts[2])

    def __str__(self) -> str:
        return f"{self.rseq} {self.cseq} {self.method}"


class Reliable:
    """The UAS of one INVITE: says something reliably, one response at a time (3).

    The first RSeq is drawn by whoever makes this, from 1 to 2**31 - 1.
    """

    def __init__(self, invite: Request, first_rseq: int, timers: Timers) -> None:
        if not 1 <= first_rseq < FIRST_END:
            raise ValueError("the first RSeq is from 1 to 2**31 - 1")
        self._cseq = invite.cseq
        self._next = first_rseq
        self._timers = timers
        self._repeating: Repeating | None = None
        self._unacknowledged: RAck | None = None
        self._offers = False
        #: What is sent again when `tick` says so.
        self.response: Response | None = None

    @property
    def waiting(self) -> bool:
        """Whether a response is not yet acknowledged; nothing else is sent reliably until then."""
        return self._unacknowledged is not None

    @property
    def may_accept(self) -> bool:
        """Whether a 2xx may be sent: not before a description on its way has arrived (3)."""
        return not (self.waiting and self._offers)

    @property
    def deadline(self) -> Micros | None:
        """When to call `tick`."""
        return self._repeating.deadline if self._repeating is not None else None

    def send(self, response: Response, now: Micros) -> Response:
        """Make a 101–199 a reliable one, to be handed to the transaction; raises `Conflict` when
        another still waits."""
        if not 101 <= response.status <= 199:
            raise ValueError("only 101 to 199 can be said reliably")
        if self.waiting:
            raise Conflict("a reliable response waits for its PRACK", code="prack_awaited")
        add_option(response, "Require")
        response.headers.put("RSeq", str(self._next))
        self._unacknowledged = RAck(self._next, self._cseq.number, self._cseq.method)
        self._next += 1
        self._offers = bool(response.body)
        self.response = response
        self._repeating = Repeating(self._timers, now, bounded=False)
        return response

    def take(self, prack: Request, now: Micros) -> int:
        """The status that a PRACK is answered with: 200 for what waits, 481 for anything else;
        raises `BadMessage` when it does not say what it is for."""
        rack = RAck.parse(prack.headers.get("RAck") or "")
        if rack != self._unacknowledged:
            return 481
        self._unacknowledged = self.response = None
        self._settle(Confirmed(), now)
        return 200

    def answered(self, now: Micros) -> None:
        """The INVITE has its final response: nothing is repeated, a PRACK is still taken (3)."""
        self.response = None
        self._settle(Overtaken(), now)

    def tick(self, now: Micros) -> list[Effect]:
        """`Repeat` to send `response` again, `GiveUp` to refuse the INVITE with 504 (3)."""
        if self._repeating is None or self.deadline is None or now < self.deadline:
            return []
        effects = self._repeating.handle(Tick(), now)
        if self._repeating.state is State.ABANDONED:
            self.response = None
        return effects

    def _settle(self, event: Confirmed | Overtaken, now: Micros) -> None:
        if self._repeating is not None:
            self._repeating.handle(event, now)


class Ordered:
    """The UAC of one early dialog: takes reliable responses once, in their order (4)."""

    def __init__(self) -> None:
        self._last: int | None = None

    def take(self, response: Response) -> RAck | None:
        """What to acknowledge with a PRACK; None for a copy, and for one that came too early,
        which is then not to be looked at at all: it comes again. Raises `BadMessage`."""
        text = response.headers.get("RSeq") or ""
        if not _is_number(text) or not 1 <= int(text) <= MAX_RSEQ:
            raise BadMessage(400, "Malformed RSeq")
        number = int(text)
        if self._last is not None and number != self._last + 1:
            return None
        self._last = number
        return RAck(number, response.cseq.number, response.cseq.method)


def is_reliable(response: Response) -> bool:
    """Whether a response wants a PRACK (4)."""
    if not 101 <= response.status <= 199 or "RSeq" not in response.headers:
        return False
    return has_option(response, "Require")


def has_option(message: Request | Response, header: str, option: str = OPTION) -> bool:
    """Whether a message names an option in `Supported` or in `Require`."""
    return any(value.lower() == option for value in message.headers.values(header))


def add_option(message: Request | Response, header: str, option: str = OPTION) -> None:
    """Name an option in a header, once."""
    if not has_option(message, header, option):
        message.headers.add(header, option)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10
