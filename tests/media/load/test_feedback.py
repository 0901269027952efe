"""What a light participant tells the server, and what it does when the server asks."""

from __future__ import annotations

import asyncio
import socket
from itertools import count

import pytest

from media.load.connection import CONSENT, Connection, Means
from media.load.descriptions import Heard
from media.load.histogram import Histogram
from media.load.outgoing import Outgoing, StreamPlan
from media.load.receiver import RECEIVER_SSRC, Receiver
from media.load.sources import Pictures, Sound
from media.load.stamp import Stamp
from media.load.transmitter import Transmitter
from media.sfu import sdp
from media.sfu.datapath import rtcp, rtcp_write, rtp, vp8
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.dtls import Identity
from media.sfu.ice_lite import Credentials
from media.sfu.timers import Timers
from offhook.core.clock import SECOND, ManualClock
from offhook.core.errors import Unavailable
from tests.media.load.luck import luck

pytestmark = pytest.mark.unit

SSRC, REPAIRS = 70, 71


class Ear:
    """A receiver of one video; `told` is what it sent to the server."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.timers = Timers(self.clock)
        self.told: list[rtcp.Message] = []
        self.receiver = Receiver(self._tell, self.timers, Histogram())
        self.receiver.expect([Heard("video", SSRC, 90_000, True, (REPAIRS, 97))], 3)

    def _tell(self, data: bytes) -> None:
        self.told += rtcp.parse(data)

    def hear(self, *sequences: int) -> None:
        """Packets of these numbers arrive."""
        for sequence in sequences:
            payload = bytes(Stamp(sequence, self.clock.now()))
            extensions = {3: (1000 + sequence).to_bytes(2)}
            packet = RtpPacket(96, 0, sequence, 0, SSRC, extensions, payload)
            self.receiver.on_rtp(rtp.build(packet))

    def wait(self, seconds: float) -> None:
        """Let time pass in steps of ten milliseconds."""
        for _ in range(round(seconds * 100)):
            self.clock.advance(0.01)
            self.timers.run()


async def test_lost_video_is_asked_for_again() -> None:
    ear = Ear()
    ear.hear(1, 2, 5)
    ear.wait(0.05)
    nacks = [message for message in ear.told if isinstance(message, rtcp.Nack)]
    assert nacks[0] == rtcp.Nack(SSRC, (3, 4))


async def test_what_stays_lost_makes_it_ask_for_a_keyframe() -> None:
    ear = Ear()
    ear.hear(1, 3)
    ear.wait(2)
    assert rtcp.KeyframeRequest(SSRC) in ear.told


async def test_arrivals_are_told_within_fifty_milliseconds() -> None:
    ear = Ear()
    ear.hear(1, 2, 4)
    ear.wait(0.06)
    (feedback,) = (m for m in ear.told if isinstance(m, rtcp.TransportFeedback))
    assert feedback.base == 1001
    assert [arrival is not None for arrival in feedback.arrivals] == [True, True, False, True]


async def test_each_second_a_report_tells_what_was_heard() -> None:
    ear = Ear()
    ear.hear(1, 2)
    ear.receiver.on_rtcp(rtcp_write.sender_report(rtcp.SenderReport(SSRC, 1 << 40, 0, 2, 2)))
    ear.wait(1)
    ear.hear(3)
    reports = [m for m in ear.told if isinstance(m, rtcp.ReceiverReport)]
    assert [report.reports[0].highest for report in reports] == [1, 3]
    assert reports[-1].reports[0].last_sr == 1 << 24


async def test_a_stream_that_ended_keeps_its_figures() -> None:
    ear = Ear()
    ear.hear(1, 2, 4)
    ear.receiver.expect([], 3)
    ear.hear(5)
    (stream,) = ear.receiver.streams()
    assert (stream.expected, stream.received) == (4, 3)
    assert not ear.receiver.hears


async def test_after_the_end_nothing_is_told() -> None:
    ear = Ear()
    ear.hear(1, 3)
    told = len(ear.told)
    ear.receiver.close()
    ear.wait(1)
    assert len(ear.told) == told


# sending


class Mouth:
    """A transmitter of sound and of two pictures a second."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.timers = Timers(self.clock)
        self.sent: list[RtpPacket] = []
        self.reports: list[rtcp.Message] = []
        self.transmitter = Transmitter(self._send, self._report, self.timers, Histogram())
        numbers = count()
        video = StreamPlan("1", SSRC, 96, 90_000, rtx=(REPAIRS, 97))
        sound = StreamPlan("0", 60, 111, 48_000)
        self.transmitter.sources = [
            Sound(Outgoing(sound, lambda: next(numbers))),
            Pictures(Outgoing(video, lambda: next(numbers)), 2),
        ]
        self.transmitter.start(self.clock.now())

    def _send(self, data: bytes) -> None:
        self.sent.append(rtp.parse(data))

    def _report(self, data: bytes) -> None:
        self.reports += rtcp.parse(data)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        for _ in range(round(seconds * 100)):
            self.clock.advance(0.01)
            self.timers.run()

    def of(self, ssrc: int) -> list[RtpPacket]:
        """What was sent of one stream."""
        return [packet for packet in self.sent if packet.ssrc == ssrc]


