"""The jitter buffer: order, lateness, duplicates, restarts, and how long it waits."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.delay import Delays
from media.rtp.due import Lost, Pause, Pulled, Sound, Starved
from media.rtp.jitter import LEAST, MOST, JitterBuffer
from media.sfu.datapath.rtp import RtpPacket
from tests.media.rtp.line import MS, START, packet

pytestmark = pytest.mark.unit


def made() -> JitterBuffer:
    return JitterBuffer(8000, lambda packet: len(packet.payload))


def numbered(number: int, *, ssrc: int = 7) -> RtpPacket:
    """A packet of 20 ms that carries its own number."""
    return packet(number, number.to_bytes(2) + bytes(158), ssrc=ssrc)


def said(pulled: Pulled) -> int | str:
    """The number that is heard, or what is missing."""
    match pulled:
        case Sound(packet=packet):
            return int.from_bytes(packet.payload[:2])
        case Lost():
            return "lost"
        case Starved():
            return "starved"
        case Pause():
            return "pause"


def played(buffer: JitterBuffer, order: list[int], pulls: int) -> list[int | str]:
    """Push these at once, then pull for as long as a second later."""
    for number in order:
        buffer.push(numbered(number), START + number * 20 * MS)
    at = START + 40 * MS
    return [said(buffer.pull(at + step * 20 * MS)) for step in range(pulls)]


def test_packets_are_put_in_order_across_both_wraps() -> None:
    assert played(made(), [0, 2, 1, 4, 3, 5], 6) == [0, 1, 2, 3, 4, 5]
    swapped = [number ^ 1 for number in range(60)]
    buffer = JitterBuffer(8000, lambda packet: len(packet.payload), most=2000 * MS)
    assert played(buffer, swapped, 60) == [*range(60)]


def test_a_lost_packet_is_told_where_it_is_missing_and_counted() -> None:
    buffer = made()
    assert played(buffer, [0, 1, 3, 4], 5) == [0, 1, "lost", 3, 4]
    assert buffer.counts.lost == 1


def test_the_same_packet_again_is_counted_and_not_heard() -> None:
    buffer = made()
    assert played(buffer, [0, 1, 1, 0, 2], 3) == [0, 1, 2]
    assert buffer.counts.duplicate == 2


def test_a_packet_that_comes_after_its_time_is_late_and_not_lost_twice() -> None:
    buffer = made()
    assert played(buffer, [0, 1, 3], 4) == [0, 1, "lost", 3]
    buffer.push(numbered(2), START + 200 * MS)
    assert (buffer.counts.late, buffer.counts.lost) == (1, 1)


def test_what_is_only_late_is_waited_for() -> None:
    buffer = made()
    assert played(buffer, [0, 1], 3) == [0, 1, "starved"]
    buffer.push(numbered(2), START + 101 * MS)
    assert said(buffer.pull(START + 102 * MS)) == 2


def test_what_was_concealed_while_starved_is_not_concealed_again() -> None:
    buffer = made()
    assert played(buffer, [0, 1], 3) == [0, 1, "starved"]
    buffer.push(numbered(3), START + 101 * MS)
    assert said(buffer.pull(START + 102 * MS)) == 3
    assert buffer.counts.lost == 1


def test_of_a_longer_gap_only_the_rest_is_concealed() -> None:
    buffer = made()
    assert played(buffer, [0, 1], 3) == [0, 1, "starved"]
    buffer.push(numbered(5), START + 101 * MS)
    buffer.push(numbered(6), START + 121 * MS)
    heard = [said(buffer.pull(START + (102 + 20 * step) * MS)) for step in range(4)]
    assert heard == ["lost", "lost", 5, 6]


def test_a_leap_behind_a_loss_is_not_filled_with_sound() -> None:
    buffer = made()
    played(buffer, [0, 1], 2)
    moved = numbered(3)
    moved.timestamp = moved.timestamp + 900_000 & 0xFFFFFFFF
    buffer.push(moved, START + 60 * MS)
    assert said(buffer.pull(START + 80 * MS)) == 3


def test_packets_of_another_source_out_of_order_change_nothing() -> None:
    buffer = made()
    played(buffer, [0, 1], 2)
    for number in (500, 600, 300):
        buffer.push(numbered(number, ssrc=8), START + 90 * MS)
    assert (buffer.ssrc, buffer.counts.resets) == (7, 0)


def test_before_anything_came_there_is_a_pause() -> None:
    assert said(made().pull(START)) == "pause"


def test_another_source_is_believed_when_its_second_packet_follows_the_first() -> None:
    buffer = made()
    played(buffer, [0, 1], 2)
    buffer.push(numbered(500, ssrc=8), START + 90 * MS)
    assert buffer.ssrc == 7
    buffer.push(numbered(900, ssrc=9), START + 90 * MS)
    buffer.push(numbered(700, ssrc=8), START + 95 * MS)
    assert buffer.ssrc == 7
    buffer.push(numbered(701, ssrc=8), START + 110 * MS)
    assert (buffer.ssrc, buffer.counts.resets) == (8, 1)
    assert said(buffer.pull(START + 170 * MS)) == 700


@pytest.mark.parametrize("leap", [-40_000, 90_000, 3_000_000_000])
def test_timestamps_that_leap_begin_another_timeline(leap: int) -> None:
    buffer = made()
    played(buffer, [0, 1, 2], 3)
    for number in (3, 4, 5):
        moved = numbered(number)
        moved.timestamp = moved.timestamp + leap & 0xFFFFFFFF
        buffer.push(moved, START + number * 20 * MS)
    heard = [said(buffer.pull(START + (100 + 20 * step) * MS)) for step in range(3)]
    assert heard == [3, 4, 5]
    assert (buffer.counts.late, buffer.counts.lost) == (0, 0)


def test_a_pause_of_the_sender_is_no_loss() -> None:
    buffer = made()
    played(buffer, [0, 1], 2)
    silent = numbered(2)
    buffer.push(silent, START + 80 * MS, silent=True)
    assert said(buffer.pull(START + 90 * MS)) == "pause"
    late = numbered(3)
    late.timestamp = late.timestamp + 8000 & 0xFFFFFFFF
    buffer.push(late, START + 1060 * MS)
    assert said(buffer.pull(START + 1065 * MS)) == "pause"
    assert said(buffer.pull(START + 1105 * MS)) == 3
    assert buffer.counts.lost == 0


def test_after_a_stall_the_oldest_is_discarded() -> None:
    buffer = made()
    played(buffer, [0, 1], 2)
    for number in range(2, 40):
        buffer.push(numbered(number), START + 800 * MS)
    assert isinstance(said(buffer.pull(START + 800 * MS)), int)
    assert buffer.depth <= 2 * MOST
    assert buffer.counts.discarded > 20


def test_the_target_follows_the_jitter_within_its_bounds() -> None:
    luck = random.Random(3)
    targets = []
    for jitter in (0, 40, 400):
        buffer = made()
        for number in range(300):
            late = luck.random() * jitter * MS
            buffer.push(numbered(number), START + round(number * 20 * MS + late))
            buffer.pull(START + number * 20 * MS)
        targets.append(buffer.target)
    assert targets[0] == LEAST
    assert 40 * MS < targets[1] < 60 * MS
    assert targets[2] == MOST


def test_no_flood_fills_it() -> None:
    buffer = made()
    for number in range(20_000):
        buffer.push(numbered(number), START)
    assert len(buffer._waiting) <= 256
    assert len(buffer._seen) <= 1100


@given(st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 2**32 - 1)), max_size=60))
def test_anything_may_come_and_sound_is_heard_once(stream: list[tuple[int, int]]) -> None:
    buffer = made()
    heard: list[int] = []
    for number, (sequence, timestamp) in enumerate(stream):
        buffer.push(
            RtpPacket(0, 0, sequence, timestamp, 1, {}, number.to_bytes(2) + bytes(158)),
            START + number * 10 * MS,
        )
        what = said(buffer.pull(START + number * 10 * MS))
        heard += [what] if isinstance(what, int) else []
    assert len(heard) == len(set(heard))


@pytest.mark.parametrize("drift", [-200, 0, 200, 1000])
def test_the_drift_of_two_clocks_is_measured(drift: int) -> None:
    delays, luck = Delays(8000), random.Random(4)
    for number in range(6000):
        sent = number * 20 * MS / (1 + drift * 1e-6)
        delays.add(160 * number & 0xFFFFFFFF, START + round(sent + luck.random() * 20 * MS))
    measured = delays.drift
    assert measured is not None
    assert abs(measured - drift) < 20
