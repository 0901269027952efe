"""One registration of ours with somebody's registrar, kept alive (RFC 3261 10.2, RFC 5626 4.5).

Pure: whoever drives it sends the requests, and tells what came of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from media.sip.auth import DigestClient, digest
from media.sip.message import BadMessage, Headers, NameAddr, Request, Response, SipUri
from media.sip.message.numbers import delta_seconds
from offhook.core.clock import SECOND, Micros
from offhook.core.machine import Machine, Tick, on

#: Seconds to wait after the first failure and at most; each failure doubles them.
_FIRST, _MOST = 30, 1_800
#: Refresh after this share of the time, but so many seconds before the end where that is earlier.
_SHARE, _BEFORE = 0.9, 30
_HOPS = "70"


class State(Enum):
    """How far it is."""

    IDLE = "idle"
    ASKING = "asking"
    REGISTERED = "registered"
    WAITING = "waiting"
    REMOVING = "removing"


@dataclass(frozen=True, slots=True)
class Account:
    """What is registered: the address of record, at which registrar, reached at which contact, for
    how many seconds."""

    address: str
    registrar: str
    contact: str
    expires: int = 3_600


@dataclass(frozen=True, slots=True)
class Start:
    """Register."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Take the registration back."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A response to the last request came."""

    response: Response


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The last request timed out, or could not be sent."""

    reason: str


@dataclass(frozen=True, slots=True)
class SendRequest:
    """Send this in a transaction of its own; a Via is still to be put on it."""

    request: Request


@dataclass(frozen=True, slots=True)
class Registered:
    """Calls come to us until then, and the registration is refreshed before."""

    until: Micros


@dataclass(frozen=True, slots=True)
class Lost:
    """We are not registered: `status` is of the last answer, 0 when there was none. It is tried
    again at `again_at`."""

    status: int
    reason: str
    again_at: Micros


@dataclass(frozen=True, slots=True)
class Removed:
    """It was taken back, or was never there; nothing more comes."""