async def test_sources_keep_their_rhythm_and_reports_come_each_second() -> None:
    mouth = Mouth()
    mouth.wait(2)
    assert len(mouth.of(60)) == 101
    assert len(mouth.of(SSRC)) == 5
    assert len([m for m in mouth.reports if isinstance(m, rtcp.SenderReport)]) == 6


async def test_a_stalled_process_does_not_catch_up_on_more_than_a_second() -> None:
    mouth = Mouth()
    mouth.clock.advance(30)
    mouth.timers.run()
    mouth.wait(0.1)
    assert len(mouth.of(60)) < 10


async def test_a_nack_is_answered_on_the_repair_stream() -> None:
    mouth = Mouth()
    mouth.transmitter.on_rtcp(rtcp_write.nack(RECEIVER_SSRC, SSRC, [0, 9]))
    (repair,) = mouth.of(REPAIRS)
    assert repair.payload[:2] == b"\0\0"


async def test_a_keyframe_comes_at_once_when_it_is_asked_for() -> None:
    mouth = Mouth()
    mouth.wait(0.1)
    mouth.transmitter.on_rtcp(rtcp_write.pli(RECEIVER_SSRC, SSRC))
    keys = [vp8.parse(packet.payload).keyframe for packet in mouth.of(SSRC)]
    assert keys == [True, True]


async def test_stopped_it_sends_nothing_new_but_still_repairs() -> None:
    mouth = Mouth()
    mouth.transmitter.stop()
    sent = len(mouth.sent)
    mouth.wait(1)
    mouth.transmitter.on_rtcp(rtcp_write.nack(RECEIVER_SSRC, SSRC, [0]))
    mouth.transmitter.on_rtcp(rtcp_write.pli(RECEIVER_SSRC, SSRC))
    assert len(mouth.sent) == sent + 1


# connecting


def connection(clock: ManualClock, timers: Timers) -> Connection:
    """A connection on a clock of the test's own."""
    identity = Identity(clock.now())
    means = Means(identity, identity.context(), timers, luck())
    return Connection(means, Credentials("us", "p" * 22))


def candidate(port: int) -> sdp.Transport:
    """A server that listens on a port of this machine."""
    candidates = (f"1 1 udp 1 127.0.0.1 {port} typ host",)
    return sdp.Transport("them", "q" * 22, (), "actpass", candidates=candidates)


async def test_a_server_that_never_answers_loses_its_consent() -> None:
    clock = ManualClock()
    timers = Timers(clock)
    lost: list[str] = []
    with socket.socket(type=socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        ours = connection(clock, timers)
        ours.on_down = lost.append
        await ours.start(candidate(silent.getsockname()[1]))
        for _ in range(31):
            clock.advance(1)
            timers.run()
    assert lost == ["consent_expired"]
    assert CONSENT == 30 * SECOND
    assert not ours.up
    await asyncio.sleep(0)


async def test_a_server_without_an_address_is_refused() -> None:
    clock = ManualClock()
    with pytest.raises(Unavailable, match="no UDP address"):
        connection(clock, Timers(clock)).meet(sdp.Transport("u", "p" * 22, (), "actpass"))
