"""Reading and writing session descriptions: what is kept, what is refused (RFC 8866, RFC 4566)."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sip.sdp import BadDescription, Connection, Description, Direction, Media, Origin, parse
from media.sip.sdp.parse import MAX_BYTES
from tests.media.sip.sdp.calls import EXAMPLE, offer

pytestmark = pytest.mark.unit

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=20)
WORD = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=8)
NUMBER = st.integers(0, 10**20)
ADDRESS = st.ip_addresses().map(str) | st.just("gateway.example.com")
CONNECTIONS = ADDRESS.map(Connection.of) | st.just(Connection("224.2.1.1", "IP4", "127/3"))
ATTRIBUTES = st.lists(st.tuples(WORD, st.none() | TEXT), max_size=4).map(tuple)
MEDIA = st.builds(
    Media,
    kind=WORD,
    port=st.integers(0, 65_535),
    protocol=st.sampled_from(["RTP/AVP", "RTP/SAVP", "udptl", "UDP/TLS/RTP/SAVPF"]),
    formats=st.lists(WORD, min_size=1, max_size=5).map(tuple),
    attributes=ATTRIBUTES,
    connection=st.none() | CONNECTIONS,
    ports=st.integers(1, 9),
    title=st.none() | TEXT,
    bandwidths=st.lists(TEXT, max_size=2).map(tuple),
)
DESCRIPTIONS = st.builds(
    Description,
    origin=st.builds(Origin, NUMBER, NUMBER, CONNECTIONS, WORD),
    media=st.lists(MEDIA, max_size=4).map(tuple),
    connection=st.none() | CONNECTIONS,
    name=TEXT.filter(bool),
    title=st.none() | TEXT,
    bandwidths=st.lists(TEXT, max_size=2).map(tuple),
    times=st.lists(st.just("0 0") | st.just("1 2"), min_size=1, max_size=2).map(tuple),
    attributes=ATTRIBUTES,
)


@given(DESCRIPTIONS)
def test_what_is_written_is_read_as_the_same(description: Description) -> None:
    """Writing and reading are inverse (RFC 8866 9)."""
    assert parse(description.encode()) == description
    assert parse(str(description).replace("\r\n", "\n")) == description


def test_the_example_of_the_rfc() -> None:
    """Each m-line with its own address or the session's (RFC 8866 5)."""
    read = parse(EXAMPLE)
    assert (read.origin.username, read.origin.version) == ("jdoe", 3724394405)
    assert (read.name, read.title) == ("Call to John Smith", "SDP Offer #1")
    assert [(m.kind, m.port) for m in read.media] == [
        ("audio", 49170),
        ("audio", 49180),
        ("video", 51372),
    ]
    addresses = [str(read.connection_of(media)) for media in read.media]
    assert addresses == ["IN IP4 198.51.100.1"] * 2 + ["IN IP6 2001:db8::2"]


def test_lines_are_written_in_the_order_of_the_rfc() -> None:
    """v o s i c b t a, then m i c b a (RFC 8866 5)."""
    media = Media(
        "audio", 9, "RTP/AVP", ("0",), (("x", None),), Connection.of("::1"), 1, "i", ("b",)
    )
    origin = Origin(1, 1, Connection.of("192.0.2.1"))
    whole = Description(
        origin, (media,), origin.connection, "s", "i", ("AS:64",), ("0 0",), (("y", "z"),)
    )
    assert "".join(line[0] for line in str(whole).splitlines()) == "vosicbtamicba"
    assert str(whole).endswith("a=x\r\n")


def test_an_attribute_that_nobody_knows_is_kept() -> None:
    """(RFC 8866 5.13)."""
    read = offer("m=audio 4000 RTP/AVP 0", "a=new-thing:of tomorrow", "a=flag")
    assert read.media[0].value("new-thing") == "of tomorrow"
    assert read.media[0].has("flag")
    assert not read.media[0].has("other")


def test_lines_that_a_telephone_overlooks() -> None:
    """Times that repeat, zones, keys of old: k= is to be thrown away (RFC 8866 5.12)."""
    read = parse("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=1 2\nr=7d 1h 0\nz=1 -1h\nk=clear:secret\n")
    assert read.times == ("1 2",)
    assert "secret" not in repr(read)


def test_what_phones_leave_out() -> None:
    """s= and t= are missing, lines end in LF, and there is an empty one at the end."""
    read = parse(b"v=0\no=- 1 1 IN IP4 192.0.2.1\n\r\n\n")
    assert (read.name, read.times, read.media) == ("-", ("0 0",), ())


def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert parse(b"v=0\no=- 1 1 IN IP4 192.0.2.1\ns=\xff\xfe\n").name == "\ufffd\ufffd"


