"""The six patterns of offer and answer, each played through by both sides (RFC 6337 2.1, 2.2)."""

from __future__ import annotations

import pytest

from media.sip.sdp import (
    PATTERNS,
    AnswerReceived,
    AnswerWanted,
    Carrier,
    NothingWanted,
    OfferDeclined,
    OfferReceived,
    OfferRefused,
    Pattern,
    Refusal,
    State,
)
from media.sip.sdp.patterns import answers, refusal
from tests.media.sip.sdp.calls import ALICE, BOB, NOW, answered, end, offered, stream

pytestmark = pytest.mark.unit

#: Who sends what: requests are the caller's, responses the other side's, in these transactions.
REQUESTS = {Carrier.INVITE, Carrier.ACK, Carrier.PRACK, Carrier.UPDATE}

patterns = pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: str(pattern.number))


@patterns
def test_an_offer_and_its_answer(pattern: Pattern) -> None:
    """Patterns 1 to 6: a delayed offer is pattern 2, of a reliable 1xx pattern 4 (RFC 6337 2.1)."""
    caller, callee = end(1), end(2)
    asks, says = (caller, callee) if pattern.offer in REQUESTS else (callee, caller)
    text = offered(asks, ALICE)
    assert pattern.answer in answers(pattern.offer)
    asks.handle(AnswerReceived(answered(says, text, BOB)), NOW)
    assert stream(asks).codec == stream(says).codec
    assert asks.state is says.state is State.AGREED


@patterns
def test_an_offer_that_is_refused(pattern: Pattern) -> None:
    """By a status where a status can be sent, else by an answer of nothing (RFC 6337 2.2)."""
    asks, says = end(1), end(2)
    says.handle(OfferReceived(offered(asks, ALICE)), NOW)
    if refusal(pattern.offer) is Refusal.STATUS_488:
        says.handle(OfferDeclined(), NOW)
        asks.handle(OfferRefused(), NOW)
        assert asks.state is says.state is State.NEW
        return
    said, _ = says.handle(NothingWanted(), NOW)
    asks.handle(AnswerReceived(said.description), NOW)
    assert asks.agreed is not None
    assert asks.agreed.stream is None
    asks.handle(AnswerReceived(said.description), NOW)
    assert answered(says, offered(asks, ALICE), BOB)


@patterns
def test_an_answer_goes_the_other_way(pattern: Pattern) -> None:
    assert (pattern.offer in REQUESTS) is not (pattern.answer in REQUESTS)
    assert not answers(pattern.answer) or pattern.answer in {
        Carrier.INVITE_2XX,
        Carrier.INVITE_1XX_RELIABLE,
        Carrier.PRACK,
    }


def test_the_table_is_the_rfcs() -> None:
    """(RFC 6337 2.1)."""
    assert [pattern.number for pattern in PATTERNS] == [1, 2, 3, 4, 5, 6]
    assert answers(Carrier.INVITE) == {Carrier.INVITE_2XX, Carrier.INVITE_1XX_RELIABLE}
    assert answers(Carrier.ACK) == frozenset()
    with pytest.raises(KeyError):
        refusal(Carrier.ACK)


def test_offers_may_follow_each_other_in_one_invite() -> None:
    """INVITE and 183, then PRACK and its 200, then UPDATE from the callee (RFC 3311 5.1)."""
    caller, callee = end(1), end(2)
    for asks, says in ((caller, callee), (caller, callee), (callee, caller)):
        text = offered(asks, ALICE)
        says.handle(OfferReceived(text), NOW)
        said, _ = says.handle(AnswerWanted(BOB), NOW)
        asks.handle(AnswerReceived(said.description), NOW)
    assert caller.state is callee.state is State.AGREED
