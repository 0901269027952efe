"""SIP addresses, and when two are the same (RFC 3261 19.1)."""

from __future__ import annotations

import pytest

from media.sip.message import BadMessage, SipUri

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("sip:example.com", SipUri("example.com")),
        ("sip:alice@example.com:5080", SipUri("example.com", "alice", port=5080)),
        ("SIPS:alice:secret@example.com", SipUri("example.com", "alice", "secret", scheme="sips")),
        ("sip:+1-212;ext=1@h;user=phone", SipUri("h", "+1-212;ext=1", params={"user": "phone"})),
        (
            "sip:a@[2001:db8::10]:5070;lr",
            SipUri("2001:db8::10", "a", port=5070, params={"lr": None}),
        ),
        ("sip:a@h?Subject=x%20y&To=b", SipUri("h", "a", headers={"Subject": "x%20y", "To": "b"})),
        ("sip:user;par=u%40example.net@h", SipUri("h", "user;par=u%40example.net")),
    ],
)
def test_a_uri_is_read_and_written(text: str, uri: SipUri) -> None:
    """RFC 3261 19.1.1."""
    read = SipUri.parse(text)
    assert read == uri
    assert (read.user, read.password, read.params) == (uri.user, uri.password, uri.params)
    assert SipUri.parse(str(uri)) == uri


@pytest.mark.parametrize(
    "text",
    ["sip:", "sip:@h", "sip:a@", "sip:a@h:", "sip:a@h:70000", "sip:a b@h", "sip:a@h;", "sip:a@h;x=",
     "sip:a@h;x;x", "sip:a@h?x", "sip:%4@h", "sip:a@[::1", "sip:a@[1:2]", "sip:a@h\n", "a@h", ""],
)  # fmt: skip
def test_a_malformed_uri_is_refused(text: str) -> None:
    """RFC 3261 25.1."""
    with pytest.raises(BadMessage, match=r"^400"):
        SipUri.parse(text)


def test_another_scheme_is_refused_as_such() -> None:
    """RFC 3261 21.4.14."""
    with pytest.raises(BadMessage, match=r"^416"):
        SipUri.parse("mailto:a@h")


def test_a_user_is_escaped_and_read_back() -> None:
    """RFC 3261 19.1.2."""
    uri = SipUri.of("I have @ spaces; é", "h", 5060, transport="tcp")
    assert str(uri) == "sip:I%20have%20%40%20spaces;%20%C3%A9@h:5060;transport=tcp"
    assert SipUri.parse(str(uri)).decoded_user == "I have @ spaces; é"
    assert SipUri("h").decoded_user == ""


# The examples of RFC 3261 19.1.4.
SAME = [
    ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
    ("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"),
    (
        "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
        "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
    ),
    (
        "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
    ),
    ("sip:a@[2001:db8::9:1]", "sip:a@[2001:DB8::9:0001]"),
]
OTHER = [
    ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
    ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
    ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
    ("sip:a@h", "sips:a@h"),
    ("sip:a@h", "sip:h"),
    ("sip:a@h;maddr=x", "sip:a@h"),
    ("sip:a%3Bb@h", "sip:a;b@h"),
]


@pytest.mark.parametrize(("left", "right"), SAME)
def test_the_same_address_written_otherwise(left: str, right: str) -> None:
    """RFC 3261 19.1.4; IPv6 by RFC 5954 4.2."""
    assert SipUri.parse(left) == SipUri.parse(right)
    assert (SipUri.parse(left) != SipUri.parse(right)) is False
    assert hash(SipUri.parse(left)) == hash(SipUri.parse(right))


@pytest.mark.parametrize(("left", "right"), OTHER)
def test_another_address(left: str, right: str) -> None:
    """RFC 3261 19.1.4."""
    assert SipUri.parse(left) != SipUri.parse(right)
    assert (SipUri.parse(left) == SipUri.parse(right)) is False