class Registration(Machine):
    """`new_id` gives the Call-ID and a tag; `luck` a number from 0 to 1, so that not everybody
    comes back at once after an outage."""

    state = State.IDLE

    def __init__(
        self,
        account: Account,
        client: DigestClient,
        new_id: Callable[[], str],
        luck: Callable[[], float],
    ) -> None:
        self.account = account
        self._client = client
        self._luck = luck
        self._call_id, self._tag = new_id(), new_id()
        self._cseq = 0
        self._expires = account.expires
        self._failures = 0
        self._attempt = client.attempt()

    # --- beginning and end ----------------------------------------------------------------------

    @on(Start, State.IDLE, to=State.ASKING)
    def _start(self, event: Start, now: Micros) -> list[Any]:
        return self._ask(self._expires)

    @on(Stop, State.IDLE)
    def _stop_nothing(self, event: Stop, now: Micros) -> list[Any]:
        return [Removed()]

    @on(Stop, State.WAITING, to=State.IDLE)
    def _give_up(self, event: Stop, now: Micros) -> list[Any]:
        self.deadline = None
        return [Removed()]

    @on(Stop, State.ASKING, State.REGISTERED, to=State.REMOVING)
    def _stop(self, event: Stop, now: Micros) -> list[Any]:
        self.deadline = None
        return self._ask(0)

    @on(Stop, State.REMOVING)
    def _stop_again(self, event: Stop, now: Micros) -> list[Any]:
        return []

    @on(Tick, State.REGISTERED, State.WAITING, to=State.ASKING)
    def _again(self, event: Tick, now: Micros) -> list[Any]:
        self.deadline = None
        return self._ask(self._expires)

    # --- what comes of it -----------------------------------------------------------------------

    @on(Answered, State.ASKING, to=(State.ASKING, State.REGISTERED, State.WAITING))
    def _answered(self, event: Answered, now: Micros) -> tuple[State, list[Any]]:
        response = event.response
        status = response.status
        if status < 200:
            return State.ASKING, []
        if status < 300:
            return self._accepted(response, now)
        if status in (401, 407) and self._challenged(response):
            return State.ASKING, self._send(self._expires)
        least = delta_seconds(response.headers.get("Min-Expires")) or 0
        if status == 423 and least > self._expires:
            self._expires = least
            return State.ASKING, self._ask(least)
        wait = delta_seconds(response.headers.get("Retry-After"))
        return self._failed(status, response.reason, now, wait)

    @on(Unanswered, State.ASKING, to=State.WAITING)
    def _unanswered(self, event: Unanswered, now: Micros) -> list[Any]:
        return self._failed(0, event.reason, now, None)[1]

    @on(Answered, State.REMOVING, to=(State.REMOVING, State.IDLE))
    def _removed(self, event: Answered, now: Micros) -> tuple[State, list[Any]]:
        status = event.response.status
        if status < 200:
            return State.REMOVING, []
        if status in (401, 407) and self._challenged(event.response):
            return State.REMOVING, self._send(0)
        return State.IDLE, [Removed()]

    @on(Unanswered, State.REMOVING, to=State.IDLE)
    def _removed_anyway(self, event: Unanswered, now: Micros) -> list[Any]:
        return [Removed()]

    @on(Answered, State.IDLE, State.REGISTERED, State.WAITING)
    @on(Unanswered, State.IDLE, State.REGISTERED, State.WAITING)
    def _too_late(self, event: Answered | Unanswered, now: Micros) -> list[Any]:
        """Of a request that something else was sent after."""
        return []

    def _accepted(self, response: Response, now: Micros) -> tuple[State, list[Any]]:
        try:
            seconds = self._granted(response)
        except BadMessage as bad:
            return self._failed(response.status, bad.reason, now, None)
        if not seconds:
            return self._failed(response.status, "The contact was not registered", now, None)
        self._failures = 0
        self.deadline = Micros(now + _refresh_after(seconds))
        return State.REGISTERED, [Registered(Micros(now + seconds * SECOND))]

    def _granted(self, response: Response) -> int:
        """The seconds that our contact is good for; 0 when it is not among those that are told."""
        ours = SipUri.parse(self.account.contact)
        for contact in response.contacts:
            if contact.uri.lower().startswith("sip") and contact.sip == ours:
                said = contact.expires
                if said is None:
                    said = delta_seconds(response.headers.get("Expires"))
                return self._expires if said is None else said
        return 0

    def _failed(
        self, status: int, reason: str, now: Micros, wait: int | None
    ) -> tuple[State, list[Any]]:
        """Wait longer after each failure, and not all for the same time (RFC 5626 4.5)."""
        most = min(_MOST, _FIRST << min(self._failures, 10))
        self._failures += 1
        seconds = most * (0.5 + self._luck() / 2) if wait is None else min(max(wait, 1), _MOST)
        self.deadline = Micros(now + round(seconds * SECOND))
        return State.WAITING, [Lost(status, reason, self.deadline)]

    # --- requests -------------------------------------------------------------------------------

    def _challenged(self, response: Response) -> bool:
        headers = response.headers
        return self._attempt.challenged(
            headers.all("WWW-Authenticate"), headers.all("Proxy-Authenticate")
        )

    def _ask(self, expires: int) -> list[Any]:
        self._attempt = self._client.attempt()
        return self._send(expires)

    def _send(self, expires: int) -> list[Any]:
        """The same Call-ID each time, and a higher number (10.2.4)."""
        self._cseq += 1
        headers = Headers()
        for name, value in (
            ("Max-Forwards", _HOPS),
            ("From", str(NameAddr("", self.account.address).tagged(self._tag))),
            ("To", str(NameAddr("", self.account.address))),
            ("Call-ID", self._call_id),
            ("CSeq", f"{self._cseq} REGISTER"),
            ("Contact", str(NameAddr("", self.account.contact))),
            ("Expires", str(expires)),
            *self._attempt.headers(digest.Request("REGISTER", self.account.registrar)),
        ):
            headers.add(name, value)
        return [SendRequest(Request("REGISTER", self.account.registrar, headers))]


def _refresh_after(seconds: int) -> int:
    """Microseconds after which to register again."""
    early = max(seconds - _BEFORE, seconds / 2)
    return round(min(seconds * _SHARE, early) * SECOND)
