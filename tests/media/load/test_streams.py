"""What light participants send and count, packet by packet, on a clock that the test moves."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.load.descriptions import Heard
from media.load.histogram import Histogram
from media.load.incoming import Incoming
from media.load.outgoing import HISTORY, Outgoing, StreamPlan
from media.load.sources import PACKET, Pictures, Profile, Sound
from media.load.stamp import SIZE, Stamp
from media.sfu.datapath import rtp, vp8
from media.sfu.datapath.rtp import RtpPacket
from offhook.core.clock import SECOND

pytestmark = pytest.mark.unit

VIDEO = StreamPlan("1", 70, 96, 90_000, mid_id=4, transport_id=3, rtx=(71, 97))
AUDIO = StreamPlan("0", 60, 111, 48_000, mid_id=4, transport_id=3)
HEARD = Heard("video", 70, 90_000, nacks=True, repairs=(71, 97))
NOW = 1_000 * SECOND


def outgoing(plan: StreamPlan = VIDEO, first: int = 65_530) -> Outgoing:
    """A stream whose sequence numbers are about to wrap."""
    numbers = count()
    return Outgoing(plan, lambda: next(numbers), first=first)


def parsed(data: bytes) -> RtpPacket:
    """A packet that was understood."""
    return rtp.parse(data)


# stamps


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**63), st.binary(max_size=50))
def test_a_stamp_is_found_behind_any_payload(number: int, made: int, payload: bytes) -> None:
    stamp = Stamp(number, made)
    assert Stamp.parse(payload + bytes(stamp)) == stamp


def test_what_others_send_has_no_stamp() -> None:
    assert Stamp.parse(b"x" * 100) is None
    assert Stamp.parse(b"short") is None


# sources


def test_sound_is_fifty_packets_a_second_of_160_bytes_with_a_level() -> None:
    sound = Sound(outgoing(AUDIO), level_id=1)
    packets = [parsed(data) for n in range(3) for data in sound.make(NOW + n * sound.interval)]
    assert sound.interval == SECOND // 50
    assert [len(p.payload) for p in packets] == [160] * 3
    assert [p.timestamp for p in packets] == [0, 960, 1920]
    assert packets[0].extensions == {4: b"0", 3: b"\0\0", 1: b"\x9e"}


@pytest.mark.parametrize("rate", [2, 30, 100, 125, 400])
def test_pictures_keep_their_packet_rate(rate: int) -> None:
    pictures = Pictures(outgoing(), rate)
    frames = 10 * SECOND // pictures.interval
    packets = [data for n in range(frames) for data in pictures.make(NOW + n * pictures.interval)]
    assert len(packets) == pytest.approx(10 * rate, rel=0.02)
    assert all(PACKET - 16 <= len(data) <= PACKET for data in packets)


def test_a_frame_begins_with_a_keyframe_header_and_ends_with_the_marker() -> None:
    pictures = Pictures(outgoing(), 90)
    frame = [parsed(data) for data in pictures.make(NOW)]
    heads = [vp8.parse(packet.payload) for packet in frame]
    assert [head.keyframe for head in heads] == [True, False, False]
    assert [bool(packet.marker) for packet in frame] == [False, False, True]
    assert vp8.frame_size(frame[0].payload, heads[0]) == (640, 480)
    assert len({head.picture_id for head in heads}) == 1


def test_a_keyframe_comes_first_and_when_it_is_asked_for() -> None:
    pictures = Pictures(outgoing(), 30)

    def key() -> bool:
        return vp8.parse(parsed(pictures.make(NOW)[0]).payload).keyframe

    assert [key(), key()] == [True, False]
    pictures.refresh()
    assert [key(), key()] == [True, False]


def test_a_profile_names_the_kinds_it_sends() -> None:
    assert Profile().kinds == ("audio", "video")
    assert Profile(video=False).kinds == ("audio",)


# repairs


def test_what_is_asked_for_again_goes_out_as_it_was_on_the_repair_stream() -> None:
    stream = outgoing()
    sent = [parsed(stream.packet(b"payload%d" % n, n, NOW)) for n in range(10)]
    (again,) = [parsed(data) for data in stream.repair([sent[7].sequence])]
    assert (again.ssrc, again.payload_type) == (71, 97)
    original = rtp.unwrap_rtx(again, 96, 70)
    assert original is not None
    assert (original.sequence, original.payload) == (sent[7].sequence, b"payload7")
    assert stream.repaired == 1


def test_packets_are_kept_for_repair_but_not_for_ever() -> None:
    stream = outgoing()
    sent = [parsed(stream.packet(b"x", n, NOW)).sequence for n in range(HISTORY + 1)]
    assert stream.repair([sent[0]]) == []
    assert len(stream.repair([sent[1], sent[-1]])) == 2
    assert outgoing(AUDIO).repair([1]) == []


def test_a_sender_report_tells_the_time_of_now() -> None:
    stream = outgoing()
    stream.packet(b"12345", 9_000, NOW)
    report = stream.report(NOW + SECOND)
    assert (report.rtp, report.packets, report.octets) == (99_000, 1, 5)


# counting


def listened(sent: list[bytes], lost: set[int], repaired: set[int]) -> Incoming:
    """What a receiver made of these packets, by their place: some lost, some of them repaired."""
    incoming = Incoming(HEARD, Histogram())
    for place, data in enumerate(sent):
        if place not in lost:
            incoming.take(parsed(data), NOW)
    for place in sorted(repaired):
        packet = parsed(sent[place])
        payload = packet.sequence.to_bytes(2) + packet.payload
        incoming.repair(RtpPacket(97, 0, place, 0, 71, {}, payload), NOW)
    return incoming


def stamped(number: int) -> list[bytes]:
    """So many packets with stamps."""
    stream = outgoing()
    return [stream.packet(bytes(Stamp(n, NOW - 5_000)), n, NOW) for n in range(number)]


@given(st.sets(st.integers(1, 98)), st.data())
def test_every_packet_is_received_or_lost(lost: set[int], data: st.DataObject) -> None:
    repaired = data.draw(st.sets(st.sampled_from(sorted(lost)))) if lost else set()
    incoming = listened(stamped(100), lost, repaired)
    assert incoming.expected == 100
    assert incoming.repaired == len(repaired)
    assert incoming.received == 100 - len(lost) + len(repaired)
    assert incoming.withheld == 0


def test_missing_packets_are_asked_for_by_their_numbers_on_the_wire() -> None:
    incoming = listened(stamped(10), {4, 6, 7}, set())
    assert incoming.missing(NOW) == []
    assert incoming.missing(NOW + 10_000) == [65_534, 0, 1]


def test_a_packet_that_came_twice_counts_once() -> None:
    sent = stamped(10)
    incoming = listened([*sent, sent[5]], set(), {3})
    assert (incoming.received, incoming.repaired) == (10, 0)


def test_packets_that_the_server_numbered_away_are_withheld_not_lost() -> None:
    stream, incoming = outgoing(), Incoming(HEARD, Histogram())
    for number in (0, 1, 50, 51):
        incoming.take(parsed(stream.packet(bytes(Stamp(number, NOW)), 0, NOW)), NOW)
    assert (incoming.expected, incoming.received, incoming.withheld) == (4, 4, 48)


def test_a_report_tells_the_share_that_was_lost() -> None:
    incoming = listened(stamped(100), set(range(10, 35)), set())
    report = incoming.report(NOW)
    assert report is not None
    assert (report.lost, report.fraction_lost) == (25, 64)


def test_the_time_that_packets_took_is_counted() -> None:
    delays = Histogram()
    incoming = Incoming(HEARD, delays)
    for data in stamped(10):
        incoming.take(parsed(data), NOW)
    assert delays.count == 10
    assert delays.percentile(50) == pytest.approx(5_000, rel=0.03)


# times


@given(st.lists(st.integers(0, 10**9), min_size=1))
def test_percentiles_are_within_three_per_cent(samples: list[int]) -> None:
    histogram = Histogram()
    for sample in samples:
        histogram.add(sample)
    ordered = sorted(samples)
    for percent, place in ((50, (len(samples) + 1) // 2 - 1), (100, -1)):
        assert histogram.percentile(percent) == pytest.approx(ordered[place], rel=0.032)


def test_without_samples_there_is_no_percentile() -> None:
    assert Histogram().percentile(50) is None
    assert SIZE == 16
