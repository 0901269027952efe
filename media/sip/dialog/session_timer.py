"""Sessions that end when nobody refreshes them any more (RFC 4028)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from media.sip.dialog.prack import add_option, has_option
from media.sip.message import BadMessage, Request, Response
from offhook.core.clock import SECOND, Micros
from offhook.core.machine import Machine, Tick, on

OPTION = "timer"
#: Seconds below which no Session-Expires may be (4).
FLOOR = 90


@dataclass(frozen=True, slots=True)
class SessionExpires:
    """The header: seconds, and who is to refresh: `uac`, `uas` or empty (4)."""

    seconds: int
    refresher: str = ""

    @classmethod
    def of(cls, message: Request | Response) -> SessionExpires | None:
        """What a message says; raises BadMessage when that cannot be read."""
        text = message.headers.get("Session-Expires")
        if text is None:
            return None
        first, *params = (piece.strip() for piece in text.split(";"))
        named = dict(param.lower().partition("=")[::2] for param in params)
        refresher = named.get("refresher", "").strip()
        return cls(_seconds(first, "Session-Expires"), refresher if refresher in _ENDS else "")

    def __str__(self) -> str:
        return f"{self.seconds};refresher={self.refresher}" if self.refresher else f"{self.seconds}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both ends hold to: the interval in seconds, and whether we are to refresh."""

    seconds: int
    we_refresh: bool


@dataclass(frozen=True, slots=True)
class TimerPolicy:
    """What this end wants: an interval, and the shortest that it puts up with, in seconds."""

    seconds: int = 1800
    least: int = FLOOR

    def propose(self, request: Request, *, refresher: str = "") -> None:
        """Ask for a timer in an INVITE or UPDATE of ours (7.1)."""
        add_option(request, "Supported", OPTION)
        least = max(self.least, min_se(request))
        wanted = SessionExpires(max(self.seconds, least), refresher)
        request.headers.put("Session-Expires", str(wanted))
        if least > FLOOR:
            request.headers.put("Min-SE", str(least))

    def raise_for(self, request: Request, response: Response) -> None:
        """Ask again after 422, with an interval that the other end puts up with (7.3)."""
        request.headers.put("Min-SE", str(max(min_se(request), min_se(response))))
        expires = SessionExpires.of(request)
        self.propose(request, refresher=expires.refresher if expires else "")

    def too_brief(self, request: Request) -> bool:
        """Whether a request is to be answered with 422 and our Min-SE (9); only those who know
        the timer can do anything about that."""
        expires = SessionExpires.of(request)
        if expires is None or not has_option(request, "Supported", OPTION):
            return False
        return expires.seconds < self.least

    def agree(self, request: Request, response: Response) -> Agreement:
        """Answer a request with a 2xx that says what holds from now on (9 and table 2)."""
        expires = SessionExpires.of(request)
        least = max(self.least, min_se(request))
        wanted = self.seconds if expires is None else min(self.seconds, expires.seconds)
        knows = has_option(request, "Supported", OPTION)
        named = expires.refresher if expires is not None else ""
        agreed = SessionExpires(max(wanted, least), (named or "uas") if knows else "uas")
        response.headers.put("Session-Expires", str(agreed))
        if knows:
            add_option(response, "Require", OPTION)
        return Agreement(agreed.seconds, agreed.refresher == "uas")


def agreed_by(response: Response) -> Agreement | None:
    """What a 2xx to a request of ours says; None when the other end wants no timer (7.2)."""
    expires = SessionExpires.of(response)
    if expires is None:
        return None
    return Agreement(max(expires.seconds, FLOOR), expires.refresher != "uas")


def refuse_as_too_brief(request: Request, policy: TimerPolicy, to_tag: str) -> Response:
    """The 422 of a request whose interval is too small (5, 9)."""
    response = request.respond(422, "Session Interval Too Small", to_tag=to_tag)
    response.headers.put("Min-SE", str(policy.least))
    return response


def min_se(message: Request | Response) -> int:
    """The shortest interval that those on the way put up with (5)."""
    text = message.headers.get("Min-SE")
    return FLOOR if text is None else max(FLOOR, _seconds(text.split(";")[0].strip(), "Min-SE"))


class State(Enum):
    """Whether there is anything to watch."""

    OFF = "off"
    RUNNING = "running"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Agreed:
    """A 2xx to INVITE or UPDATE passed, in either direction; None: without a timer."""

    agreement: Agreement | None


@dataclass(frozen=True, slots=True)
class Refresh:
    """Send an UPDATE, or a re-INVITE if the other end does not know that."""


@dataclass(frozen=True, slots=True)
class Expire:
    """The session is over: send BYE."""


_Effect = Refresh | Expire


class SessionTimer(Machine):
    """Refreshes at half of the interval, and ends what was not refreshed shortly before its end:
    32 seconds, or a third of the interval if that is less (10)."""

    state: State

    def __init__(self) -> None:
        self.state = State.OFF
        self._refresh_at: Micros | None = None
        self._end_at: Micros | None = None

    @on(Agreed, State.OFF, State.RUNNING, to=(State.OFF, State.RUNNING))
    def _agreed(self, event: Agreed, now: Micros) -> tuple[State, list[_Effect]]:
        agreement = event.agreement
        if agreement is None:
            self.deadline = self._refresh_at = self._end_at = None
            return State.OFF, []
        whole = agreement.seconds * SECOND
        self._end_at = Micros(now + whole - min(32 * SECOND, whole // 3))
        self._refresh_at = Micros(now + whole // 2) if agreement.we_refresh else None
        self.deadline = self._refresh_at or self._end_at
        return State.RUNNING, []

    @on(Tick, State.RUNNING, to=(State.RUNNING, State.EXPIRED))
    def _due(self, _: Tick, now: Micros) -> tuple[State, list[_Effect]]:
        if self._end_at is not None and now >= self._end_at:
            self.deadline = None
            return State.EXPIRED, [Expire()]
        if self._refresh_at is None or now < self._refresh_at:
            return State.RUNNING, []
        self._refresh_at, self.deadline = None, self._end_at
        return State.RUNNING, [Refresh()]

    @on(Tick, State.OFF, State.EXPIRED)
    @on(Agreed, State.EXPIRED)
    def _nothing(self, _: Tick | Agreed, now: Micros) -> list[_Effect]:
        return []


_ENDS = ("uac", "uas")


def _seconds(text: str, header: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise BadMessage(400, f"Malformed {header}")
    return int(text)
