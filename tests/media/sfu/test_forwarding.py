"""Forwarding in memory: numbers, layers, mute and rest."""

from __future__ import annotations

import pytest

from media.sfu.datapath import rtcp, rtcp_write, vp8
from media.sfu.datapath.plans import PublishPlan
from media.sfu.datapath.rtp import RtpPacket
from tests.media.sfu.plane import (
    AUDIO,
    DIGITS,
    MID,
    SSRCS,
    VIDEO,
    Plane,
    vp8_packet,
)

pytestmark = pytest.mark.unit


async def test_a_subscription_begins_with_a_keyframe(plane: Plane) -> None:
    down = plane.down("f")
    plane.vp8("f", 5)
    assert down.packets == []
    plane.vp8("f", 6, key=True)
    plane.vp8("f", 7)
    assert down.sequences == [1, 2]


async def test_holes_on_the_way_in_stay_holes_so_that_late_packets_fit(plane: Plane) -> None:
    down = plane.down("f")
    for number in (1, 2, 5, 3):
        plane.vp8("f", number, key=number == 1)
    assert down.sequences == [1, 2, 5, 3]


async def test_a_duplicate_is_not_forwarded(plane: Plane) -> None:
    down = plane.down("f")
    for number in (1, 2, 2, 2):
        plane.vp8("f", number, key=number == 1)
    assert down.sequences == [1, 2]
    assert plane.layer("f").duplicates == 2


async def test_sequence_numbers_wrap_without_a_jump(plane: Plane) -> None:
    down = plane.down("f")
    for number in range(65530, 65545):
        plane.vp8("f", number, key=number == 65530)
    assert down.sequences == list(range(1, 16))


async def test_a_layer_is_changed_on_its_keyframe_and_all_numbers_go_on(plane: Plane) -> None:
    down = plane.down("q")
    plane.vp8("q", 10, key=True)
    plane.vp8("f", 500, key=True)
    plane.vp8("q", 11)
    down.subscription.follow("f")
    plane.vp8("f", 501)
    plane.vp8("q", 12)
    plane.vp8("f", 502, key=True)
    plane.vp8("q", 13)
    plane.vp8("f", 503)
    assert down.sequences == [1, 2, 3, 4, 5]
    pictures = [vp8.parse(packet.payload).picture_id for packet in down.media]
    assert pictures == list(range(pictures[0] or 0, (pictures[0] or 0) + 5))
    assert [packet.payload[-2] for packet in down.media] == [11, 11, 11, 13, 13]


async def test_packets_older_than_the_switch_are_dropped(plane: Plane) -> None:
    down = plane.down("q")
    plane.vp8("q", 10, key=True)
    plane.vp8("f", 400)
    down.subscription.follow("f")
    plane.vp8("f", 402, key=True)
    plane.vp8("f", 401)
    assert down.sequences == [1, 2]


async def test_timestamps_of_layers_are_joined_through_sender_reports(plane: Plane) -> None:
    down = plane.down("q")
    for number in range(3):
        plane.vp8("q", number, key=number == 0)
        plane.vp8("f", number, key=number == 0)
        plane.advance(0.033)
    # Both layers were captured at the same times, whatever their timestamps are.
    plane.sender_report(SSRCS["q"], 5000.0, 10_000_000 * SSRCS["q"])
    plane.sender_report(SSRCS["f"], 5000.0, 10_000_000 * SSRCS["f"])
    down.subscription.follow("f")
    plane.advance(0.020)
    plane.vp8("f", 3, key=True)
    steps = [b.timestamp - a.timestamp for a, b in zip(down.media, down.media[1:], strict=False)]
    assert steps == [3000, 3000, 3000]


async def test_without_sender_reports_the_wall_clock_joins_timestamps(plane: Plane) -> None:
    down = plane.down("q")
    plane.vp8("q", 0, key=True)
    plane.advance(0.5)
    down.subscription.follow("f")
    plane.vp8("f", 0, key=True)
    assert down.media[1].timestamp - down.media[0].timestamp == 45000


async def test_reports_that_contradict_the_wall_clock_are_not_believed(plane: Plane) -> None:
    down = plane.down("q")
    plane.vp8("q", 0, key=True)
    plane.sender_report(SSRCS["q"], 5000.0, 0)
    plane.sender_report(SSRCS["f"], 9000.0, 0)
    plane.advance(0.1)
    down.subscription.follow("f")
    plane.vp8("f", 0, key=True)
    assert down.media[1].timestamp - down.media[0].timestamp == 9000


async def test_what_nobody_follows_is_counted_and_goes_nowhere(plane: Plane) -> None:
    down = plane.down(None)
    plane.vp8("f", 1, key=True)
    assert down.packets == []
    assert plane.layer("f").reception.received == 1
    assert plane.layer("f").history.get(1) is None


async def test_a_pause_leaves_no_hole_in_the_numbers(plane: Plane) -> None:
    down = plane.down("f")
    plane.vp8("f", 1, key=True)
    down.subscription.follow(None)
    plane.vp8("f", 2)
    down.subscription.follow("f")
    plane.vp8("f", 3)
    plane.vp8("f", 4, key=True)
    assert down.sequences == [1, 2]


