"""Messages in a stream: found whole however the bytes come, and lost when nobody knows the end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sip.message import BadMessage, Framer, KeepAlive, Limits, Request, Response
from tests.media.sip.message.samples import INVITE, RINGING, changed

pytestmark = pytest.mark.unit

PING, PONG = KeepAlive.PING, KeepAlive.PONG


def framer(*, opened_by_us: bool = False, limits: Limits | None = None) -> Framer:
    return Framer(opened_by_us=opened_by_us, limits=limits or Limits())


def fed(*pieces: bytes, opened_by_us: bool = False) -> list[object]:
    """Everything that comes out of these pieces; messages as their bytes."""
    cutter = framer(opened_by_us=opened_by_us)
    events = [event for piece in pieces for event in cutter.feed(piece)]
    return [e.encode() if isinstance(e, Request | Response) else e for e in events]


def lost(data: bytes, limits: Limits | None = None) -> BadMessage:
    """What is said when these bytes end a connection."""
    cutter = framer(limits=limits)
    bad = cutter.feed(data)[-1]
    assert isinstance(bad, BadMessage)
    assert cutter.broken
    assert cutter.feed(INVITE) == []
    return bad


def test_two_messages_in_one_piece() -> None:
    """RFC 3261 18.3."""
    assert fed(INVITE + RINGING) == [INVITE, RINGING]


def test_one_message_byte_by_byte() -> None:
    """RFC 3261 18.3."""
    assert fed(*(bytes([byte]) for byte in INVITE + RINGING)) == [INVITE, RINGING]


@given(st.lists(st.sampled_from([INVITE, RINGING, b"\r\n\r\n"]), max_size=5), st.data())
def test_where_the_pieces_end_does_not_matter(parts: list[bytes], data: st.DataObject) -> None:
    """RFC 3261 18.3."""
    whole = b"".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    ends = [0, *cuts, len(whole)]
    pieces = [whole[a:b] for a, b in pairwise(ends)]
    assert fed(*pieces) == [PING if part == b"\r\n\r\n" else part for part in parts]


def test_who_opened_the_flow_pings() -> None:
    """RFC 5626 3.5.1, 4.4.1."""
    assert fed(b"\r\n\r\n") == [PING]
    assert fed(b"\r\n", b"\r\n", b"\r\n\r\n" + INVITE) == [PING, PING, INVITE]


def test_who_opened_the_flow_gets_pongs() -> None:
    """RFC 5626 3.5.1, 4.4.1."""
    assert fed(b"\r\n", opened_by_us=True) == [PONG]
    assert fed(b"\r", b"\n" + RINGING, opened_by_us=True) == [PONG, RINGING]


def test_a_line_end_before_a_message_means_nothing() -> None:
    """RFC 3261 7.5."""
    assert fed(b"\r\n" + INVITE) == [INVITE]
    assert fed(b"\r\n", INVITE, b"\r\n", RINGING) == [INVITE, RINGING]


def test_a_message_without_a_length_ends_the_connection() -> None:
    """RFC 3261 18.3, 20.14."""
    bad = lost(changed("Content-Length", "X-Length"))
    assert (bad.status, bad.reason) == (400, "Missing Content-Length")
    assert bad.request is not None


@pytest.mark.parametrize("length", ["-1", "x", "1\r\nContent-Length: 2"])
def test_a_length_that_is_none_ends_the_connection(length: str) -> None:
    """RFC 3261 18.3; smuggling by two lengths."""
    bad = lost(changed("Content-Length: 31", f"l: {length}"))
    assert (bad.status, bad.request is None) == (400, False)


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [("314159 INVITE", "314159 BYE", 400), ("com SIP/2.0\r\n", "com SIP/9.0\r\n", 505),
     ("Supported: replaces", "Supported replaces", 400)],
)  # fmt: skip
def test_a_bad_message_of_known_length_does_not_end_the_connection(
    old: str, new: str, status: int
) -> None:
    """RFC 3261 18.3."""
    bad, good = fed(changed(old, new) + RINGING)
    assert isinstance(bad, BadMessage)
    assert (bad.status, bad.request is None, good) == (status, False, RINGING)


@pytest.mark.parametrize(
    "garbage",
    [b"\x16\x03\x01\x02\x00\x01", b"\0", b"GET / HTTP/1.1\r\n", b" INVITE", b"x" * 40_000,
     b"SIP/2.0 999 Odd\r\n", b"\rx"],
)  # fmt: skip
def test_garbage_ends_the_connection_at_once_and_in_silence(garbage: bytes) -> None:
    """RFC 3261 18.3: there is no next message to find."""
    assert lost(garbage).request is None


@pytest.mark.parametrize("garbage", [b"x" * 9000, b"GET / HTTP/1.1\r\n"])
def test_garbage_after_a_message_ends_the_connection_too(garbage: bytes) -> None:
    """RFC 3261 18.3."""
    cutter = framer()
    for byte in INVITE + garbage:
        cutter.feed(bytes([byte]))
    assert cutter.broken


def test_the_start_of_a_message_is_waited_for() -> None:
    cutter = framer()
    assert cutter.feed(INVITE[:5]) == []
    assert (cutter.waiting, cutter.broken) == (5, False)


def test_a_head_that_never_ends_ends_the_connection() -> None:
    """RFC 3261 21.5.7."""
    endless = b"INVITE sip:a@b SIP/2.0\r\n" + b"X: y\r\n" * 6000
    assert lost(endless).status == 513


def test_a_body_that_is_too_large_ends_the_connection() -> None:
    """RFC 3261 21.5.7."""
    bad = lost(changed("Content-Length: 31", "Content-Length: 70000"))
    assert (bad.status, bad.request is None) == (513, False)


def test_after_the_end_nothing_is_kept() -> None:
    cutter = framer()
    cutter.feed(b"\0" * 9)
    assert cutter.waiting == 0
