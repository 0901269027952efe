"""CANCEL on both sides: RFC 3261 section 9."""

from __future__ import annotations

import pytest

from media.sip.message import Request
from media.sip.transaction import NoTransaction
from offhook.core.errors import InvalidInput
from tests.media.sip.transaction.endpoint import (
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
CANCEL = request("CANCEL")


def test_a_cancel_waits_for_the_first_provisional_response() -> None:
    """RFC 3261 9.1."""
    ada = Endpoint()
    key = ada.asks(INVITE)
    assert ada.cancels(key) == []
    effects = ada.gets(INVITE.respond(100))
    assert (told(effects), sent(effects)) == (["100"], ["CANCEL"])


def test_a_ringing_invite_is_cancelled_at_once_and_only_once() -> None:
    """RFC 3261 9.1."""
    ada = Endpoint()
    key = ada.asks(INVITE)
    ada.gets(INVITE.respond(180, to_tag="b"))
    assert sent(ada.cancels(key)) == ["CANCEL"]
    assert ada.cancels(key) == []


def test_the_cancel_is_the_invite_but_for_its_method() -> None:
    """RFC 3261 9.1."""
    invite = request("INVITE", uri="sip:ben@192.0.2.9", cseq="7")
    invite.headers.add("Route", "<sip:first.example.com;lr>")
    invite.headers.add("Require", "100rel")
    invite.body = b"v=0"
    ada = Endpoint()
    key = ada.asks(invite)
    ada.gets(invite.respond(180, to_tag="b"))
    (cancel,) = messages(ada.cancels(key))
    assert isinstance(cancel, Request)
    assert (cancel.uri, str(cancel.cseq), cancel.body) == (invite.uri, "7 CANCEL", b"")
    for name in ("Via", "Route", "From", "To", "Call-ID"):
        assert cancel.headers.values(name) == invite.headers.values(name)
    assert "Require" not in cancel.headers


def test_a_cancel_has_a_transaction_of_its_own() -> None:
    """It is sent again until it is answered (RFC 3261 9.1)."""
    ada = Endpoint()
    key = ada.asks(INVITE)
    ada.gets(INVITE.respond(180, to_tag="b"))
    ada.cancels(key)
    ada.runs(2)
    assert sent_at(ada.done, "CANCEL") == [0, 0.5, 1.5]
    cancel, *_ = (m for _, e in ada.done for m in messages([e]) if m.cseq.method == "CANCEL")
    assert isinstance(cancel, Request)
    assert told(ada.gets(cancel.respond(200))) == ["200"]
    assert sent_at(ada.runs(10), "CANCEL") == []


def test_a_cancelled_invite_still_ends_with_its_final_response() -> None:
    """487, or whatever crossed the CANCEL (RFC 3261 9.1)."""
    ada = Endpoint()
    key = ada.asks(INVITE)
    ada.gets(INVITE.respond(180, to_tag="b"))
    ada.cancels(key)
    effects = ada.gets(INVITE.respond(487, to_tag="b"))
    assert (told(effects), sent(effects)) == (["487"], ["ACK"])


def test_a_2xx_that_crosses_the_cancel_reaches_the_user() -> None:
    """RFC 5407 3.1.2: the user sends ACK and BYE."""
    ada = Endpoint()
    key = ada.asks(INVITE)
    ada.gets(INVITE.respond(180, to_tag="b"))
    ada.cancels(key)
    assert told(ada.gets(INVITE.respond(200, to_tag="b"))) == ["200"]


def test_an_invite_that_ignores_its_cancel_ends_64_t1_later() -> None:
    """RFC 3261 9.1."""
    ada = Endpoint()
    key = ada.asks(INVITE)
    ada.gets(INVITE.respond(180, to_tag="b"))
    ada.runs(100)
    ada.cancels(key)
    done = ada.runs(60)
    assert "TimedOut" in told([effect for _, effect in done])
    assert ended_at(done) == [132, 132]


def test_cancelling_an_answered_invite_sends_nothing() -> None:
    """RFC 3261 9.1."""
    ada = Endpoint()
    key = ada.asks(INVITE)
    ada.gets(INVITE.respond(200, to_tag="b"))
    assert ada.cancels(key) == []
    ada.runs(40)
    with pytest.raises(NoTransaction):
        ada.cancels(key)


def test_only_an_invite_of_our_own_can_be_cancelled() -> None:
    """RFC 3261 9.1."""
    ada = Endpoint()
    with pytest.raises(InvalidInput):
        ada.cancels(ada.asks(request("OPTIONS", branch="z9hG4bK2")))
    key, _ = ada.served(INVITE)
    with pytest.raises(InvalidInput):
        ada.cancels(key)


def test_a_cancel_is_answered_here_and_the_user_of_the_invite_is_told() -> None:
    """RFC 3261 9.2."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    effects = ben.gets(CANCEL)
    assert (sent(effects), told(effects)) == (["200"], ["Canceled"])
    assert sent(ben.answers(asked, 487, key)) == ["487"]


def test_the_cancel_has_the_tag_that_the_invite_was_answered_with() -> None:
    """RFC 3261 9.2."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    ringing = asked.request.respond(180, to_tag="ours")
    ben.layer.respond(key, ringing, ben.now)
    (answer,) = messages(ben.gets(CANCEL))
    assert answer.to.tag == "ours"


def test_copies_of_a_cancel_are_answered_alike_and_tell_nobody_again() -> None:
    """Its own transaction takes them (RFC 3261 17.2.2)."""
    ben = Endpoint()
    ben.served(INVITE)
    ben.gets(CANCEL)
    again = ben.gets(CANCEL)
    assert (sent(again), told(again)) == (["200"], [])


@pytest.mark.parametrize("status", [200, 486])
def test_a_cancel_that_comes_too_late_changes_nothing(status: int) -> None:
    """RFC 3261 9.2."""
    ben = Endpoint()
    key, asked = ben.served(INVITE)
    ben.answers(asked, status, key)
    effects = ben.gets(CANCEL)
    assert (sent(effects), told(effects)) == (["200"], [])


def test_a_cancel_of_nothing_gets_481() -> None:
    """RFC 3261 9.2."""
    ben = Endpoint()
    effects = ben.gets(CANCEL)
    assert (sent(effects), told(effects)) == (["481"], [])


def test_a_cancel_of_another_method_is_answered_and_has_no_effect() -> None:
    """RFC 3261 9.2."""
    ben = Endpoint()
    ben.served(request("OPTIONS"))
    effects = ben.gets(CANCEL, UDP)
    assert (sent(effects), told(effects)) == (["200"], [])
