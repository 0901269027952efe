"""Feedback, sender reports, silence of layers and audio levels, in memory."""

from __future__ import annotations

import pytest

from media.sfu.datapath import rtcp, rtcp_write
from media.sfu.datapath.sender_clock import middle, ntp_now
from tests.media.sfu.plane import (
    AUDIO,
    CC,
    SSRCS,
    Plane,
    vp8_packet,
)

pytestmark = pytest.mark.unit


async def test_arrivals_are_reported_within_fifty_milliseconds(plane: Plane) -> None:
    for number in range(3):
        packet = vp8_packet("f", number, key=number == 0)
        packet.extensions = packet.extensions | {CC: bytes((0, 10 + number))}
        plane.receive(packet)
        plane.advance(0.010)
    plane.advance(0.025)
    (feedback,) = plane.of(rtcp.TransportFeedback)
    assert isinstance(feedback, rtcp.TransportFeedback)
    assert feedback.base == 10
    assert len(feedback.arrivals) == 3


async def test_a_publisher_gets_receiver_reports_twice_a_second(plane: Plane) -> None:
    for number in range(40):
        plane.opus(number)
        plane.advance(0.05)
    assert 4 <= len(plane.of(rtcp.ReceiverReport)) <= 5


async def test_idle_publishers_cost_no_timers(plane: Plane) -> None:
    plane.down("f")
    for number in range(30):
        for rid in ("q", "f"):
            plane.vp8(rid, number, key=number == 0)
        plane.opus(number)
        plane.advance(0.033)
    plane.advance(12)
    assert len(plane.timers) == 0


async def test_a_subscriber_gets_the_publishers_clock(plane: Plane) -> None:
    video, audio = plane.down("f"), plane.down(audio=True)
    plane.vp8("f", 0, key=True)
    plane.opus(0)
    plane.sender_report(SSRCS["f"], 5000.0, 10_000_000 * SSRCS["f"])
    plane.sender_report(900, 5000.0, 0)
    plane.advance(1)
    plane.vp8("f", 30)
    plane.opus(50)
    for down, rate, start in ((video, 90000, 10_000_000 * SSRCS["f"]), (audio, 48000, 0)):
        (report,) = [m for m in down.rtcp if isinstance(m, rtcp.SenderReport)]
        assert report.ntp >> 32 == 5001
        assert report.rtp == (start + rate) & 0xFFFFFFFF


async def test_the_round_trip_is_measured_from_reports(plane: Plane) -> None:
    down = plane.down(audio=True)
    plane.opus(0)
    plane.sender_report(900, 5000.5, 0)
    plane.opus(1)
    (report,) = [m for m in down.rtcp if isinstance(m, rtcp.SenderReport)]
    plane.advance(0.150)
    block = rtcp.Report(7000, 64, 3, 110, 0, report.ntp >> 16 & 0xFFFFFFFF, 65536 // 10)
    down.subscriber.on_rtcp(rtcp_write.receiver_report(1, [block]), plane.clock.now())
    assert down.subscriber.round_trip == pytest.approx(50_000, abs=100)
    assert down.subscription.loss == 0.25


async def test_a_publishers_round_trip_is_measured_by_its_echo(plane: Plane) -> None:
    plane.opus(0)
    reference = middle(ntp_now(plane.clock.now()))
    plane.advance(0.080)
    echo = bytes((0x80, 207, 0, 5)) + bytes(4) + bytes((5, 0, 0, 3)) + bytes(4)
    echo += reference.to_bytes(4, "big") + (65536 // 50).to_bytes(4, "big")
    plane.publisher.on_rtcp(echo, plane.clock.now())
    assert plane.publisher.round_trip == pytest.approx(60_000, abs=100)


def _seconds(plane: Plane, rids: dict[str, float], seconds: float, start: int) -> int:
    """Let layers send for a while, each with its own frame rate; the last number used."""
    number = start
    for step in range(round(seconds * 100)):
        number += 1
        for rid, fps in rids.items():
            if step % round(100 / fps) == 0:
                plane.vp8(rid, number // round(100 / fps))
        plane.advance(0.01)
    return number


async def test_a_layer_that_stops_while_others_go_on_is_silent(plane: Plane) -> None:
    last = _seconds(plane, {"q": 20, "f": 20}, 2, 1000)
    assert all(fact.active for fact in plane.facts.layers)
    _seconds(plane, {"q": 20}, 2, last)
    assert [f.rid for f in plane.facts.layers if not f.active] == ["f"]


async def test_a_still_screen_is_not_silent(plane: Plane) -> None:
    _seconds(plane, {"q": 20, "f": 20}, 2, 1000)
    plane.advance(20)
    assert all(fact.active for fact in plane.facts.layers)


async def test_a_slow_layer_is_judged_by_its_own_frame_rate(plane: Plane) -> None:
    _seconds(plane, {"q": 20, "f": 0.5}, 12, 1000)
    assert all(fact.active for fact in plane.facts.layers)


async def test_a_layer_tells_its_size_from_its_keyframe(plane: Plane) -> None:
    plane.vp8("h", 1, key=True)
    fact = plane.facts.layers[-1]
    assert (fact.rid, fact.width, fact.height) == ("h", 640, 360)


async def test_levels_are_told_every_half_second_while_somebody_sends(plane: Plane) -> None:
    for number in range(60):
        plane.opus(number, level=20 if number % 2 else 60)
        plane.advance(0.02)
    assert len(plane.facts.levels) == 2
    (fact,) = plane.facts.levels[0]
    assert (fact.track, fact.loudest) == (AUDIO, 20)
    assert fact.active == pytest.approx(0.5, abs=0.05)


async def test_silence_is_told_until_levels_have_fallen(plane: Plane) -> None:
    plane.opus(1)
    plane.advance(5)
    assert [len(window) for window in plane.facts.levels] == [1, 0, 0, 0, 0]
    assert len(plane.timers) == 0


async def test_a_muted_track_has_no_level(plane: Plane) -> None:
    plane.audio.mute(True)
    plane.opus(1)
    plane.advance(1)
    assert plane.facts.levels == []
