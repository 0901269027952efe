"""A clip that is played from memory: its pace, its numbers, and who is sent which form."""

from __future__ import annotations

from itertools import pairwise

import pytest

from media.sfu.datapath import rtcp
from media.sfu.datapath.plans import Clip, Form, TrackNumber
from media.sfu.datapath.player import MOST_LATE, Player
from media.sfu.datapath.track import Track
from tests.media.sfu.clip import CLIP
from tests.media.sfu.plane import Down, Plane

pytestmark = pytest.mark.unit

OPUS, PCMU = 111, 0


def playing(plane: Plane) -> Track:
    """A track that a clip is played on."""
    track = Track(TrackNumber(9), "audio", plane.context, muted=False)
    Player(CLIP, plane.timers).carry(track)
    return track


def listener(plane: Plane, track: Track, form: str = "opus") -> Down:
    """Somebody who listens to one form of it."""
    down = Down(plane, track, (("opus", OPUS), ("pcmu", PCMU)))
    down.subscription.follow(form)
    return down


async def test_a_packet_leaves_every_twenty_milliseconds(plane: Plane) -> None:
    ear = listener(plane, playing(plane))
    plane.advance(0.99)
    assert [p.payload[1] for p in ear.media] == [n % 5 for n in range(50)]
    assert ear.sequences == list(range(1, 51))
    assert [p.timestamp for p in ear.media] == [n * 960 for n in range(50)]
    assert {p.payload_type for p in ear.media} == {OPUS}


async def test_it_does_not_drift_when_the_loop_is_late_each_time(plane: Plane) -> None:
    ear = listener(plane, playing(plane))
    for _ in range(1000):
        plane.clock.advance(0.023)
        plane.timers.run()
    assert [p.timestamp for p in ear.media] == [n * 960 for n in range(23_000 // 20 + 1)]


async def test_after_a_stall_a_little_is_caught_up_and_the_rest_left_out(plane: Plane) -> None:
    ear = listener(plane, playing(plane))
    plane.advance(0.1)
    before = len(ear.media)
    plane.clock.advance(10)
    plane.timers.run()
    assert len(ear.media) == before + MOST_LATE
    assert ear.sequences == list(range(1, before + MOST_LATE + 1)), "nothing seems to be lost"
    assert ear.media[-1].timestamp == round(10.1 * 48_000), "its time is the time"


async def test_nothing_is_done_when_nobody_listens(plane: Plane) -> None:
    ear = listener(plane, playing(plane))
    plane.advance(0.1)
    ear.subscription.follow(None)
    count = len(ear.media)
    plane.advance(0.1)
    assert len(plane.timers) == 0
    assert len(ear.media) == count


async def test_who_comes_back_hears_it_go_on_with_numbers_that_go_on(plane: Plane) -> None:
    ear = listener(plane, playing(plane))
    plane.advance(0.1)
    ear.subscription.follow(None)
    before = ear.media[-1]
    plane.advance(2)
    ear.subscription.follow("opus")
    plane.advance(0.03)
    after = ear.media[ear.media.index(before) + 1]
    assert after.sequence == before.sequence + 1
    assert (after.timestamp - before.timestamp) / 48_000 == pytest.approx(2.02, abs=0.021)


async def test_each_is_sent_the_form_that_it_speaks(plane: Plane) -> None:
    track = playing(plane)
    wide, narrow = listener(plane, track), listener(plane, track, "pcmu")
    plane.advance(0.2)
    assert {p.payload[0] for p in wide.media} == {1}
    assert {(p.payload_type, p.payload[0]) for p in narrow.media} == {(PCMU, 2)}
    stamps = [p.timestamp for p in narrow.media]
    assert {after - before for before, after in pairwise(stamps)} == {160}


async def test_reports_tell_its_clock(plane: Plane) -> None:
    ear = listener(plane, playing(plane))
    plane.advance(3)
    reports = [m for m in ear.rtcp if isinstance(m, rtcp.SenderReport)]
    assert len(reports) >= 2
    first, last = reports[0], reports[-1]
    seconds = (last.ntp - first.ntp) / 2**32
    assert last.rtp - first.rtp == pytest.approx(seconds * 48_000, abs=2)


async def test_a_track_can_wait_for_its_clip(plane: Plane) -> None:
    track = Track(TrackNumber(9), "audio", plane.context, muted=False)
    ear = listener(plane, track)
    plane.advance(0.5)
    assert not ear.media
    Player(CLIP, plane.timers).carry(track)
    plane.advance(0.1)
    assert len(ear.media) >= 5


async def test_another_clip_takes_its_place(plane: Plane) -> None:
    track = playing(plane)
    ear = listener(plane, track)
    plane.advance(0.1)
    Player(Clip(20_000, (Form("opus", 48_000, (b"new",)),)), plane.timers).carry(track)
    plane.advance(0.1)
    assert ear.media[-1].payload == b"new"
    assert len(plane.timers) == 1
    numbers = ear.sequences
    assert numbers == list(range(1, len(numbers) + 1))
