"""Which messages carry an offer, which its answer, and how an offer is refused (RFC 6337 2.1, 2.2).

The six patterns are a table, as they are in the RFC; pattern 3 is the first with a reliable 1xx.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Carrier(Enum):
    """A message that may have a session description in its body."""

    INVITE = auto()
    INVITE_1XX_RELIABLE = auto()
    INVITE_2XX = auto()
    ACK = auto()
    PRACK = auto()
    PRACK_2XX = auto()
    UPDATE = auto()
    UPDATE_2XX = auto()


class Refusal(Enum):
    """How an offer that is not wanted is turned down."""

    #: 488 to the request that had it.
    STATUS_488 = auto()
    #: Answer with every m-line refused, then offer anew, or end the dialog.
    ANSWER_NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Pattern:
    """One row of RFC 6337 table 1 with its row of table 2."""

    number: int
    offer: Carrier
    answer: Carrier
    refusal: Refusal


PATTERNS = (
    Pattern(1, Carrier.INVITE, Carrier.INVITE_2XX, Refusal.STATUS_488),
    Pattern(2, Carrier.INVITE_2XX, Carrier.ACK, Refusal.ANSWER_NOTHING),
    Pattern(3, Carrier.INVITE, Carrier.INVITE_1XX_RELIABLE, Refusal.STATUS_488),
    Pattern(4, Carrier.INVITE_1XX_RELIABLE, Carrier.PRACK, Refusal.ANSWER_NOTHING),
    Pattern(5, Carrier.PRACK, Carrier.PRACK_2XX, Refusal.ANSWER_NOTHING),
    Pattern(6, Carrier.UPDATE, Carrier.UPDATE_2XX, Refusal.STATUS_488),
)


def answers(offer: Carrier) -> frozenset[Carrier]:
    """The messages that may answer an offer that this one carries; none when it carries none."""
    return frozenset(pattern.answer for pattern in PATTERNS if pattern.offer is offer)


def refusal(offer: Carrier) -> Refusal:
    """How an offer in this message is refused; raises KeyError when it carries no offers."""
    return {pattern.offer: pattern.refusal for pattern in PATTERNS}[offer]
