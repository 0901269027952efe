"""Who may offer and who must answer, in one dialog, and what was agreed (RFC 3264, RFC 6337).

The machine knows nothing of messages: whoever carries descriptions in INVITE, 18x, 2xx, ACK, PRACK
and UPDATE tells it what came and sends what it says; `patterns` has the rules of the carriers. An
offer that comes while one of ours is open is glare: it is unexpected here, and the dialog answers
491; one that comes before theirs was answered gets 500 with Retry-After (RFC 3261 14.2).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto

from media.sip.sdp.description import Description, Media
from media.sip.sdp.errors import NotAcceptable, Warned
from media.sip.sdp.events import (
    Agreement,
    AnswerReceived,
    AnswerWanted,
    Effects,
    NothingWanted,
    OfferDeclined,
    OfferReceived,
    OfferRefused,
    OfferWanted,
    PreviewConfirmed,
    PreviewReceived,
    SendAnswer,
    SendOffer,
    UseMedia,
)
from media.sip.sdp.fitting import check_answer, chosen
from media.sip.sdp.stream import stream_of
from media.sip.sdp.terms import Srtp, Terms
from media.sip.sdp.values import Connection, Origin
from media.sip.sdp.writing import Memory, answered, offered
from offhook.core.clock import Micros
from offhook.core.machine import Machine, on


class State(Enum):
    """Whose turn it is."""

    NEW = auto()
    OFFERED = auto()
    ASKED = auto()
    AGREED = auto()


class OfferAnswer(Machine):
    """The offers and answers of one dialog.

    `session_id` is a number of our own for the o= line; `random_bytes` gives the keys of SRTP.
    """

    def __init__(self, session_id: int, random_bytes: Callable[[int], bytes]) -> None:
        self.state: State = State.NEW
        self.agreed: Agreement | None = None
        self._session_id = session_id
        self._random_bytes = random_bytes
        self._memory: dict[int, Memory] = {}
        self._sent: Description | None = None
        self._terms: Terms | None = None
        self._asked: Description | None = None
        self._shown: Agreement | None = None

    def fork(self) -> OfferAnswer:
        """The same for another early dialog, which answers our offer on its own (RFC 6337 3.1)."""
        twin = OfferAnswer(self._session_id, self._random_bytes)
        twin.__dict__.update(self.__dict__)
        twin._memory = {index: memory.copy() for index, memory in self._memory.items()}
        return twin

    @property
    def local(self) -> Description | None:
        """What we sent last: a 2xx after a 18x repeats it (RFC 3261 13.3.1.4)."""
        return self._sent

    @on(OfferWanted, State.NEW, State.AGREED, to=State.OFFERED)
    def _offer(self, event: OfferWanted, now: Micros) -> Effects:
        media = self._offered(event.terms)
        self._terms = event.terms
        self._shown = None
        return [SendOffer(self._publish(media, event.terms.address))]

    @on(OfferRefused, State.OFFERED, to=(State.NEW, State.AGREED))
    def _refused(self, event: OfferRefused, now: Micros) -> tuple[State, Effects]:
        return self._as_before()

    @on(AnswerReceived, State.OFFERED, to=State.AGREED)
    def _answer_came(self, event: AnswerReceived, now: Micros) -> Effects:
        self.agreed = self._agreement(event.description)
        return [UseMedia(self.agreed)]

    @on(AnswerReceived, State.AGREED, State.ASKED)
    def _answer_repeated(self, event: AnswerReceived, now: Micros) -> Effects:
        """After the answer, later descriptions of the same transaction count for nothing."""
        return []

    @on(PreviewReceived, State.OFFERED)
    def _preview(self, event: PreviewReceived, now: Micros) -> Effects:
        self._shown = self._agreement(event.description)
        return [UseMedia(self._shown, early=True)]

    @on(PreviewConfirmed, State.OFFERED, to=(State.OFFERED, State.AGREED))
    def _confirmed(self, event: PreviewConfirmed, now: Micros) -> tuple[State, Effects]:
        """Without a preview there is still no answer; the dialog has to end."""
        if self._shown is None:
            return State.OFFERED, []
        self.agreed = self._shown
        return State.AGREED, [UseMedia(self.agreed)]

    @on(OfferReceived, State.NEW, State.AGREED, to=State.ASKED)
    def _asked_by_them(self, event: OfferReceived, now: Micros) -> Effects:
        self._check_lines(event.description)
        self._asked = event.description
        return []

    @on(AnswerWanted, State.ASKED, to=State.AGREED)
    def _answer(self, event: AnswerWanted, now: Micros) -> Effects:
        offer = self._open_offer()
        stream = self.agreed.stream if self.agreed else None
        index, found = chosen(offer, event.terms, stream.index if stream else None)
        media = [line.reject() for line in offer.media]
        if found is not None:
            memory = self._memory.setdefault(index, Memory())
            line = offer.media[index]
            media[index] = answered(offer, line, found, event.terms, memory, self._random_bytes)
        return self._answer_with(offer, media, event.terms, index if found else None)

    @on(NothingWanted, State.ASKED, to=State.AGREED)
    def _answer_nothing(self, event: NothingWanted, now: Micros) -> Effects:
        offer = self._open_offer()
        return self._answer_with(offer, [line.reject() for line in offer.media], None, None)

    @on(OfferDeclined, State.ASKED, to=(State.NEW, State.AGREED))
    def _declined(self, event: OfferDeclined, now: Micros) -> tuple[State, Effects]:
        return self._as_before()

    def _as_before(self) -> tuple[State, Effects]:
        return (State.NEW if self.agreed is None else State.AGREED), []

    def _answer_with(
        self, offer: Description, media: list[Media], terms: Terms | None, index: int | None
    ) -> Effects:
        """Publish and agree; whatever may be refused is refused before anything is changed."""
        address = terms.address if terms else "0.0.0.0"  # noqa: S104 (no address at all)
        draft = self._draft(tuple(media), address)
        ptimes = terms.ptimes if terms else (20,)
        stream = None
        if index is not None:
            stream = stream_of(index, draft, offer, answering=True, ptimes=ptimes)
        self._sent = draft
        self.agreed = Agreement(draft, offer, stream)
        return [SendAnswer(draft), UseMedia(self.agreed)]

    def _open_offer(self) -> Description:
        if self._asked is None:
            raise LookupError("ASKED without an offer")
        return self._asked

    def _agreement(self, answer: Description) -> Agreement:
        """What our open offer and this answer come to."""
        offer, terms = self._sent, self._terms
        if offer is None or terms is None:
            raise LookupError("OFFERED without an offer")
        check_answer(offer, answer, keyed=terms.srtp is Srtp.REQUIRED)
        both = zip(offer.media, answer.media, strict=True)
        live = [n for n, (a, b) in enumerate(both) if not a.rejected and not b.rejected]
        stream = None
        if live:
            stream = stream_of(live[0], offer, answer, answering=False, ptimes=terms.ptimes)
        return Agreement(offer, answer, stream)

    def _check_lines(self, offer: Description) -> None:
        """An m-line that was taken into use never vanishes (RFC 3264 8); phones that leave out
        one that was refused anyway are let be."""
        before = self.agreed
        both = zip(before.local.media, before.remote.media, strict=True) if before else ()
        used = [not ours.rejected and not theirs.rejected for ours, theirs in both]
        if any(used[len(offer.media) :]):
            raise NotAcceptable("The new offer leaves out an m-line.", Warned.OTHER)

    def _offered(self, terms: Terms) -> list[Media]:
        """The m-lines of our offer: those there are keep their places (RFC 3264 8)."""
        before = list(self.agreed.local.media) if self.agreed else []
        index = self._place(before)
        stream = self.agreed.stream if self.agreed else None
        protocol = before[index].protocol if stream and stream.keys else None
        memory = self._memory.setdefault(index, Memory())
        media = [line.reject() for line in before]
        media[index : index + 1] = [offered(terms, memory, self._random_bytes, protocol)]
        return media

    def _place(self, media: list[Media]) -> int:
        """Where our audio stands: where it was, in the place of refused audio, or at the end."""
        if self.agreed and self.agreed.stream:
            return self.agreed.stream.index
        return next((n for n, line in enumerate(media) if line.kind == "audio"), len(media))

    def _publish(self, media: list[Media], address: str) -> Description:
        self._sent = self._draft(tuple(media), address)
        return self._sent

    def _draft(self, media: tuple[Media, ...], address: str) -> Description:
        """Our description; its version grows by one when anything else changes (RFC 3264 8)."""
        connection = Connection.of(address)
        if self._sent is None:
            origin = Origin(self._session_id, 1, connection)
            return Description(origin, media, connection)
        same = Description(self._sent.origin, media, connection)
        if same == self._sent:
            return same
        origin = replace(same.origin, version=same.origin.version + 1)
        return replace(same, origin=origin)
