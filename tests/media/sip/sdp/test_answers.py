"""What is answered to an offer: codecs, numbers, directions, refused lines (RFC 3264 6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from media.sip.sdp import (
    CN,
    G722,
    OPUS,
    PCMA,
    PCMU,
    TELEPHONE_EVENT,
    TELEPHONE_EVENT_48000,
    BadDescription,
    Direction,
    Mux,
    NotAcceptable,
    Warned,
    formats_of,
)
from tests.media.sip.sdp.calls import BOB, agreement, answer_to, answered, end, offer, stream

pytestmark = pytest.mark.unit

AUDIO = "m=audio 4000 RTP/AVP 8 0 101"
EVENTS = ("a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15")


def test_codecs_are_answered_in_the_order_of_the_offer() -> None:
    """(RFC 3264 6.1)."""
    answer, found = answer_to(offer(AUDIO, *EVENTS))
    assert answer.media[0].formats == ("8", "0", "101")
    assert found.codec == PCMA
    assert found.rtp == ("198.51.100.9", 4000)


def test_codecs_in_our_order_where_that_is_wanted() -> None:
    """Then we send what we put first, too."""
    answer, found = answer_to(offer(AUDIO, *EVENTS), replace(BOB, ours_first=True))
    assert answer.media[0].formats == ("0", "8", "101")
    assert found.codec.name == "PCMU"


def test_a_single_codec_with_its_digits_where_that_is_wanted() -> None:
    answer, found = answer_to(offer(AUDIO, *EVENTS), replace(BOB, one_codec=True))
    assert answer.media[0].formats == ("8", "101")
    assert [f.name for f in found.receive] == ["PCMA", "telephone-event"]


def test_a_codec_that_we_do_not_have_is_left_out() -> None:
    answer, _ = answer_to(offer("m=audio 4000 RTP/AVP 18 3 0 97", "a=rtpmap:97 iLBC/8000"))
    assert answer.media[0].formats == ("0",)


def test_of_one_codec_under_two_numbers_the_first_is_taken() -> None:
    lines = ("a=rtpmap:96 PCMU/8000", "a=rtpmap:97 pcmu/8000/1")
    answer, found = answer_to(offer("m=audio 4000 RTP/AVP 97 96 0", *lines))
    assert answer.media[0].formats == ("97",)
    assert found.codec.payload_type == 97


@pytest.mark.parametrize("number", [96, 101, 127, 35])
def test_telephone_events_keep_the_number_of_the_offer(number: int) -> None:
    """Both ways: phones use different ones (RFC 3264 6.1, RFC 4733 2.4)."""
    events = f"a=rtpmap:{number} telephone-event/8000"
    answer, found = answer_to(offer(f"m=audio 4000 RTP/AVP 0 {number}", events))
    assert answer.media[0].formats == ("0", str(number))
    assert found.events is not None
    assert found.events.payload_type == number
    assert [f.payload_type for f in found.receive] == [0, number]


def test_only_events_that_both_know_are_answered() -> None:
    """(RFC 4733 2.4.1)."""
    lines = ("a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-11,16,66")
    answer, found = answer_to(offer("m=audio 4000 RTP/AVP 0 101", *lines))
    assert "101 0-11,16" in answer.media[0].values("fmtp")
    assert found.events is not None
    assert 66 in found.events.events
    none, without = answer_to(offer("m=audio 4000 RTP/AVP 0 101", lines[0], "a=fmtp:101 70-80"))
    assert none.media[0].formats == ("0",)
    assert without.events is None


def test_opus_is_always_48000_with_two_channels() -> None:
    """Whatever is sent; another clock is another codec (RFC 7587 4.1, 7)."""
    terms = replace(BOB, formats=(OPUS, PCMU, TELEPHONE_EVENT, TELEPHONE_EVENT_48000))
    lines = ("a=rtpmap:111 OPUS/48000/2", "a=fmtp:111 maxplaybackrate=16000;stereo=1")
    events = ("a=rtpmap:110 telephone-event/48000", "a=rtpmap:126 telephone-event/8000")
    answer, found = answer_to(offer("m=audio 4000 RTP/AVP 126 111 110 0", *lines, *events), terms)
    assert answer.media[0].formats == ("126", "111", "110", "0")
    assert answer.media[0].values("fmtp")[1] == "111 useinbandfec=1"
    assert (found.codec.payload_type, found.codec.clock_rate) == (111, 48_000)
    assert "maxplaybackrate=16000" in found.codec.parameters
    assert found.events is not None
    assert found.events.payload_type == 110
    with pytest.raises(NotAcceptable):
        answer_to(offer("m=audio 4000 RTP/AVP 111", "a=rtpmap:111 opus/16000"), terms)


def test_digits_beside_opus_on_the_only_clock_there_is() -> None:
    terms = replace(BOB, formats=(OPUS, TELEPHONE_EVENT), one_codec=True)
    lines = ("a=rtpmap:96 opus/48000/2", "a=rtpmap:101 telephone-event/8000")
    answer, found = answer_to(offer("m=audio 4000 RTP/AVP 96 101", *lines), terms)
    assert answer.media[0].formats == ("96", "101")
    assert found.events is not None
    assert found.events.clock_rate == 8000


def test_static_numbers_need_no_explanation() -> None:
    """0, 8, 9 and 13 (RFC 3551 6); G.722 samples twice as fast as it counts (RFC 3551 4.5.2)."""
    terms = replace(BOB, formats=(G722, PCMU, PCMA, CN))
    answer, found = answer_to(offer("m=audio 4000 RTP/AVP 9 0 8 13"), terms)
    assert formats_of(answer.media[0]) == (G722, PCMU, PCMA, CN)
    assert (found.codec.clock_rate, found.codec.sample_rate) == (8_000, 16_000)
    assert found.noise == CN
    assert found.codec.is_voice
    assert found.format_of(8) == PCMA
    assert found.format_of(99) is None


def test_a_number_may_be_given_another_meaning() -> None:
    """An rtpmap line goes before the static table (RFC 3551 3)."""
    lines = ("a=rtpmap:0 PCMA/8000/1", "a=rtpmap:8 x/8000")
    _, found = answer_to(offer("m=audio 4000 RTP/AVP 0 8", *lines))
    assert (found.codec.name, found.codec.payload_type) == ("PCMA", 0)


@pytest.mark.parametrize(
    ("said", "wish", "both"),
    [
        ("sendrecv", "sendrecv", "sendrecv"),
        ("sendrecv", "sendonly", "sendonly"),
        ("sendrecv", "inactive", "inactive"),
        ("sendonly", "sendrecv", "recvonly"),
        ("sendonly", "sendonly", "inactive"),
        ("recvonly", "sendrecv", "sendonly"),
        ("recvonly", "recvonly", "inactive"),
        ("inactive", "sendrecv", "inactive"),
    ],
)
def test_the_direction_of_an_answer_lies_within_the_offer(said: str, wish: str, both: str) -> None:
    """(RFC 3264 6.1)."""
    answer, found = answer_to(offer(AUDIO, f"a={said}"), replace(BOB, direction=Direction(wish)))
    assert found.direction is answer.direction_of(answer.media[0]) is Direction(both)


def test_the_hold_of_old_is_answered_by_listening() -> None:
    """c=0.0.0.0 (RFC 3264 8.4)."""
    answer, found = answer_to(offer(AUDIO, address="IP4 0.0.0.0"))
    assert answer.direction_of(answer.media[0]) is Direction.RECVONLY
    assert found.held_by_them
    assert not found.direction.sends


def test_video_and_fax_are_refused_in_their_places() -> None:
    """With port zero and their own formats (RFC 3264 6)."""
    answer, found = answer_to(
        offer("m=image 9 udptl t38", AUDIO, "m=video 4002 RTP/AVP 31 34", "m=message 1 TCP/MSRP *")
    )
    said = [(m.kind, m.port, m.protocol, m.formats) for m in answer.media]
    assert said == [
        ("image", 0, "udptl", ("t38",)),
        ("audio", 30_000, "RTP/AVP", ("8", "0")),
        ("video", 0, "RTP/AVP", ("31", "34")),
        ("message", 0, "TCP/MSRP", ("*",)),
    ]
    assert found.index == 1


def test_one_of_two_audio_lines_is_taken() -> None:
    answer, found = answer_to(offer("m=audio 1 RTP/AVP 18", AUDIO, "m=audio 2 RTP/AVP 0"))
    assert [m.port for m in answer.media] == [0, 30_000, 0]
    assert found.index == 1


@pytest.mark.parametrize(
    ("lines", "warning"),
    [
        (["m=image 9 udptl t38"], Warned.MEDIA_TYPE),
        (["m=video 1 RTP/AVP 31", "m=audio 1 RTP/AVP 18"], Warned.MEDIA_FORMAT),
        (["m=audio 1 RTP/AVP 101", *EVENTS], Warned.MEDIA_FORMAT),
        (["m=audio 1 RTP/AVP 96"], Warned.MEDIA_FORMAT),
        (["m=audio 1 RTP/SAVP 0"], Warned.TRANSPORT_PROTOCOL),
        (["m=audio 1 UDP/TLS/RTP/SAVPF 0"], Warned.TRANSPORT_PROTOCOL),
        (["m=audio 1 RTP/AVPF 0"], Warned.TRANSPORT_PROTOCOL),
        (["m=audio 1 RTP/AVP 0", "c=IN IP4 224.2.1.1/127"], Warned.MULTICAST),
        (["m=audio 2/2 RTP/AVP 0"], Warned.MULTICAST),
    ],
)
def test_when_nothing_fits(lines: list[str], warning: Warned) -> None:
    """488 with the warning that tells most (RFC 3261 13.3.1.3, 20.43)."""
    with pytest.raises(NotAcceptable) as refused:
        answer_to(offer(*lines))
    assert refused.value.sip_status == 488
    assert refused.value.warning is warning


@pytest.mark.parametrize(
    "lines",
    [
        ["m=audio 1 RTP/AVP x"],
        ["m=audio 1 RTP/AVP 128"],
        ["m=audio 1 RTP/AVP 96", "a=rtpmap:96 opus"],
        ["m=audio 1 RTP/AVP 96", "a=rtpmap:96 opus/0/2"],
        ["m=audio 1 RTP/AVP 96", "a=rtpmap:x opus/48000/2"],
    ],
)
def test_audio_that_makes_no_sense(lines: list[str]) -> None:
    with pytest.raises(BadDescription) as refused:
        answer_to(offer(*lines))
    assert refused.value.sip_status == 400


def test_audio_without_an_address() -> None:
    text = offer(AUDIO)
    with pytest.raises(BadDescription, match="no connection"):
        answer_to(replace(text, connection=None))


@pytest.mark.parametrize("lines", [[], ["m=audio 0 RTP/AVP 0", "m=video 0 RTP/AVP 31"]])
def test_an_offer_of_nothing_is_answered_with_nothing(lines: list[str]) -> None:
    """A call without media is a call (RFC 3264 5)."""
    side = end()
    answer = answered(side, offer(*lines), BOB)
    assert [m.port for m in answer.media] == [0] * len(lines)
    assert agreement(side).stream is None


def test_ipv6_is_answered_from_where_we_are() -> None:
    """(RFC 8866 5.7)."""
    terms = replace(BOB, address="2001:db8::5")
    answer, found = answer_to(offer(AUDIO, address="IP6 2001:db8::9"), terms)
    assert str(answer.connection) == "IN IP6 2001:db8::5"
    assert found.rtp == ("2001:db8::9", 4000)


@pytest.mark.parametrize(
    ("lines", "said", "sent"),
    [
        ([], "20", 20),
        (["a=ptime:30"], "30", 30),
        (["a=ptime:15"], "20", 20),
        (["a=ptime:many"], "20", 20),
        (["a=ptime:60", "a=maxptime:40"], "60", 20),
        (["a=maxptime:10"], "20", 10),
        (["a=maxptime:5"], "20", 10),
    ],
)
def test_packet_times(lines: list[str], said: str, sent: int) -> None:
    """(RFC 8866 6.4, 6.5)."""
    answer, found = answer_to(offer(AUDIO, *lines))
    assert answer.media[0].value("ptime") == said
    assert found.ptime == sent


def test_we_say_how_long_our_packets_may_be() -> None:
    answer, _ = answer_to(offer(AUDIO), replace(BOB, max_ptime=60))
    assert answer.media[0].value("maxptime") == "60"


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("a=x", ("198.51.100.9", 4001)),
        ("a=rtcp:5000", ("198.51.100.9", 5000)),
        ("a=rtcp:5000 IN IP4 192.0.2.77", ("192.0.2.77", 5000)),
        ("a=rtcp:5000 IN IP6 2001:db8::1", ("2001:db8::1", 5000)),
        ("a=rtcp:none", ("198.51.100.9", 4001)),
        ("a=rtcp:99999", ("198.51.100.9", 4001)),
    ],
)
def test_where_rtcp_goes(line: str, where: tuple[str, int]) -> None:
    """a=rtcp (RFC 3605 2.1), or one port higher (RFC 3550 11)."""
    assert answer_to(offer(AUDIO, line))[1].rtcp == where


def test_our_own_rtcp_port_is_told_when_it_is_not_the_next() -> None:
    """(RFC 3605 2.1)."""
    odd, _ = answer_to(offer(AUDIO), replace(BOB, rtcp_port=31_111))
    plain, _ = answer_to(offer(AUDIO), replace(BOB, rtcp_port=30_001))
    assert odd.media[0].value("rtcp") == "31111"
    assert not plain.media[0].has("rtcp")


def test_rtp_and_rtcp_on_one_port_when_both_want_it() -> None:
    """(RFC 5761 5.1.1)."""
    answer, found = answer_to(offer(AUDIO, "a=rtcp-mux"))
    assert answer.media[0].has("rtcp-mux")
    assert found.rtcp == found.rtp
    for lines, terms in (([], BOB), (["a=rtcp-mux"], replace(BOB, mux=Mux.OFF))):
        answer, found = answer_to(offer(AUDIO, *lines), terms)
        assert not answer.media[0].has("rtcp-mux")
        assert found.rtcp == ("198.51.100.9", 4001)


def test_numbers_that_look_like_rtcp_keep_a_port_of_their_own() -> None:
    """64 to 95 (RFC 5761 4)."""
    lines = ("m=audio 4000 RTP/AVP 72", "a=rtpmap:72 PCMU/8000", "a=rtcp-mux")
    assert not answer_to(offer(*lines))[1].mux


def test_a_line_above_all_ports_has_no_next_one() -> None:
    assert answer_to(offer("m=audio 65535 RTP/AVP 0"))[1].rtcp == ("198.51.100.9", 65_535)


def test_held_by_us_is_our_own_doing() -> None:
    side = end()
    answered(side, offer(AUDIO), replace(BOB, direction=Direction.SENDONLY))
    assert stream(side).held_by_us
    assert not stream(side).held_by_them
