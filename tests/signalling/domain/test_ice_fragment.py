"""ICE fragments: what is read is written again, and what is no fragment is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.contracts.media import OfferedLine
from offhook.core.errors import InvalidInput
from signalling.domain.ice_fragment import IceFragment
from signalling.domain.sources import assign_sources

pytestmark = pytest.mark.unit

_ICE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/"
_UFRAGS = st.text(_ICE, min_size=4, max_size=40)
_PASSWORDS = st.text(_ICE, min_size=22, max_size=60)
_PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=90)

FRAGMENTS = st.builds(
    IceFragment,
    ufrag=_UFRAGS,
    password=_PASSWORDS,
    candidates=st.lists(_PRINTABLE, max_size=5).map(tuple),
    ended=st.booleans(),
    media=st.sampled_from(["audio 9 UDP/TLS/RTP/SAVPF 111", "video 9 RTP/AVP 0 8"]),
    mid=st.text("abc012", min_size=1, max_size=8),
)


@given(FRAGMENTS)
def test_what_is_written_is_read_again(fragment: IceFragment) -> None:
    assert IceFragment.parse(str(fragment)) == fragment


@given(st.text() | FRAGMENTS.map(str).flatmap(lambda text: st.text().map(text.__add__)))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        fragment = IceFragment.parse(text)
    except InvalidInput:
        return
    assert IceFragment.parse(str(fragment)) == fragment


def test_the_example_of_the_rfc_is_read() -> None:
    text = (
        "a=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"
        "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
        "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0\r\n"
        "a=end-of-candidates\r\n"
    )
    fragment = IceFragment.parse(text)
    assert (fragment.ufrag, fragment.mid, fragment.ended) == ("EsAw", "0", True)
    assert len(fragment.candidates) == 1


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "a=ice-ufrag:abcd\n",
        "a=ice-pwd:" + "p" * 22,
        "a=ice-ufrag:ab\na=ice-pwd:" + "p" * 22,
        "a=ice-ufrag:abcd\na=ice-pwd:" + "p" * 22 + "\na=ice-ufrag:other",
        "m=audio",
        "a=candidate:\x07",
        "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\n" * 300,
        "a=x\n" * 40_000,
    ],
)
def test_what_is_no_fragment_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        IceFragment.parse(text)


def test_sources_follow_the_order_of_the_offer() -> None:
    lines = [
        OfferedLine(mid="d", kind="application", usable=False),
        OfferedLine(mid="0", kind="video", usable=True),
        OfferedLine(mid="1", kind="audio", usable=False),
        OfferedLine(mid="2", kind="audio", usable=True),
        OfferedLine(mid="3", kind="video", usable=True),
        OfferedLine(mid="4", kind="video", usable=True),
    ]
    assert assign_sources(lines) == (
        ("0", "camera"),
        ("2", "microphone"),
        ("3", "screen_share"),
    )
