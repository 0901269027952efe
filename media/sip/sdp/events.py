"""What happens to an offer/answer exchange, and what it wants done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from media.sip.sdp.description import Description
from media.sip.sdp.stream import Stream
from media.sip.sdp.terms import Terms


@dataclass(frozen=True, slots=True)
class OfferWanted:
    """We want to offer: the first time, to hold, to resume, to change a codec or an address."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class OfferRefused:
    """The other side refused our offer (488, 491, …) or never answered; all is as before it."""


@dataclass(frozen=True, slots=True)
class OfferReceived:
    """The other side offers."""

    description: Description


@dataclass(frozen=True, slots=True)
class AnswerWanted:
    """We want to answer the open offer; refused as `NotAcceptable` when nothing of it fits."""

    terms: Terms


@dataclass(frozen=True, slots=True)
class NothingWanted:
    """We take nothing of an offer that cannot be refused: it came in a 2xx, a reliable 1xx or a
    PRACK (RFC 6337 2.2)."""


@dataclass(frozen=True, slots=True)
class OfferDeclined:
    """We refused their offer with a status; all is as before it (RFC 3261 14.2)."""


@dataclass(frozen=True, slots=True)
class AnswerReceived:
    """The other side answers our offer, or repeats its answer."""

    description: Description


@dataclass(frozen=True, slots=True)
class PreviewReceived:
    """An unreliable 18x shows what the answer is going to be (RFC 3261 13.2.1)."""

    description: Description


@dataclass(frozen=True, slots=True)
class PreviewConfirmed:
    """The final response came without a description: what was shown before was the answer."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """An offer and its answer; `stream` is None when no audio flows."""

    local: Description
    remote: Description
    stream: Stream | None


@dataclass(frozen=True, slots=True)
class SendOffer:
    """Send this as an offer."""

    description: Description


@dataclass(frozen=True, slots=True)
class SendAnswer:
    """Send this as the answer."""

    description: Description


@dataclass(frozen=True, slots=True)
class UseMedia:
    """Send and receive so from now on; `early` when it is not agreed yet, only shown."""

    agreement: Agreement
    early: bool = False


Effects: TypeAlias = list[SendOffer | SendAnswer | UseMedia]
