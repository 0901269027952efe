"""Requests and responses: what is read of them, answers, and how they are written."""

from __future__ import annotations

import pytest

from media.sip.message import BadMessage, CSeq, Headers, NameAddr, Request, Response, parse
from tests.media.sip.message.samples import BODY, INVITE, RINGING, changed, request, response

pytestmark = pytest.mark.unit


def test_a_request_is_read() -> None:
    """RFC 3261 7.1."""
    invite = request()
    assert (invite.method, invite.uri, invite.body) == (
        "INVITE",
        "sip:bob@biloxi.example.com",
        BODY,
    )
    assert (invite.via.transport, invite.via.host, invite.via.port) == (
        "UDP",
        "pc33.atlanta.example.com",
        5066,
    )
    assert invite.via.branch == "z9hG4bK776asdhds"
    assert invite.from_ == NameAddr("Alice", "sip:alice@atlanta.example.com", {"tag": "1928301774"})
    assert (invite.to.display, invite.to.tag) == ("Bob", "")
    assert invite.cseq == CSeq(314159, "INVITE")
    assert invite.call_id == "a84b4c76e66710@pc33.atlanta.example.com"
    assert [contact.uri for contact in invite.contacts] == ["sip:alice@pc33.atlanta.example.com"]


def test_a_response_is_read() -> None:
    """RFC 3261 7.2."""
    ringing = response()
    assert (ringing.status, ringing.reason, ringing.to.tag) == (180, "Ringing", "2")
    assert (ringing.via.received, ringing.via.rport) == ("192.0.2.9", 5099)


@pytest.mark.parametrize("data", [INVITE, RINGING], ids=["request", "response"])
def test_what_is_not_touched_goes_out_as_it_came(data: bytes) -> None:
    assert parse(data).encode() == data


def test_only_what_is_touched_changes() -> None:
    data = changed("Max-Forwards: 70", "MAX-forwards  :\t70 ")
    message = parse(changed("User-Agent: Softphone/1.0", "User-Agent: A\r\n  B", data))
    message.headers.put("Subject", "lunch")
    head = message.encode().partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert b"MAX-forwards  :\t70 " in head
    assert head[-1] == b"Subject: lunch"
    assert b"  B" in head


def test_a_changed_body_has_its_length_said() -> None:
    """RFC 3261 20.14."""
    invite = request()
    invite.body = b"12345"
    assert request(invite.encode()).body == b"12345"


def test_a_message_made_here_says_its_length() -> None:
    made = Request("OPTIONS", "sip:a@b", Headers([("Via", "SIP/2.0/UDP h;branch=z9hG4bK1")]))
    via = b"Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
    assert made.encode() == b"OPTIONS sip:a@b SIP/2.0\r\n" + via + b"Content-Length: 0\r\n\r\n"


def test_a_value_is_read_anew_after_its_header_changed() -> None:
    invite = request()
    assert invite.cseq.number == 314159
    invite.headers.put("CSeq", "314160 BYE")
    assert invite.cseq == CSeq(314160, "BYE")


def test_a_response_copies_what_it_must() -> None:
    """RFC 3261 8.2.6.2."""
    answer = request().respond(486, to_tag="abc")
    assert (answer.status, answer.reason, answer.to.tag) == (486, "Busy Here", "abc")
    assert [name for name, _ in answer.headers] == ["Via", "To", "From", "Call-ID", "CSeq"]


def test_a_response_copies_every_via_in_order() -> None:
    """RFC 3261 8.2.6.2."""
    data = changed("Max-Forwards", "v: SIP/2.0/TCP second;branch=z9hG4bK2\r\nMax-Forwards")
    hosts = [via.host for via in request(data).respond(200).vias]
    assert hosts == ["pc33.atlanta.example.com", "second"]


def test_a_tag_that_is_there_stays() -> None:
    """RFC 3261 8.2.6.2."""
    data = changed("<sip:bob@biloxi.example.com>", "<sip:bob@biloxi.example.com>;tag=old")
    assert request(data).respond(200, to_tag="new").to.tag == "old"


def test_a_100_copies_the_timestamp_and_has_no_tag() -> None:
    """RFC 3261 8.2.6.1."""
    timed = request(changed("Max-Forwards", "Timestamp: 54\r\nMax-Forwards"))
    assert timed.respond(100, to_tag="t").headers.get("Timestamp") == "54"
    assert timed.respond(100, to_tag="t").to.tag == ""
    assert "Timestamp" not in timed.respond(180).headers


def test_a_response_does_not_change_its_request() -> None:
    invite = request()
    invite.respond(200, to_tag="x").headers.put("Via", "SIP/2.0/UDP other")
    assert invite.encode() == INVITE


def test_a_response_of_a_code_nobody_knows_has_the_phrase_of_its_class() -> None:
    assert request().respond(499).reason == "Bad Request"
    assert request().respond(499, "Mine").reason == "Mine"


def test_a_missing_value_is_an_error_that_says_which() -> None:
    with pytest.raises(BadMessage, match="400 Missing To"):
        _ = Response(200, "OK", Headers()).to


def test_a_start_line_cannot_smuggle_a_header() -> None:
    with pytest.raises(ValueError, match="start line"):
        Response(200, "OK\r\nX: y", Headers()).encode()
