"""Keyframe requests and retransmissions, in memory."""

from __future__ import annotations

import pytest

from media.sfu.datapath import rtcp, rtcp_write, rtp
from tests.media.sfu.plane import (
    SSRCS,
    Plane,
    rtx_packet,
    vp8_packet,
)

pytestmark = pytest.mark.unit


async def test_asking_for_a_layer_asks_for_its_keyframe(plane: Plane) -> None:
    plane.vp8("f", 1, key=True)
    plane.down("f")
    assert plane.of(rtcp.KeyframeRequest) == [rtcp.KeyframeRequest(SSRCS["f"])]


async def test_keyframe_requests_of_one_track_are_half_a_second_apart(plane: Plane) -> None:
    for rid in ("q", "h", "f"):
        plane.vp8(rid, 1, key=True)
    plane.down("f")
    plane.down("q")
    plane.down("h")
    assert len(plane.of(rtcp.KeyframeRequest)) == 1
    plane.advance(0.499)
    assert len(plane.of(rtcp.KeyframeRequest)) == 1
    plane.advance(0.002)
    assert {m.ssrc for m in plane.of(rtcp.KeyframeRequest)} == {11, 12, 13}  # type: ignore[union-attr]


async def test_a_keyframe_that_does_not_come_is_asked_for_again(plane: Plane) -> None:
    plane.vp8("f", 1, key=True)
    down = plane.down("f")
    for number in range(2, 14):
        plane.advance(0.1)
        plane.vp8("f", number)
    assert len(plane.of(rtcp.KeyframeRequest)) == 3
    plane.vp8("f", 14, key=True)
    plane.advance(1)
    assert len(plane.of(rtcp.KeyframeRequest)) == 3
    assert len(down.packets) == 1


async def test_a_subscribers_picture_loss_reaches_the_publisher(plane: Plane) -> None:
    down = plane.down("f")
    plane.vp8("f", 1, key=True)
    plane.advance(1)
    plane.sent.clear()
    plane.vp8("f", 2)
    down.subscriber.on_rtcp(rtcp_write.pli(1, 7000), plane.clock.now())
    assert plane.of(rtcp.KeyframeRequest) == [rtcp.KeyframeRequest(SSRCS["f"])]


async def test_a_publisher_that_sends_nothing_is_not_asked(plane: Plane) -> None:
    plane.down("f")
    plane.advance(5)
    assert plane.sent == []


async def test_a_lost_packet_is_sent_again_on_the_repair_stream(plane: Plane) -> None:
    down = plane.down("f")
    for number in range(1, 6):
        plane.vp8("f", number, key=number == 1)
    down.subscriber.on_rtcp(rtcp_write.nack(1, 7000, [102, 104]), plane.clock.now())
    originals = [rtp.unwrap_rtx(packet, 100, 7000) for packet in down.repairs]
    assert [o and o.sequence for o in originals] == [102, 104]
    assert [o and o.payload for o in originals] == [down.media[1].payload, down.media[3].payload]
    assert [p.sequence for p in down.repairs] == [101, 102]


async def test_without_rtx_the_packet_itself_is_sent_again(plane: Plane) -> None:
    down = plane.down("f", rtx=False)
    plane.vp8("f", 1, key=True)
    down.subscriber.on_rtcp(rtcp_write.nack(1, 7000, [101]), plane.clock.now())
    assert [p.sequence for p in down.media] == [101, 101]


async def test_two_requests_close_together_are_answered_once(plane: Plane) -> None:
    down = plane.down("f")
    plane.vp8("f", 1, key=True)
    for _ in range(3):
        down.subscriber.on_rtcp(rtcp_write.nack(1, 7000, [101]), plane.clock.now())
    assert len(down.repairs) == 1
    plane.advance(0.05)
    down.subscriber.on_rtcp(rtcp_write.nack(1, 7000, [101]), plane.clock.now())
    assert len(down.repairs) == 2


async def test_a_packet_from_before_a_switch_can_still_be_repaired(plane: Plane) -> None:
    down = plane.down("q")
    plane.vp8("q", 10, key=True)
    plane.vp8("q", 11)
    down.subscription.follow("f")
    plane.vp8("f", 900, key=True)
    down.subscriber.on_rtcp(rtcp_write.nack(1, 7000, [102, 103]), plane.clock.now())
    originals = [rtp.unwrap_rtx(packet, 100, 7000) for packet in down.repairs]
    assert [o and o.payload for o in originals] == [p.payload for p in down.media[1:]]
    assert [o and o.timestamp for o in originals] == [p.timestamp for p in down.media[1:]]


async def test_nothing_is_kept_longer_than_two_seconds(plane: Plane) -> None:
    plane.down("f")
    plane.vp8("f", 1, key=True)
    plane.advance(2.1)
    plane.vp8("f", 2)
    assert plane.layer("f").history.get(1) is None
    assert plane.layer("f").history.get(2) is not None


async def test_a_missing_packet_is_asked_for_after_ten_milliseconds(plane: Plane) -> None:
    plane.vp8("f", 1, key=True)
    plane.vp8("f", 4)
    plane.advance(0.009)
    assert plane.of(rtcp.Nack) == []
    plane.advance(0.012)
    assert plane.of(rtcp.Nack) == [rtcp.Nack(SSRCS["f"], (2, 3))]


async def test_a_repair_is_forwarded_like_the_packet_itself(plane: Plane) -> None:
    down = plane.down("f")
    plane.vp8("f", 1, key=True)
    plane.vp8("f", 3)
    plane.receive(rtx_packet("f", vp8_packet("f", 2), 1))
    assert down.sequences == [1, 3, 2]
    assert plane.layer("f").repaired == 1
    plane.advance(0.05)
    assert plane.of(rtcp.Nack) == []


async def test_copies_sent_to_probe_are_dropped(plane: Plane) -> None:
    down = plane.down("f")
    plane.vp8("f", 1, key=True)
    plane.receive(rtx_packet("f", vp8_packet("f", 1, key=True), 1))
    assert down.sequences == [1]


async def test_audio_is_not_asked_for_again(plane: Plane) -> None:
    plane.opus(1)
    plane.opus(5)
    plane.advance(0.2)
    assert plane.of(rtcp.Nack) == []


async def test_who_begins_to_follow_within_a_keyframe_does_not_ask_for_another(
    plane: Plane,
) -> None:
    down = plane.down(None)
    plane.facts.on_layer = lambda fact: down.subscription.follow(fact.rid)  # type: ignore[method-assign]
    plane.vp8("f", 1, key=True)
    plane.advance(2)
    assert down.sequences == [1]
    assert plane.of(rtcp.KeyframeRequest) == []
