"""The client transaction of INVITE: RFC 3261 17.1.1 with RFC 6026, every timer by virtual time."""

from __future__ import annotations

import pytest

from media.sip.message import Request
from media.sip.transaction import Hop
from tests.media.sip.transaction.endpoint import (
    TCP,
    UDP,
    Endpoint,
    ended_at,
    messages,
    request,
    sent,
    sent_at,
    told,
)

pytestmark = pytest.mark.unit

INVITE = request("INVITE")


def test_an_invite_is_sent_again_after_twice_the_time_each_time() -> None:
    """Timer A (RFC 3261 17.1.1.2)."""
    ada = Endpoint()
    ada.asks(INVITE)
    ada.runs(31.9)
    assert sent_at(ada.done, "INVITE") == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]


def test_an_invite_that_nobody_answers_ends_after_64_t1() -> None:
    """Timer B (RFC 3261 17.1.1.2)."""
    ada = Endpoint()
    ada.asks(INVITE)
    done = ada.runs(60)
    assert told([effect for _, effect in done]) == ["TimedOut"]
    assert ended_at(done) == [32]


def test_over_a_reliable_transport_an_invite_is_sent_once_and_still_times_out() -> None:
    """Timer A is not started (RFC 3261 17.1.1.2)."""
    ada = Endpoint()
    ada.asks(INVITE, TCP)
    ada.runs(60)
    assert sent_at(ada.done, "INVITE") == [0]
    assert ended_at(ada.done) == [32]


def test_a_provisional_response_ends_the_copies_and_the_wait() -> None:
    """Proceeding has neither Timer A nor Timer B (RFC 3261 17.1.1.2)."""
    ada = Endpoint()
    ada.asks(INVITE)
    assert told(ada.gets(INVITE.respond(100))) == ["100"]
    assert told(ada.gets(INVITE.respond(180, to_tag="b"))) == ["180"]
    assert ada.runs(3600) == []


@pytest.mark.parametrize("ringing", [False, True])
def test_a_refusal_is_told_once_and_acknowledged_each_time(ringing: bool) -> None:
    """Completed (RFC 3261 17.1.1.2)."""
    ada = Endpoint()
    ada.asks(INVITE)
    if ringing:
        ada.gets(INVITE.respond(180, to_tag="b"))
    busy = INVITE.respond(486, to_tag="b")
    first, again = ada.gets(busy), ada.gets(busy)
    assert (sent(first), told(first)) == (["ACK"], ["486"])
    assert (sent(again), told(again)) == (["ACK"], [])


def test_copies_of_a_refusal_are_taken_for_32_seconds_over_datagrams() -> None:
    """Timer D (RFC 3261 17.1.1.2)."""
    ada = Endpoint()
    ada.asks(INVITE)
    ada.gets(INVITE.respond(486, to_tag="b"))
    ada.runs(60)
    assert ended_at(ada.done) == [32]
    assert len(ada.layer) == 0


def test_over_a_reliable_transport_a_refusal_ends_the_transaction_at_once() -> None:
    """Timer D is zero (RFC 3261 17.1.1.2)."""
    ada = Endpoint()
    ada.asks(INVITE, TCP)
    effects = ada.gets(INVITE.respond(486, to_tag="b"), TCP)
    assert (sent(effects), told(effects)) == (["ACK"], ["486"])
    assert len(ada.layer) == 0


def test_the_ack_of_a_refusal_is_of_the_same_transaction_and_takes_the_same_way() -> None:
    """RFC 3261 17.1.1.3."""
    invite = request("INVITE", uri="sip:ben@192.0.2.9")
    invite.headers.add("Route", "<sip:first.example.com;lr>")
    invite.headers.add("Route", "<sip:second.example.com;lr>")
    invite.headers.add("Via", "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKolder")
    ada = Endpoint()
    ada.asks(invite)
    (ack,) = messages(ada.gets(invite.respond(404, to_tag="b")))
    assert isinstance(ack, Request)
    assert (ack.method, ack.uri, str(ack.cseq)) == ("ACK", invite.uri, "1 ACK")
    assert ack.headers.values("Via") == invite.headers.values("Via")[:1]
    assert ack.headers.all("Route") == invite.headers.all("Route")
    assert (ack.to.tag, ack.from_, ack.call_id) == ("b", invite.from_, invite.call_id)
    assert ack.body == b""


def test_every_2xx_reaches_the_user_and_none_is_acknowledged_here() -> None:
    """Accepted (RFC 6026 7.2)."""
    ada = Endpoint()
    ada.asks(INVITE)
    for tag in ("b", "b", "c"):
        effects = ada.gets(INVITE.respond(200, to_tag=tag))
        assert (sent(effects), told(effects)) == ([], ["200"])


@pytest.mark.parametrize("hop", [UDP, TCP], ids=["datagrams", "stream"])
def test_an_accepted_invite_lingers_for_64_t1_over_any_transport(hop: Hop) -> None:
    """Timer M (RFC 6026 8.4)."""
    ada = Endpoint()
    ada.asks(INVITE, hop)
    ada.runs(2)
    ada.gets(INVITE.respond(200, to_tag="b"))
    ada.runs(60)
    assert ended_at(ada.done) == [34]


def test_after_a_2xx_nothing_else_is_of_interest() -> None:
    """Accepted takes only 2xx (RFC 6026 8.4)."""
    ada = Endpoint()
    ada.asks(INVITE)
    ada.gets(INVITE.respond(200, to_tag="b"))
    assert ada.gets(INVITE.respond(180, to_tag="c")) == []
    assert ada.gets(INVITE.respond(486, to_tag="c")) == []


def test_a_2xx_after_a_refusal_still_reaches_the_user() -> None:
    """A proxy forwards each 2xx, even after its final response (RFC 3261 16.7)."""
    ada = Endpoint()
    ada.asks(INVITE)
    ada.gets(INVITE.respond(486, to_tag="b"))
    assert told(ada.gets(INVITE.respond(200, to_tag="c"))) == ["200"]


def test_a_2xx_that_comes_when_all_is_over_reaches_the_user_without_a_transaction() -> None:
    """RFC 3261 13.2.2.4: it still needs its ACK."""
    ada = Endpoint()
    ada.asks(INVITE)
    ada.runs(40)
    assert told(ada.gets(INVITE.respond(200, to_tag="b"))) == ["200"]
    assert told(ada.gets(INVITE.respond(180, to_tag="b"))) == []


@pytest.mark.parametrize("status", [180, 200, 486])
def test_a_transaction_that_cannot_send_tells_and_ends(status: int) -> None:
    """Transport errors (RFC 3261 17.1.4); a late one changes nothing once somebody was heard."""
    ada = Endpoint()
    key = ada.asks(INVITE)
    assert told(ada.fails(key)) == ["SendFailed"]
    assert len(ada.layer) == 0
    heard = ada.asks(INVITE)
    ada.gets(INVITE.respond(status, to_tag="b"))
    assert told(ada.fails(heard)) == (["SendFailed"] if status == 486 else [])
