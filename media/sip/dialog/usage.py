"""What happens in a call and what is to be done about it: the words of both its ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Party(Enum):
    """Who ended a call."""

    US = "us"
    THEM = "them"
    #: Nobody said anything in time.
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class HungUp:
    """Our user has had enough, at whatever point."""


@dataclass(frozen=True, slots=True)
class ByeCame:
    """The other end hangs up, in the dialog with this tag of theirs."""

    fork: str = ""


@dataclass(frozen=True, slots=True)
class ByeDone:
    """Our BYE is answered, by whatever, or has timed out: that dialog is no more (15.1.1)."""

    fork: str = ""


@dataclass(frozen=True, slots=True)
class DialogLost:
    """The other end no longer knows the dialog: 481 or 408 to a request within (12.2.1.2), or the
    session was not refreshed in time (RFC 4028 10)."""

    fork: str = ""
    status: int = 481


@dataclass(frozen=True, slots=True)
class Established:
    """The call is up, in the dialog with this tag of theirs."""

    fork: str = ""


@dataclass(frozen=True, slots=True)
class SendBye:
    """Hang up in this dialog, and answer its pending requests with 487 (15.1.1, 15.1.2)."""

    fork: str = ""


@dataclass(frozen=True, slots=True)
class AnswerBye:
    """Answer the BYE that came: 200, or 481 when there is nothing to end (15.1.2)."""

    status: int
    fork: str = ""


@dataclass(frozen=True, slots=True)
class Over:
    """The call has ended, as its user sees it; comes exactly once.

    `status` is the final response that says why: 200 for a call that was up, 487 for one that was
    taken back.
    """

    status: int
    by: Party
