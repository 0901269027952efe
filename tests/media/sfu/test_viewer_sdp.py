"""Answers to viewers, and packets in their numbers: nothing that was not offered, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sfu import sdp
from media.sfu.datapath import rtp
from media.sfu.datapath.dialect import renumber
from media.sfu.datapath.shared import SharedPacket
from media.sfu.sdp.codecs import EXTENSION_IDS
from media.sfu.sdp.types import TRANSPORT_CC
from tests.media.sfu.browser import CHROMIUM
from tests.media.sfu.plane import vp8_packet
from tests.media.sfu.test_sdp import LOCAL

pytestmark = pytest.mark.unit

_SOURCES = {
    "audio": sdp.Source("sound", "stream", "", 1, None),
    "video": sdp.Source("picture", "stream", "", 2, 3),
}
_OURS = EXTENSION_IDS[TRANSPORT_CC]


def receiving() -> sdp.Description:
    """What Chromium offers, when it wants to receive."""
    return sdp.parse(
        CHROMIUM.replace("a=sendonly", "a=recvonly").replace("a=sendrecv", "a=recvonly")
    )


def test_an_answer_holds_only_what_was_offered() -> None:
    offer = receiving()
    answer = sdp.answer_viewer(offer, LOCAL, _SOURCES)
    assert [line.mid for line in answer.media] == [line.mid for line in offer.media]
    for line, offered in zip(answer.media, offer.media, strict=True):
        if not line.rejected:
            numbers = {codec.payload_type for codec in offered.codecs}
            assert {codec.payload_type for codec in line.codecs} <= numbers
            assert set(line.extensions) <= set(offered.extensions)


def test_one_sound_and_one_picture_go_out_with_their_sources() -> None:
    answer = sdp.parse(sdp.write(sdp.answer_viewer(receiving(), LOCAL, _SOURCES)))
    going = {line.kind: line for line in answer.media if line.sends}
    assert going["audio"].ssrcs == (1,)
    assert going["video"].ssrcs == (2, 3)
    assert going["video"].groups == ((2, 3),)
    assert answer.transport.setup == "passive"


def test_every_video_codec_that_we_speak_is_answered_once_with_its_repair() -> None:
    answer = sdp.answer_viewer(receiving(), LOCAL, _SOURCES)
    video = next(line for line in answer.media if line.kind == "video" and line.sends)
    names = [codec.key for codec in video.codecs if codec.key != "rtx"]
    assert names == ["vp8", "vp9", "h264", "av1"]
    repaired = {codec.parameter("apt") for codec in video.codecs if codec.key == "rtx"}
    assert repaired == {str(c.payload_type) for c in video.codecs if c.key != "rtx"}


@given(
    level=st.binary(min_size=1, max_size=16),
    numbers=st.lists(st.integers(0, 14), min_size=16, max_size=16),
)
def test_renumbering_changes_numbers_alone(level: bytes, numbers: list[int]) -> None:
    packet = vp8_packet("f", 1, key=True)
    packet.extensions = {9: level}
    shared = SharedPacket(packet, 7, "vp8", {9: 1}, 0)
    ours = shared.write(96, 7, 1000, 42, 555)
    theirs = rtp.parse(renumber(ours, numbers))
    before = rtp.parse(ours)
    assert theirs.payload == before.payload
    assert (theirs.sequence, theirs.timestamp, theirs.ssrc) == (7, 1000, 42)
    wanted = {_OURS: before.extensions[_OURS], 1: level}
    assert theirs.extensions.keys() == {numbers[ours] for ours in wanted if numbers[ours]}
    if numbers[_OURS] and numbers[_OURS] != numbers[1]:
        assert theirs.extensions[numbers[_OURS]] == wanted[_OURS]