async def test_a_subscriber_that_cannot_receive_yet_begins_when_it_can(plane: Plane) -> None:
    down = plane.down(None)
    down.subscriber.ready = False
    down.subscription.follow("f")
    plane.vp8("f", 1, key=True)
    assert down.packets == []
    down.subscriber.begin()
    plane.vp8("f", 2, key=True)
    assert len(down.packets) == 1


async def test_an_ssrc_keeps_its_place_while_its_line_rests(plane: Plane) -> None:
    down = plane.down("f")
    plane.vp8("f", 1, key=True)
    plane.negotiate(None, AUDIO)
    plane.vp8("f", 2)
    plane.negotiate(VIDEO, AUDIO)
    unnamed = vp8_packet("f", 3, key=True)
    unnamed.extensions = {}
    plane.receive(unnamed)
    assert down.sequences == [1, 2]


async def test_a_stream_that_begins_anew_with_another_ssrc_goes_on(plane: Plane) -> None:
    down = plane.down("f")
    for number in (500, 501, 502):
        plane.vp8("f", number, key=number == 500)
    for number in (400, 401, 403, 402):
        plane.vp8("f", number, ssrc=77)
    assert down.sequences == [1, 2, 3, 4, 5, 7, 6]
    plane.vp8("f", 503)
    assert plane.layer("f").ssrc == 13


async def test_without_a_mid_a_payload_type_of_one_line_will_do(plane: Plane) -> None:
    down = plane.down(audio=True)
    plane.receive(RtpPacket(111, 0, 1, 1, 900, {}, b"opus"))
    assert [p.payload for p in down.media] == [b"opus"]


async def test_a_packet_of_nobody_is_counted(plane: Plane) -> None:
    plane.receive(RtpPacket(96, 0, 1, 1, 12345, {MID: b"7"}, b"x"))
    assert plane.publisher.unrouted == 1


async def test_a_line_that_vanishes_takes_its_ssrcs_along(plane: Plane) -> None:
    plane.vp8("f", 1, key=True)
    plane.publisher.update(PublishPlan(()), plane.tracks)
    plane.vp8("f", 2)
    assert plane.publisher.unrouted == 1
    assert plane.video.line is None


async def test_a_muted_track_forwards_nothing(plane: Plane) -> None:
    down, sound = plane.down("f"), plane.down(audio=True)
    plane.vp8("f", 1, key=True)
    plane.opus(1)
    plane.video.mute(True)
    plane.audio.mute(True)
    plane.vp8("f", 2)
    plane.opus(2)
    assert (len(down.packets), len(sound.packets)) == (1, 1)
    plane.video.mute(False)
    plane.audio.mute(False)
    plane.vp8("f", 3)
    plane.opus(3)
    plane.vp8("f", 4, key=True)
    assert (down.sequences, sound.sequences) == ([1, 2], [1, 2])


async def test_unmuting_asks_for_a_keyframe(plane: Plane) -> None:
    plane.down("f")
    plane.vp8("f", 1, key=True)
    plane.video.mute(True)
    plane.advance(1)
    plane.vp8("f", 2)
    plane.sent.clear()
    plane.video.mute(False)
    assert plane.of(rtcp.KeyframeRequest) == [rtcp.KeyframeRequest(SSRCS["f"])]


async def test_digits_are_forwarded_among_the_audio(plane: Plane) -> None:
    down = plane.down(audio=True)
    plane.opus(1)
    event = RtpPacket(DIGITS, 0x80, 2, 1920, 900, {}, b"\x05\x0a\x03\xc0")
    plane.receive(event)
    assert [p.payload_type for p in down.media] == [111, 112]
    assert down.media[1].payload == b"\x05\x0a\x03\xc0"


async def test_the_audio_level_is_passed_on(plane: Plane) -> None:
    down = plane.down(audio=True)
    plane.opus(1, level=33)
    assert down.media[0].extensions[1] == bytes((33,))
    assert 3 in down.media[0].extensions


async def test_transport_numbers_count_all_packets_of_a_leg(plane: Plane) -> None:
    down = plane.down("f")
    for number in range(1, 4):
        plane.vp8("f", number, key=number == 1)
    down.subscriber.on_rtcp(rtcp_write.nack(1, 7000, [101]), plane.clock.now())
    numbers = [int.from_bytes(packet.extensions[3], "big") for packet in down.packets]
    assert numbers == [1, 2, 3, 4]


@pytest.mark.parametrize("codec", ["vp9", "h264", "av1"])
async def test_other_codecs_are_forwarded_as_they_are(codec: str) -> None:
    plane = Plane(codec, ("",))
    down = plane.down("")
    keyframes = {"vp9": b"\x08key", "h264": b"\x67sps", "av1": b"\x08key"}
    others = {"vp9": b"\x48dif", "h264": b"\x41dif", "av1": b"\x00dif"}
    for number, payload in enumerate((others[codec], keyframes[codec], others[codec])):
        plane.receive(RtpPacket(96, 0x80, number, number * 3000, 14, {MID: b"1"}, payload))
    assert [p.payload for p in down.media] == [keyframes[codec], others[codec]]
