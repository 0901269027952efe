"""The jitter buffer of sound: what comes out, beside what comes out of aiortc's own."""

from __future__ import annotations

import random

import pytest
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtp import RtpPacket

from media.peers.audio_buffer import AudioBuffer

pytestmark = pytest.mark.unit

Buffer = JitterBuffer | AudioBuffer
PACKETS = 600


def delivered(buffer: Buffer, arrivals: list[int]) -> list[int]:
    """Which packets, by number, come out of a buffer as frames."""
    out = []
    for number in arrivals:
        packet = RtpPacket(sequence_number=(65_000 + number) & 0xFFFF, timestamp=number * 960)
        packet._data = b"sound"  # type: ignore[attr-defined]
        _, frame = buffer.add(packet)
        if frame is not None:
            out.append(frame.timestamp // 960)
    return out


def with_loss(percent: float, seed: int = 7) -> list[int]:
    """The packets that survive."""
    dice = random.Random(seed)
    return [number for number in range(PACKETS) if dice.random() * 100 >= percent]


def stock_buffer() -> JitterBuffer:
    """As RTCRtpReceiver makes it for sound."""
    return JitterBuffer(capacity=16, prefetch=4)


@pytest.mark.parametrize(("loss", "times"), [(2, 4), (5, 4)])
def test_stock_buffer_multiplies_loss(loss: float, times: float) -> None:
    arrivals = with_loss(loss)
    lost = PACKETS - len(arrivals)
    assert PACKETS - len(delivered(stock_buffer(), arrivals)) > times * lost


@pytest.mark.parametrize("loss", [0, 2, 5, 20])
def test_a_lost_packet_costs_exactly_that_packet(loss: float) -> None:
    arrivals = with_loss(loss)
    assert delivered(AudioBuffer(), arrivals) == arrivals[:-4]


def test_packets_out_of_order_come_out_in_order() -> None:
    dice = random.Random(3)
    arrivals = sorted(range(PACKETS), key=lambda number: number + dice.uniform(0, 3.9))
    assert delivered(AudioBuffer(), arrivals) == list(range(PACKETS - 4))


def test_duplicates_and_late_packets_are_dropped() -> None:
    arrivals = [0, 1, 2, 2, 3, 4, 5, 6, 0, 7, 1, 8, 9, 9]
    assert delivered(AudioBuffer(), arrivals) == [0, 1, 2, 3, 4, 5]


def test_a_sender_that_begins_anew_is_heard_again() -> None:
    buffer = AudioBuffer()
    delivered(buffer, list(range(2000, 2100)))
    assert delivered(buffer, list(range(100))) == list(range(96))
