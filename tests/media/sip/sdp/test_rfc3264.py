"""The conversations that the RFC prints, between our ends and as printed (RFC 3264 10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from media.sip.sdp import (
    PCMU,
    AnswerReceived,
    Direction,
    Format,
    NotAcceptable,
    Terms,
    parse,
)
from tests.media.sip.sdp.calls import NOW, agreement, answered, end, offered, stream

pytestmark = pytest.mark.unit

ALICE_OFFERS = """v=0
o=alice 2890844526 2890844526 IN IP4 host.anywhere.com
s=
c=IN IP4 host.anywhere.com
t=0 0
m=audio 49170 RTP/AVP 0
a=rtpmap:0 PCMU/8000
m=video 51372 RTP/AVP 31
a=rtpmap:31 H261/90000
m=video 53000 RTP/AVP 32
a=rtpmap:32 MPV/90000
"""
BOB_CHANGES = """v=0
o=bob 2890844730 2890844731 IN IP4 host.example.com
s=
c=IN IP4 host.example.com
t=0 0
m=audio 65422 RTP/AVP 0
a=rtpmap:0 PCMU/8000
m=video 0 RTP/AVP 31
m=video 53000 RTP/AVP 32
a=rtpmap:32 MPV/90000
m=audio 51434 RTP/AVP 110
a=rtpmap:110 telephone-events/8000
a=recvonly
"""
ONE_OF_N = """v=0
o=alice 2890844526 2890844526 IN IP4 host.anywhere.com
s=
c=IN IP4 host.anywhere.com
t=0 0
m=audio 62986 RTP/AVP 0 4 18
a=rtpmap:0 PCMU/8000
a=rtpmap:4 G723/8000
a=rtpmap:18 G729/8000
a=inactive
"""
BOB = Terms("host.example.com", 49_920)
G723 = Format(4, "G723")


def test_the_basic_exchange() -> None:
    """Bob takes the audio; that we take no video either, which he does, is our part (10.1)."""
    two = end(2890844730)
    answer = answered(two, parse(ALICE_OFFERS), BOB)
    assert [(m.kind, m.port, m.formats) for m in answer.media] == [
        ("audio", 49_920, ("0",)),
        ("video", 0, ("31",)),
        ("video", 0, ("32",)),
    ]
    assert stream(two).rtp == ("host.anywhere.com", 49_170)
    assert str(answer.origin) == "- 2890844730 1 IN IP4 host.example.com"


def test_a_port_changes_and_a_line_is_added() -> None:
    """Bob moves his audio and adds a line for digits, which is refused as a second one (10.1)."""
    one = end()
    first = "m=audio 49920 RTP/AVP 0\nm=video 0 RTP/AVP 31\nm=video 0 RTP/AVP 32\n"
    head = ALICE_OFFERS.partition("m=")[0]
    answered(one, parse(head + first), replace(BOB, port=49_170))
    answer = answered(one, parse(BOB_CHANGES), replace(BOB, port=49_170))
    assert [m.port for m in answer.media] == [49_170, 0, 0, 0]
    assert stream(one).rtp == ("host.example.com", 65_422)
    assert answer.origin.version == 2


def test_one_of_n_codecs_is_selected() -> None:
    """Nothing flows at first; then the caller offers the one it has resources for (10.2)."""
    both = replace(BOB, formats=(PCMU, G723))
    two = end()
    answer = answered(two, parse(ONE_OF_N), both)
    assert answer.media[0].formats == ("0", "4")
    assert stream(two).direction is Direction.INACTIVE
    chosen = ONE_OF_N.replace("AVP 0 4 18", "AVP 4").replace("a=inactive", "a=sendrecv")
    answered(two, parse(chosen), both)
    assert stream(two).codec == G723
    assert stream(two).direction is Direction.SENDRECV


def test_the_caller_of_one_of_n_is_us() -> None:
    """The same from the other side (10.2)."""
    one, two = end(1), end(2)
    many = replace(BOB, formats=(PCMU, G723), direction=Direction.INACTIVE)
    one.handle(AnswerReceived(answered(two, offered(one, many), many)), NOW)
    assert stream(one).direction is Direction.INACTIVE
    single = replace(BOB, formats=(G723,))
    one.handle(AnswerReceived(answered(two, offered(one, single), single)), NOW)
    assert stream(one).codec == stream(two).codec == G723
    assert agreement(one).local.origin.version == 2


def test_an_offer_of_codecs_that_nobody_has() -> None:
    """G.723 and G.729 alone (RFC 3264 6)."""
    with pytest.raises(NotAcceptable):
        answered(end(), parse(ONE_OF_N.replace("AVP 0 4 18", "AVP 4 18")), BOB)
