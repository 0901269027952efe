"""Descriptions: what is read, answered and offered; writing and reading are inverse."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sfu import sdp
from media.sfu.sdp.types import LEVEL, TRANSPORT_CC, Direction, RidDirection
from tests.media.sfu.browser import CHROMIUM

pytestmark = pytest.mark.unit

LOCAL = sdp.Transport(
    "u4u4",
    "p" * 24,
    (("sha-256", "AA:BB"),),
    "actpass",
    candidates=sdp.host_candidates([("10.0.0.1", 9), ("10.0.0.2", 9)]),
)

FIREFOX = """v=0
o=mozilla...THIS_IS_SDPARTA-99.0 1 0 IN IP4 0.0.0.0
s=-
t=0 0
a=fingerprint:sha-256 aa:bb
a=ice-options:trickle
a=group:BUNDLE 0 1 2
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8 101
c=IN IP4 0.0.0.0
a=ice-ufrag:abcd
a=ice-pwd:0123456789012345678901
a=setup:actpass
a=mid:0
a=sendonly
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:csrc-audio-level
a=rtpmap:109 opus/48000/2
a=rtpmap:9 G722/8000/1
a=rtpmap:101 telephone-event/8000
a=ssrc:1 cname:{x}
m=video 0 UDP/TLS/RTP/SAVPF 120 124 126
a=bundle-only
a=mid:1
a=sendonly
a=extmap:9/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=rtpmap:120 VP8/90000
a=rtcp-fb:120 goog-remb
a=rtcp-fb:* nack
a=rtcp-fb:120 nack pli
a=rtpmap:124 rtx/90000
a=fmtp:124 apt=120
a=rtpmap:126 H264/90000
a=fmtp:126 packetization-mode=0
a=rid:q send
a=rid:f send
a=simulcast:send q;~f
m=application 0 UDP/DTLS/SCTP webrtc-datachannel
a=bundle-only
a=mid:2
""".replace("\n", "\r\n")


def _answer(text: str = FIREFOX, live: str = "0 1", **policy: tuple[str, ...]) -> sdp.Description:
    chosen = sdp.CodecPolicy(**policy)
    return sdp.answer(sdp.parse(text), LOCAL, set(live.split()), policy=chosen)


# answers


def test_an_answer_keeps_the_order_and_the_mids_of_the_offer() -> None:
    answer = _answer()
    assert [(m.mid, m.rejected) for m in answer.media] == [("0", False), ("1", False), ("2", True)]
    assert "a=group:BUNDLE 0 1\r\n" in sdp.write(answer)


def test_an_answer_is_passive_lite_and_names_our_candidates_once() -> None:
    text = sdp.write(_answer())
    assert "a=setup:passive" in text
    assert "a=ice-lite" in text
    assert text.count("a=candidate:") == 4
    assert text.index("a=candidate:") < text.index("m=video")


def test_layers_are_received_as_they_are_sent() -> None:
    text = sdp.write(_answer())
    assert "a=rid:q recv\r\na=rid:f recv\r\na=simulcast:recv q;f\r\n" in text


def test_port_zero_with_bundle_only_is_no_rejection() -> None:
    assert not sdp.parse(FIREFOX).media[1].rejected


def test_an_extension_number_may_carry_a_direction() -> None:
    assert _answer().media[1].extensions == ((9, sdp.parse(FIREFOX).media[1].extensions[0][1]),)


def test_only_feedback_that_we_send_is_promised() -> None:
    assert _answer().media[1].codecs[0].feedback == ("nack", "nack pli")
    assert "goog-remb" not in sdp.write(_answer(CHROMIUM))


def test_a_line_that_is_not_live_is_inactive() -> None:
    assert [m.direction for m in _answer(live="1").media[:2]] == ["inactive", "recvonly"]


def test_a_live_line_that_does_not_send_is_inactive() -> None:
    answer = _answer(FIREFOX.replace("a=mid:0\r\na=sendonly", "a=mid:0\r\na=inactive"))
    assert answer.media[0].direction == "inactive"


def test_telephone_event_follows_the_clock_of_the_codec_that_is_sent() -> None:
    names = [(c.key, c.clock_rate) for c in _answer(CHROMIUM).media[0].codecs]
    assert names == [
        ("opus", 48000),
        ("pcmu", 8000),
        ("pcma", 8000),
        ("telephone-event", 48000),
    ]
    phone = _answer(CHROMIUM, audio=("pcmu", "opus")).media[0].codecs
    assert [(c.key, c.clock_rate) for c in phone][-1] == ("telephone-event", 8000)


def test_telephone_event_at_another_clock_is_better_than_none() -> None:
    events = [c for c in _answer().media[0].codecs if c.key == "telephone-event"]
    assert [c.clock_rate for c in events] == [8000]


def test_static_payload_types_need_no_mapping() -> None:
    assert [c.payload_type for c in _answer().media[0].codecs] == [109, 0, 8, 101]


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("a=rtpmap:120 VP8/90000", "a=rtpmap:120 VP9/90000"),
        ("a=fmtp:124 apt=120", "a=fmtp:124 apt=126"),
        ("a=rtcp-fb:* nack\r\n", "a=rtcp-fb:126 nack\r\n"),
        ("SAVPF 120 124 126", "SAVPF 124 120 126"),
    ],
)
def test_a_list_of_codecs_that_differs_in_one_line_is_another_list(line: str, other: str) -> None:
    first = sdp.parse(FIREFOX).media[1].codecs
    assert sdp.parse(FIREFOX.replace(line, other)).media[1].codecs != first
    assert sdp.parse(FIREFOX).media[1].codecs == first


def test_one_video_codec_is_answered_with_its_repair() -> None:
    assert [c.key for c in _answer(CHROMIUM).media[1].codecs] == ["vp8", "rtx"]


@pytest.mark.parametrize("codec", ["vp9", "h264", "av1"])
def test_the_policy_decides_the_video_codec(codec: str) -> None:
    line = _answer(CHROMIUM, video=(codec,)).media[1]
    assert [c.key for c in line.codecs] == [codec, "rtx"]
    assert line.codecs[1].parameter("apt") == str(line.codecs[0].payload_type)


def test_variants_that_few_can_decode_are_left_out() -> None:
    line = _answer(CHROMIUM, video=("h264",)).media[1]
    assert line.codecs[0].parameter("packetization-mode") == "1"
    assert (line.codecs[0].parameter("profile-level-id") or "").startswith("42")
    assert _answer(video=("h264",)).media[1].rejected


# offers


def _source(ssrc: int, *, video: bool, codec: str = "vp8") -> sdp.Source:
    return sdp.Source(
        f"TR{ssrc}", "PA1", codec if video else "opus", ssrc, ssrc + 1 if video else None
    )


def test_an_offer_names_the_sources_of_its_tracks() -> None:
    book = sdp.OfferBook(5)
    book.add("audio", _source(10, video=False))
    book.add("video", _source(20, video=True))
    offer = sdp.parse(sdp.write(book.offer(LOCAL)))
    assert [(m.mid, m.direction) for m in offer.media] == [("0", "sendonly"), ("1", "sendonly")]
    assert offer.media[1].groups == ((20, 21),)
    assert offer.media[1].msid == ("PA1", "TR20")
    assert offer.media[1].rtx_of(96) is not None
    assert (offer.transport.ice_lite, offer.transport.setup) == (True, "actpass")


def test_a_line_that_rests_is_inactive_and_names_no_source() -> None:
    book = sdp.OfferBook(5)
    book.add("video", _source(20, video=True))
    book.remove("0")
    (line,) = book.offer(LOCAL).media
    assert (line.direction, line.ssrcs, line.msid) == ("inactive", (), None)


def test_a_resting_line_is_reused_by_the_next_track_of_its_kind() -> None:
    book = sdp.OfferBook(5)
    book.add("video", _source(20, video=True))
    book.remove("0")
    assert book.add("audio", _source(30, video=False)).mid == "1"
    assert book.add("video", _source(40, video=True, codec="vp9")).mid == "0"
    assert book.offer(LOCAL).media[0].codecs[0].key == "vp9"


def test_versions_count_up() -> None:
    book = sdp.OfferBook(5)
    book.add("audio", _source(10, video=False))
    assert [book.offer(LOCAL).version, book.offer(LOCAL).version] == [1, 2]


def test_every_audio_line_offers_every_audio_codec_its_own_first() -> None:
    book = sdp.OfferBook(5)
    book.add("audio", replace(_source(10, video=False), codec="pcma"))
    names = [c.key for c in book.offer(LOCAL).media[0].codecs]
    assert names[0] == "pcma"
    assert set(names) == {"opus", "pcmu", "pcma", "telephone-event"}


def test_payload_types_and_extensions_are_the_same_in_all_offers() -> None:
    book = sdp.OfferBook(5)
    for codec in ("vp8", "vp9", "h264", "av1"):
        book.add("video", _source(10, video=True, codec=codec))
    book.add("audio", _source(20, video=False))
    media = book.offer(LOCAL).media
    numbers = [c.payload_type for m in media for c in m.codecs]
    assert len(set(numbers)) == len(numbers)
    extensions = {number: uri for m in media for number, uri in m.extensions}
    assert len(set(extensions.values())) == len(extensions)
    assert extensions[1] == LEVEL
    assert extensions[3] == TRANSPORT_CC


# reading


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("v=0", "v=1"),
        ("a=ice-pwd:", "a=ice-pwd: "),
        ("a=mid:1", "a=mid:0"),
        ("a=mid:1", "a=mid:a b"),
        ("a=rid:q send\r\na=rid:f send\r\na=simulcast:send q;~f", "a=simulcast:send q\x0bx;f"),
        ("VP8/90000", "VP8/0"),
        ("VP8/90000", "VP8/x"),
        ("a=fingerprint:sha-256 aa:bb", "a=fingerprint:sha-256 zz"),
        ("a=extmap:1 ", "a=extmap:999 "),
        ("m=video 0 UDP/TLS/RTP/SAVPF 120 124 126", "m=video 0 UDP/TLS/RTP/SAVPF 120 500"),
        ("m=video 0 UDP/TLS/RTP/SAVPF 120 124 126", "m=video"),
        ("a=setup:actpass", "a=setup:perhaps"),
        ("o=mozilla", "y=mozilla"),
        ("a=ssrc:1 ", "a=ssrc:99999999999 "),
        ("s=-", "s"),
    ],
)
def test_what_breaks_the_grammar_is_refused(before: str, after: str) -> None:
    assert before in FIREFOX
    with pytest.raises(sdp.SdpError) as refused:
        sdp.parse(FIREFOX.replace(before, after, 1))
    assert (refused.value.code, refused.value.field) == ("bad_sdp", "sdp")


def test_a_description_that_is_too_long_is_refused() -> None:
    with pytest.raises(sdp.SdpError):
        sdp.parse(FIREFOX + "a=x\r\n" * 100_000)


# writing and reading are inverse

_tokens = st.text("abcXYZ019-_", min_size=1, max_size=8)
_ice = st.text("abcXYZ019+/", min_size=4, max_size=24)
_ssrcs = st.integers(1, 2**32 - 1)
_every_direction: tuple[Direction, ...] = ("sendrecv", "sendonly", "recvonly", "inactive")
_directions: st.SearchStrategy[Direction] = st.sampled_from(_every_direction)
_rid_directions: st.SearchStrategy[RidDirection] = st.sampled_from(("send", "recv"))
_codecs = st.builds(
    sdp.Codec,
    payload_type=st.integers(0, 127),
    name=_tokens,
    clock_rate=st.integers(1, 192000),
    channels=st.integers(1, 8),
    parameters=st.sampled_from(("", "apt=96", "a=1;b=c d")),
    feedback=st.lists(st.sampled_from(("nack", "nack pli", "ccm fir")), unique=True).map(tuple),
)
_transports = st.builds(
    sdp.Transport,
    ufrag=_ice,
    password=_ice,
    fingerprints=st.just((("sha-256", "AA:0F"),)),
    setup=st.sampled_from(("actpass", "active", "passive")),
    ice_lite=st.booleans(),
    candidates=st.sampled_from(((), sdp.host_candidates([("192.0.2.1", 7882)]))),
)


@st.composite
def _lines(draw: st.DrawFn, mid: str) -> sdp.Media:
    codecs = draw(
        st.lists(_codecs, min_size=1, max_size=4, unique_by=lambda codec: codec.payload_type)
    )
    rids = tuple(draw(st.lists(_tokens, max_size=3, unique=True)))
    ssrcs = tuple(draw(st.lists(_ssrcs, max_size=2, unique=True)))
    uris = draw(st.lists(_tokens, max_size=3, unique=True))
    return sdp.Media(
        kind=draw(st.sampled_from(("audio", "video"))),
        mid=mid,
        direction=draw(_directions),
        codecs=tuple(codecs),
        extensions=tuple(enumerate(uris, 1)),
        rids=rids,
        rid_direction=draw(_rid_directions) if rids else "send",
        msid=draw(st.none() | st.tuples(_tokens, _tokens)),
        ssrcs=ssrcs,
        groups=((ssrcs[0], ssrcs[1]),) if len(ssrcs) == 2 else (),
        cname=draw(_tokens) if ssrcs else "",
        formats=tuple(str(codec.payload_type) for codec in codecs),
    )


@st.composite
def _descriptions(draw: st.DrawFn) -> sdp.Description:
    mids = draw(st.lists(_tokens, min_size=1, max_size=4, unique=True))
    media = tuple(draw(_lines(mid)) for mid in mids)
    return sdp.Description(
        media, draw(_transports), draw(st.integers(0, 2**62)), draw(st.integers(0, 2**31))
    )


@given(_descriptions())
def test_what_is_written_is_read_again(description: sdp.Description) -> None:
    assert sdp.parse(sdp.write(description)) == description


@given(_descriptions())
def test_every_answer_can_be_read_and_mirrors_its_offer(description: sdp.Description) -> None:
    offer = sdp.parse(sdp.write(description))
    answer = sdp.answer(offer, LOCAL, {m.mid for m in offer.media})
    again = sdp.parse(sdp.write(answer))
    assert [m.mid for m in again.media] == [m.mid for m in offer.media]
    for ours, theirs in zip(again.media, offer.media, strict=True):
        assert {c.payload_type for c in ours.codecs} <= {c.payload_type for c in theirs.codecs}
        assert not (ours.receives and not theirs.sends)


def test_more_layers_than_any_browser_sends_are_refused() -> None:
    layers = ";".join(f"l{number}" for number in range(9))
    text = re.sub(r"a=simulcast:.*", f"a=simulcast:send {layers}", FIREFOX)
    with pytest.raises(sdp.SdpError, match="too many simulcast layers"):
        sdp.parse(text)


def test_more_feedback_lines_than_any_browser_writes_are_refused() -> None:
    text = FIREFOX.replace("a=mid:1", "a=mid:1" + "\r\na=rtcp-fb:* x" * 1001)
    with pytest.raises(sdp.SdpError, match="too many feedback lines"):
        sdp.parse(text)
