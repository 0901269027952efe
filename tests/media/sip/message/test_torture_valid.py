"""The valid messages of RFC 4475 3.1.1, and what is read of each."""

from __future__ import annotations

import pytest

from media.sip.message import CSeq, NameAddr, SipUri, parse
from media.sip.message.admission import refusal_of
from tests.media.sip.message.torture import PHONE, data, response, taken

pytestmark = pytest.mark.unit


def test_wsinv_folds_and_blanks_wherever_they_may_be() -> None:
    """A short tortuous INVITE (RFC 4475 3.1.1.1)."""
    invite = taken("wsinv")
    assert invite.to == NameAddr("", "sip:vivekg@chair-dnrc.example.com", {"tag": "1918181833n"})
    assert invite.from_ == NameAddr(
        'J Rosenberg \\"', "sip:jdrosen@example.com", {"tag": "98asjd8"}
    )
    assert (invite.max_forwards, invite.cseq) == (68, CSeq(9, "INVITE"))
    assert [(via.transport, via.host, via.branch) for via in invite.vias] == [
        ("UDP", "192.0.2.2", "390skdjuw"),
        ("TCP", "spindle.example.com", "z9hG4bK9ikj8"),
        ("UDP", "192.168.255.111", "z9hG4bK30239"),
    ]
    assert invite.headers.get("Subject") == ""
    assert invite.headers.get("NewFangledHeader") == "newfangled value continued newfangled value"
    assert invite.headers.get("UnknownHeaderWithUnusualValue") == ";;,,;;,;"
    (contact,) = invite.contacts
    assert contact.display == 'Quoted string ""'
    assert contact.params == {"newparam": "newvalue", "secondparam": None, "q": "0.33"}
    assert len(invite.body) == 150


def test_intmeth_every_character_that_may_be() -> None:
    """A wide range of valid characters (RFC 4475 3.1.1.2)."""
    request = taken("intmeth")
    assert request.method == "!interesting-Method0123456789_*+`.%indeed'~"
    uri = SipUri.parse(request.uri)
    assert uri.user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
    assert uri.password == "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"
    assert request.via.branch == "z9hG4bK-.!%66*_+`'~"
    assert request.to.display == "BEL:\x07 NUL:\x00 DEL:\x7f"
    assert request.from_.display == "token1~` token2'+_ token3*%!.-"
    assert request.from_.params["fromparam''~+*_!.-%"] == '"работающий"'
    assert request.headers.get("extensionHeader-!.%*+_`'~") == "\ufeff大停電"
    answer = refusal_of(request, PHONE)
    assert answer is not None
    assert parse(answer.encode()).to.display == request.to.display


def test_esc01_escapes_are_understood_where_they_are_escapes() -> None:
    """Valid use of the % escaping mechanism (RFC 4475 3.1.1.3)."""
    invite = taken("esc01")
    assert SipUri.parse(invite.uri).decoded_user == "sips:user@example.com"
    assert invite.to.sip == SipUri.parse("sip:user@example.com")
    assert invite.from_.sip.decoded_user == "I have spaces"
    contact = invite.contacts[0].sip
    assert contact == SipUri.parse("sip:caller@host5.example.net;lr;name=value%25%34%31")
    assert contact.params["n%61me"] == "v%61lue%25%34%31"


def test_escnull_an_escaped_null_ends_nothing() -> None:
    """Escaped nulls in URIs (RFC 4475 3.1.1.4)."""
    register = taken("escnull")
    assert register.to.sip.decoded_user == "null-\0-null"
    assert [contact.sip.decoded_user for contact in register.contacts] == ["\0", "\0\0"]
    assert register.contacts[0].sip != register.contacts[1].sip


def test_esc02_a_percent_is_no_escape_outside_a_uri() -> None:
    """Use of % when it is not an escape (RFC 4475 3.1.1.5)."""
    request = taken("esc02")
    assert request.method == request.cseq.method == "RE%47IST%45R"
    assert request.to.display == "%Z%45"
    assert [contact.uri[4:10] for contact in request.contacts] == ["alias1", "alias3"]
    assert request.headers.get("C%6Fntact") == "<sip:alias2@host2.example.com>"


def test_lwsdisp_nothing_between_the_name_and_the_bracket() -> None:
    """A message with no LWS between display name and < (RFC 4475 3.1.1.6)."""
    assert taken("lwsdisp").from_ == NameAddr("caller", "sip:caller@example.com", {"tag": "323"})


def test_longreq_long_values() -> None:
    """Long values in header fields (RFC 4475 3.1.1.7)."""
    invite = taken("longreq")
    assert len(invite.vias) == 34
    assert invite.vias[-1].received == "192.0.2.5"
    assert len(invite.to.display) == 103
    assert invite.to.sip.port == 6000
    assert len(invite.from_.tag) > 100
    assert len(invite.body) == 150


def test_dblreq_what_follows_the_message_is_not_of_it() -> None:
    """Extra trailing octets in a UDP datagram (RFC 4475 3.1.1.8)."""
    register = taken("dblreq")
    assert (register.method, register.body) == ("REGISTER", b"")
    assert register.call_id == "dblreq.0ha0isndaksdj99sdfafnl3lk233412"
    assert b"INVITE" not in register.encode()


def test_semiuri_semicolons_in_the_user_are_of_the_user() -> None:
    """Semicolon-separated parameters in the user part (RFC 4475 3.1.1.9)."""
    request = taken("semiuri")
    uri = SipUri.parse(request.uri)
    assert (uri.decoded_user, uri.host, uri.params) == ("user;par=u@example.net", "example.com", {})
    assert len(request.headers.values("Accept")) == 6


def test_transports_of_all_kinds() -> None:
    """Varied and unknown transport types (RFC 4475 3.1.1.10)."""
    vias = taken("transports").vias
    assert [via.transport for via in vias] == ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]


def test_mpart01_a_binary_body_in_parts() -> None:
    """Multipart MIME message (RFC 4475 3.1.1.11)."""
    message = taken("mpart01")
    assert len(message.body) == 553
    assert message.encode() == data("mpart01")


def test_unreason_a_reason_in_another_alphabet() -> None:
    """Unusual reason phrase (RFC 4475 3.1.1.12)."""
    ok = response("unreason")
    assert ok.status == 200
    assert ok.reason == "= 2**3 * 5**2 но сто девяносто девять - простое"


def test_noreason_no_reason_at_all() -> None:
    """Empty reason phrase (RFC 4475 3.1.1.13)."""
    trying = response("noreason")
    assert (trying.status, trying.reason) == (100, "")
