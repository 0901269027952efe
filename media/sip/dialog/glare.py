"""Requests that would change a session while it is being changed: 491, 500 and the waits after them
(RFC 3261 14.1 and 14.2, RFC 3311 5.1 and 5.2)."""

from __future__ import annotations

from dataclasses import dataclass

from offhook.core.clock import SECOND
from offhook.core.errors import Conflict


class SessionBusy(Conflict):
    """The session is being changed; ask again when that is done."""

    code = "session_busy"


@dataclass(frozen=True, slots=True)
class Refusal:
    """How to answer a request that comes at the wrong time; `retry_after` in seconds, if any."""

    status: int
    retry_after: int | None = None


class Changes:
    """What is under way in one dialog: INVITEs, UPDATEs and offers, of ours and of theirs.

    The first INVITE counts as well. An offer is under way until its answer is, in whatever message
    either of them is; who knows descriptions says when (`offered`, `settled`).
    """

    def __init__(self) -> None:
        self._ours: set[str] = set()
        self._theirs: set[str] = set()
        self._offer_of: str | None = None

    def begin(self, method: str, *, offer: bool) -> None:
        """Send an INVITE or UPDATE; raises `SessionBusy` when it has to wait (14.1; 3311 5.1)."""
        if method in self._ours or (method == "INVITE" and "INVITE" in self._theirs):
            raise SessionBusy(f"another {method} is under way")
        if offer and self._offer_of is not None:
            raise SessionBusy("an offer is under way")
        self._ours.add(method)
        if offer:
            self._offer_of = "us"

    def take(self, method: str, *, offer: bool, drawn: int) -> Refusal | None:
        """An INVITE or UPDATE came; how to refuse it, or None when it is now under way.

        `drawn` is a random number of seconds from 0 to 10 for Retry-After.
        """
        refusal = self._refusal(method, offer, drawn)
        if refusal is None:
            self._theirs.add(method)
            self._offer_of = "them" if offer else self._offer_of
        return refusal

    def answered(self, method: str, *, ours: bool) -> None:
        """A request of ours, or of theirs, has its final response."""
        (self._ours if ours else self._theirs).discard(method)

    def offered(self, *, by_us: bool) -> None:
        """An offer went, or came, in something else: a response, or a PRACK."""
        self._offer_of = "us" if by_us else "them"

    def settled(self) -> None:
        """The offer is answered, or refused with its request."""
        self._offer_of = None

    def _refusal(self, method: str, offer: bool, drawn: int) -> Refusal | None:
        if method in self._theirs:
            return Refusal(500, drawn)
        if method == "INVITE" and "INVITE" in self._ours:
            return Refusal(491)
        if offer and self._offer_of == "us":
            return Refusal(491)
        if offer and self._offer_of == "them":
            return Refusal(500, drawn)
        return None


def back_off(drawn: float, *, owns_call_id: bool) -> int:
    """Microseconds to wait after 491 before asking again, in steps of ten milliseconds (14.1).

    Who made the Call-ID waits from 2.1 to 4 seconds, the other at most 2, so that they do not meet
    again; `drawn` is a random number from 0 up to, but not, 1.
    """
    first, last = (210, 400) if owns_call_id else (0, 200)
    return (first + int(drawn * (last - first + 1))) * (SECOND // 100)
