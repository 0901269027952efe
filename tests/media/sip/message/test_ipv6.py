"""IPv6 addresses wherever an address may be: the cases of RFC 5118, with messages of our own."""

from __future__ import annotations

import pytest

from media.sip.message import BadMessage, NameAddr, SipUri, Via, parse
from tests.media.sip.message.samples import changed, request

pytestmark = pytest.mark.unit

_URI = "sip:bob@biloxi.example.com SIP"
_SENT_BY = "pc33.atlanta.example.com:5066;branch=z9hG4bK776asdhds;rport"


def to(uri: str) -> bytes:
    """An INVITE to this Request-URI."""
    return changed(_URI, f"{uri} SIP")


def through(via: str) -> Via:
    """The topmost Via of an INVITE that came through this station."""
    return request(changed(_SENT_BY, via)).via


def test_a_reference_in_every_place() -> None:
    """Valid SIP message with an IPv6 reference (RFC 5118 4.1)."""
    data = changed(
        "<sip:alice@pc33.atlanta.example.com>",
        "<sip:alice@[2001:db8::1]>",
        to("sip:[2001:db8::10]"),
    )
    invite = request(changed(_SENT_BY, "[2001:db8::9:1];branch=z9hG4bKas3-111", data))
    assert (SipUri.parse(invite.uri).host, invite.via.host) == ("2001:db8::10", "2001:db8::9:1")
    assert invite.contacts[0].sip.host == "2001:db8::1"


def test_an_address_without_brackets_is_none() -> None:
    """Invalid SIP message with an IPv6 reference (RFC 5118 4.2)."""
    with pytest.raises(BadMessage, match=r"^400"):
        parse(to("sip:2001:db8::10"))
    with pytest.raises(BadMessage, match=r"^400"):
        Via.parse("SIP/2.0/UDP 2001:db8::9;branch=z9hG4bKa")


def test_a_port_inside_the_brackets_is_of_the_address() -> None:
    """Port ambiguous in a SIP URI (RFC 5118 4.3)."""
    uri = SipUri.parse(request(to("sip:[2001:db8::10:5070]")).uri)
    assert (uri.host, uri.port) == ("2001:db8::10:5070", None)


def test_a_port_after_the_brackets_is_the_port() -> None:
    """Port unambiguous in a SIP URI (RFC 5118 4.4)."""
    uri = SipUri.parse(request(to("sip:[2001:db8::10]:5070")).uri)
    assert (uri.host, uri.port) == ("2001:db8::10", 5070)


@pytest.mark.parametrize("received", ["[2001:db8::9:255]", "2001:db8::9:255"])
def test_what_was_received_may_have_brackets(received: str) -> None:
    """IPv6 reference delimiters in the Via header (RFC 5118 4.5)."""
    via = through(f"[2001:db8::9:1]:6050;branch=z9hG4bKas3-111;received={received}")
    assert (via.received, via.port) == ("2001:db8::9:255", 6050)


def test_we_write_what_was_received_without_brackets() -> None:
    """IPv6 reference delimiters in the Via header (RFC 5118 4.5)."""
    seen = through("[2001:db8::9:1];branch=z9hG4bKa").seen_from("2001:db8::9:2", 5060)
    assert str(seen) == "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKa;received=2001:db8::9:2"


def test_both_families_in_one_message() -> None:
    """Multiple IP addresses in SIP headers (RFC 5118 4.8)."""
    vias = request(
        changed(
            _SENT_BY, "[2001:db8::9:1]:6050;branch=z9hG4bKa,SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKb"
        )
    ).vias
    assert [(via.transport, via.host) for via in vias] == [
        ("UDP", "2001:db8::9:1"),
        ("TCP", "192.0.2.1"),
    ]


def test_an_ipv4_address_inside_an_ipv6_address() -> None:
    """IPv4-mapped IPv6 addresses (RFC 5118 4.10)."""
    via = through("[::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19")
    assert (via.host, via.port) == ("::ffff:192.0.2.10", 19823)
    assert SipUri.parse("sip:a@[::ffff:192.0.2.10]") == SipUri.parse("sip:a@[::FFFF:c000:020a]")


@pytest.mark.parametrize(
    "host", ["[]", "[::1", "[:::1]", "[::1]]", "[1.2.3.4]", "[fe80::1%25eth0]"]
)
def test_what_looks_like_a_reference_and_is_none(host: str) -> None:
    """RFC 3261 25.1 (IPv6reference)."""
    with pytest.raises(BadMessage, match=r"^400"):
        parse(to(f"sip:{host}"))
    with pytest.raises(BadMessage, match=r"^400"):
        Via.parse(f"SIP/2.0/UDP {host}")


def test_a_reference_in_a_contact_needs_no_more_than_brackets() -> None:
    """RFC 3261 20.10."""
    value = NameAddr.parse("<sip:[2001:db8::1]:5080;transport=tcp>;expires=60")
    assert (value.sip.host, value.sip.port, value.expires) == ("2001:db8::1", 5080, 60)
