"""Typed values: Via, names and addresses, CSeq (RFC 3261 20)."""

from __future__ import annotations

import pytest

from media.sip.message import BadMessage, CSeq, NameAddr, Via

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "via"),
    [
        ("SIP/2.0/UDP h;branch=z9hG4bKa", Via("UDP", "h", None, {"branch": "z9hG4bKa"})),
        ("SIP / 2.0 / tcp  h : 5060 ; Branch = x", Via("TCP", "h", 5060, {"branch": "x"})),
        ("SIP/2.0/TLS [2001:db8::1]:5061;rport", Via("TLS", "2001:db8::1", 5061, {"rport": None})),
        ("SIP/2.0/UNKNOWN t4.example.com", Via("UNKNOWN", "t4.example.com")),
    ],
)
def test_a_via_is_read(text: str, via: Via) -> None:
    """RFC 3261 20.42."""
    assert Via.parse(text) == via
    assert Via.parse(str(via)) == via


@pytest.mark.parametrize(
    "text",
    ["", "UDP h", "SIP/2.0/UDP", "SIP/2.0/UDP h;;", "SIP/2.0/UDP h;a=1;A=2", "SIP/2.0/UDP h:99999",
     "SIP/2.0/UDP [::g]", "SIP/2.0/UDP h b", "SIP/2.0/UDP h;=x", "SIP/2.0/UDP h,"],
)  # fmt: skip
def test_a_malformed_via_is_refused(text: str) -> None:
    """RFC 3261 25.1."""
    with pytest.raises(BadMessage, match=r"^400"):
        Via.parse(text)


def test_a_via_notes_where_the_request_came_from() -> None:
    """RFC 3261 18.2.1."""
    via = Via.parse("SIP/2.0/UDP 192.0.2.1;branch=b")
    assert via.seen_from("192.0.2.1", 5060) == via
    assert str(via.seen_from("192.0.2.9", 7)) == "SIP/2.0/UDP 192.0.2.1;branch=b;received=192.0.2.9"


def test_a_via_with_rport_notes_the_port_and_always_the_address() -> None:
    """RFC 3581 4."""
    via = Via.parse("SIP/2.0/UDP h;rport;branch=b").seen_from("192.0.2.9", 1024)
    assert (via.received, via.rport) == ("192.0.2.9", 1024)
    assert str(via) == "SIP/2.0/UDP h;rport=1024;branch=b;received=192.0.2.9"


def test_a_via_with_rport_notes_the_address_even_when_it_is_the_same() -> None:
    """RFC 3581 4."""
    via = Via.parse("SIP/2.0/UDP 192.0.2.9:5060;rport").seen_from("192.0.2.9", 5060)
    assert (via.received, via.rport) == ("192.0.2.9", 5060)


def test_an_ipv6_address_that_was_received_has_no_brackets() -> None:
    """RFC 5118 4.5."""
    for text in ("[2001:db8::9]", "2001:db8::9"):
        assert Via.parse(f"SIP/2.0/UDP h;received={text}").received == "2001:db8::9"


@pytest.mark.parametrize("text", ["", "x", "70000", "٣"])
def test_an_rport_that_is_no_port_is_none(text: str) -> None:
    """RFC 3581 3."""
    assert Via("UDP", "h", None, {"rport": text}).rport is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<sip:a@b>", NameAddr("", "sip:a@b")),
        ("Alice <sip:a@b>;tag=1", NameAddr("Alice", "sip:a@b", {"tag": "1"})),
        ("Alice B. Tester<sip:a@b>", NameAddr("Alice B. Tester", "sip:a@b")),
        ('"Alice, \\"A\\" \\\\" <sip:a@b;lr>', NameAddr('Alice, "A" \\', "sip:a@b;lr")),
        ('"" <sip:a@b>', NameAddr("", "sip:a@b")),
        ("sip:a@b;tag=1", NameAddr("", "sip:a@b", {"tag": "1"})),
        ("  tel:+1-201;Tag=x ", NameAddr("", "tel:+1-201", {"tag": "x"})),
        ("<sip:a@b>;q=0.5;+sip.instance=\"<urn:x>\"",
         NameAddr("", "sip:a@b", {"q": "0.5", "+sip.instance": '"<urn:x>"'})),
        ("<sip:a@b> ; flag", NameAddr("", "sip:a@b", {"flag": None})),
        ("<sip:a@[::1]>;x=[::1]", NameAddr("", "sip:a@[::1]", {"x": "[::1]"})),
    ],
)  # fmt: skip
def test_a_name_and_an_address_are_read(text: str, value: NameAddr) -> None:
    """RFC 3261 20.10."""
    assert NameAddr.parse(text) == value
    assert NameAddr.parse(str(value)) == value


@pytest.mark.parametrize(
    "text",
    ["", "alice", "<alice>", "<sip:a@b", "sip:a@b>", '"a <sip:a@b>', "Bell, A <sip:a@b>",
     "< sip:a@b >", "<sip:a b@c>", "<sip:a@b>;;", "<sip:a@b>x", "sip:a@b?x=y", "sip:a,b@c",
     "<sip:a@b>;tag=1;tag=2", "<sip:a@b>;x=a b", "<sip:a@b>;tag="],
)  # fmt: skip
def test_a_malformed_address_is_refused(text: str) -> None:
    """RFC 3261 20.10, 25.1."""
    with pytest.raises(BadMessage, match=r"^400"):
        NameAddr.parse(text)


def test_a_name_is_written_so_that_it_is_one_line() -> None:
    """RFC 3261 25.1."""
    written = str(NameAddr('a\r\nX: \0"b\\', "sip:a@b"))
    assert written == '"a X:  \\"b\\\\" <sip:a@b>'


def test_a_tag_is_put_on_without_losing_the_rest() -> None:
    value = NameAddr("A", "sip:a@b", {"x": None})
    assert value.tagged("7").tag == "7"
    assert str(value.tagged("7")) == '"A" <sip:a@b>;x;tag=7'
    assert value.tag == ""


def test_a_cseq_is_read() -> None:
    """RFC 3261 20.16."""
    assert CSeq.parse(" 0009   INVITE") == CSeq(9, "INVITE")
    assert str(CSeq(9, "INVITE")) == "9 INVITE"
    assert CSeq.parse("2147483647 BYE").number == 2**31 - 1


@pytest.mark.parametrize("text", ["", "1", "INVITE", "-1 BYE", "1 B,E", "2147483648 BYE", "1 A B"])
def test_a_malformed_cseq_is_refused(text: str) -> None:
    """RFC 3261 8.1.1.5, 20.16."""
    with pytest.raises(BadMessage, match=r"^400"):
        CSeq.parse(text)