HEAD = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\n"
BAD = {
    "nothing": "",
    "no version": "o=- 1 1 IN IP4 192.0.2.1\n",
    "another version": HEAD.replace("v=0", "v=1"),
    "no origin": "v=0\ns=-\n",
    "two origins": HEAD + "o=- 1 1 IN IP4 192.0.2.1\n",
    "origin cut short": "v=0\no=- 1 1 IN IP4\n",
    "origin without numbers": "v=0\no=- one 1 IN IP4 192.0.2.1\n",
    "two sessions": HEAD + HEAD,
    "unknown letter": HEAD + "x=1\n",
    "letter of the session below": HEAD + "m=audio 1 RTP/AVP 0\nt=0 0\n",
    "no equals sign": HEAD + "attribute\n",
    "empty line within": HEAD + "\nm=audio 1 RTP/AVP 0\n",
    "NUL": HEAD + "a=x:\0\n",
    "lone CR": HEAD + "a=x:\ry\n",
    "address of four bytes": HEAD + "c=IN IP4 1::2\n",
    "address of sixteen bytes": HEAD + "c=IN IP6 192.0.2.1\n",
    "address with a scope": HEAD + "c=IN IP6 fe80::1%eth0\n",
    "address with blanks": HEAD + "c=IN IP4 192.0.2.1 x\n",
    "address with a bad end": HEAD + "c=IN IP4 192.0.2.1/x\n",
    "two addresses": HEAD + "c=IN IP4 192.0.2.1\n" * 2,
    "times": HEAD + "t=now 0\n",
    "no formats": HEAD + "m=audio 1 RTP/AVP\n",
    "no port": HEAD + "m=audio RTP/AVP 0\n",
    "port too high": HEAD + "m=audio 65536 RTP/AVP 0\n",
    "port below": HEAD + "m=audio -1 RTP/AVP 0\n",
    "no ports": HEAD + "m=audio 1/0 RTP/AVP 0\n",
    "attribute without a name": HEAD + "a=:x\n",
    "too many lines": HEAD + "a=x\n" * 2_000,
    "too many m-lines": HEAD + "m=audio 1 RTP/AVP 0\n" * 40,
    "too many formats": HEAD + f"m=audio 1 RTP/AVP {'0 ' * 200}\n",
    "too long a line": HEAD + f"a=x:{'y' * 5_000}\n",
    "too long": HEAD + ("a=x:" + "y" * 4_000 + "\n") * (MAX_BYTES // 4_000 + 1),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_relied_on(text: str) -> None:
    """Such an offer is answered 400 (RFC 3261 21.4.1)."""
    with pytest.raises(BadDescription) as refused:
        parse(text)
    assert refused.value.sip_status == 400


@pytest.mark.parametrize("value", ["ATM NSAP 47.0091", "IN IPX 1", "TN E164 +4420"])
def test_a_network_that_is_not_the_internet(value: str) -> None:
    """488 and a warning about addresses (RFC 3261 20.43)."""
    with pytest.raises(BadDescription) as refused:
        parse(f"{HEAD}c={value}\n")
    assert refused.value.sip_status == 488


def test_a_refused_line_needs_no_formats() -> None:
    """Its port is zero, the rest means nothing (RFC 3264 6)."""
    assert parse(f"{HEAD}m=video 0 RTP/AVP\n").media[0].formats == ("0",)


def test_the_direction_of_a_line_its_session_or_both_ways() -> None:
    """(RFC 8866 6.7)."""
    read = offer("a=inactive", "m=audio 1 RTP/AVP 0", "m=audio 1 RTP/AVP 0", "a=sendonly")
    found = [read.direction_of(media) for media in read.media]
    assert found == [Direction.INACTIVE, Direction.SENDONLY]
    plain = offer("m=audio 1 RTP/AVP 0")
    assert plain.direction_of(plain.media[0]) is Direction.SENDRECV


@pytest.mark.parametrize("where", ["IP4 0.0.0.0", "IP6 ::", "IP4 phone.invalid", "IP6 a.INVALID."])
@pytest.mark.parametrize(
    ("said", "meant"), [("sendrecv", Direction.SENDONLY), ("recvonly", Direction.INACTIVE)]
)
def test_the_hold_of_old(where: str, said: str, meant: Direction) -> None:
    """An address that is nowhere wants nothing sent there (RFC 3264 8.4, RFC 6157 3.1)."""
    read = offer("m=audio 1 RTP/AVP 0", f"c=IN {where}", f"a={said}")
    assert read.direction_of(read.media[0]) is meant


@given(st.sampled_from(Direction), st.sampled_from(Direction))
def test_directions_are_two_flags(one: Direction, two: Direction) -> None:
    assert one.reversed.reversed is one
    assert (one & two).sends is (one.sends and two.sends)
    assert (one & two).reversed is one.reversed & two.reversed
