"""Digits as telephone events: sent as RFC 4733 asks, heard once whatever is lost."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.rtp.dtmf import DIGITS, DigitSender, EventPacket, TelephoneEvent
from media.rtp.dtmf_receiver import TIMEOUT, DigitEvent, DigitPressed, DigitReceiver, DigitReleased
from offhook.core.clock import Micros
from offhook.core.errors import InvalidInput
from tests.media.rtp.line import MS, START

pytestmark = pytest.mark.unit


def sent(digits: str, *, first: int = 1000, duration: int = 100 * MS) -> list[EventPacket]:
    """All packets of these digits."""
    sender, out, timestamp = DigitSender(8000), [], first
    sender.send(digits, duration=duration)
    while sender.busy:
        event = sender.next(timestamp & 0xFFFFFFFF)
        out += [event] if event else []
        timestamp += 160
    return out


def events(packets: list[EventPacket]) -> list[TelephoneEvent]:
    parsed = [TelephoneEvent.parse(packet.payload) for packet in packets]
    return [event for event in parsed if event is not None]


def heard(packets: list[EventPacket], receiver: DigitReceiver | None = None) -> list[DigitEvent]:
    """What a receiver makes of them, 20 ms apart, and of the time after."""
    receiver, now, out = receiver or DigitReceiver(8000), START, []
    for packet in packets:
        out += receiver.take(packet.timestamp, packet.payload, Micros(now))
        now += 20 * MS
    return out + receiver.expire(Micros(now + TIMEOUT))


def pressed(events: list[DigitEvent]) -> str:
    return "".join(event.digit for event in events if isinstance(event, DigitPressed))


def test_a_digit_keeps_its_timestamp_and_is_marked_first() -> None:
    """RFC 4733 2.5.1.2."""
    packets = sent("5")
    assert {packet.timestamp for packet in packets} == {1000}
    assert [packet.marker for packet in packets] == [True] + [False] * 6
    assert [event.duration for event in events(packets)] == [160, 320, 480, 640, 800, 800, 800]


def test_the_end_is_said_three_times() -> None:
    """RFC 4733 2.5.1.4."""
    assert [event.end for event in events(sent("#"))] == [False] * 4 + [True] * 3


def test_two_digits_have_two_timestamps_with_a_gap_between() -> None:
    packets = sent("11")
    first, second = sorted({packet.timestamp for packet in packets})
    assert second - first == 160 * (5 + 3)
    assert pressed(heard(packets)) == "11"


def test_a_digit_longer_than_a_segment_goes_on_in_the_next() -> None:
    """RFC 4733 2.5.1.3."""
    packets = sent("7", duration=20_000 * MS)
    found = events(packets)
    starts = sorted({packet.timestamp for packet in packets})
    assert starts == [1000, 1000 + 0xFFFF, 1000 + 2 * 0xFFFF]
    assert max(event.duration for event in found) <= 0xFFFF
    assert [packet.marker for packet in packets].count(True) == 1
    assert [event.end for event in found].count(True) == 3
    assert heard(packets) == [DigitPressed("7"), DigitReleased("7", 20_000 * MS)]


def test_digits_stop_when_asked_and_the_one_begun_ends() -> None:
    sender = DigitSender(8000)
    sender.send("123", duration=200 * MS)
    packets = [sender.next(0), sender.next(160)]
    sender.stop()
    while sender.busy:
        packets.append(sender.next(320))
    assert heard([one for one in packets if one]) == [
        DigitPressed("1"),
        DigitReleased("1", 40 * MS),
    ]


@pytest.mark.parametrize(
    ("digits", "shape", "field"),
    [("12x", {}, "digits"), ("1", {"duration": 39_999}, "duration"), ("1", {"gap": 0}, "gap")],
)
def test_what_no_phone_hears_is_refused(digits: str, shape: dict[str, int], field: str) -> None:
    sender = DigitSender(8000)
    with pytest.raises(InvalidInput) as refused:
        sender.send(digits, **shape)
    assert refused.value.field == field
    assert not sender.busy


@pytest.mark.parametrize("kept", [[0], [2], [3, 4], [4], [6]])
def test_any_one_packet_is_enough(kept: list[int]) -> None:
    """Only the beginning, the middle or the end came (RFC 4733 2.5.2.2)."""
    packets = sent("9")
    said = heard([packets[place] for place in kept])
    assert [type(event) for event in said] == [DigitPressed, DigitReleased]


def test_a_digit_without_its_end_ends_by_time() -> None:
    receiver = DigitReceiver(8000)
    one = sent("3")[0]
    assert receiver.take(one.timestamp, one.payload, Micros(START)) == [DigitPressed("3")]
    due = receiver.deadline
    assert due == START + TIMEOUT
    assert receiver.expire(Micros(START + TIMEOUT - 1)) == []
    assert receiver.expire(Micros(START + TIMEOUT)) == [DigitReleased("3", 20 * MS)]
    assert receiver.deadline is None
    assert receiver.take(one.timestamp, one.payload, Micros(START + TIMEOUT)) == []


def test_a_digit_ends_at_once_when_its_end_comes() -> None:
    receiver = DigitReceiver(8000)
    told = [receiver.take(one.timestamp, one.payload, Micros(START)) for one in sent("8")]
    assert told == [[DigitPressed("8")], [], [], [], [DigitReleased("8", 100 * MS)], [], []]


def test_a_late_packet_of_the_digit_before_is_no_new_digit() -> None:
    packets = sent("12")
    assert pressed(heard([*packets[:4], packets[8], packets[5], packets[9], packets[6]])) == "12"


@pytest.mark.parametrize("percent", [0, 5, 10, 15, 20, 25, 30])
def test_digits_arrive_exactly_once_at_any_loss(percent: int) -> None:
    for seed in range(1000 * percent, 1000 * percent + 30):
        luck = random.Random(seed)
        digits = "".join(luck.choice(DIGITS[:16]) for _ in range(12))
        packets = sent(digits, first=luck.randrange(1 << 32))
        kept = [one for one in packets if luck.random() >= percent / 100]
        twice = [one for one in kept for _ in range(1 + (luck.random() < 0.1))]
        assert pressed(heard(twice)) == reaching(digits, packets, kept), f"seed {seed}"


def reaching(digits: str, packets: list[EventPacket], kept: list[EventPacket]) -> str:
    """The digits of which anything came; nearly always all, for each has seven packets."""
    stamps = dict.fromkeys(one.timestamp for one in packets)
    came = {one.timestamp for one in kept}
    left = "".join(digit for digit, at in zip(digits, stamps, strict=True) if at in came)
    assert len(left) >= len(digits) - 1
    return left


@given(st.integers(0, 255), st.booleans(), st.integers(0, 63), st.integers(0, 65535))
def test_a_payload_is_read_as_it_was_written(
    event: int, end: bool, volume: int, duration: int
) -> None:
    """RFC 4733 2.3."""
    payload = TelephoneEvent(event, end, volume, duration)
    assert TelephoneEvent.parse(bytes(payload)) == payload


def test_what_is_no_digit_is_passed_over() -> None:
    receiver = DigitReceiver(8000)
    assert receiver.take(1, b"\x05\x0a\x00", Micros(START)) == []
    assert receiver.take(1, bytes(TelephoneEvent(32, False, 0, 160)), Micros(START)) == []
    assert receiver.deadline is None
