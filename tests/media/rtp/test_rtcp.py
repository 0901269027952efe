"""RTCP of a leg: what is reported, when, and what is learnt from reports."""

from __future__ import annotations

import pytest

from media.rtp.quality import estimate
from media.rtp.rtcp import MINIMUM, RtcpSession, interval
from media.sfu.datapath import rtcp
from media.sfu.datapath.rtcp import ReceiverReport, SenderReport
from media.sfu.datapath.rtp import RtpPacket
from offhook.core.clock import SECOND, Micros
from tests.media.rtp.line import MS, START, packet

pytestmark = pytest.mark.unit


def made(ssrc: int = 1, luck: float = 0.5) -> RtcpSession:
    return RtcpSession(ssrc, "leg@here", 8000, Micros(START), lambda: luck)


def stream(session: RtcpSession, numbers: list[int], jitter: int = 0) -> Micros:
    """Packets of theirs, every second one late by `jitter` ms."""
    now = START
    for number in numbers:
        now = START + (20 * number + number % 2 * jitter) * MS
        session.received(packet(number, bytes(160)), Micros(now))
    return Micros(now)


def test_a_report_says_what_was_lost_and_how_it_jittered() -> None:
    """RFC 3550 6.4.1, A.3, A.8."""
    session = made()
    now = stream(session, [n for n in range(400) if n % 4], jitter=8)
    (report,) = rtcp.parse(session.report(now))
    assert isinstance(report, ReceiverReport)
    block = report.reports[0]
    assert (block.ssrc, block.lost) == (7, 99)
    assert abs(block.fraction_lost - 64) <= 1
    assert block.highest == 65_500 + 399
    assert abs(session.jitter - 6 * MS) < 3 * MS


def test_the_fraction_is_of_the_time_since_the_last_report() -> None:
    session = made()
    stream(session, [0, 1, 3, 4])
    session.report(Micros(START + SECOND))
    stream(session, [5, 6, 7, 8])
    (report,) = rtcp.parse(session.report(Micros(START + 2 * SECOND)))
    assert isinstance(report, ReceiverReport)
    assert (report.reports[0].fraction_lost, report.reports[0].lost) == (0, 1)


def test_who_sends_writes_a_sender_report_with_both_clocks() -> None:
    """RFC 3550 6.4.1: the RTP time of the moment of the report."""
    session = made()
    session.sent(5000, 160, Micros(START))
    session.sent(5160, 160, Micros(START + 20 * MS))
    (report,) = rtcp.parse(session.report(Micros(START + SECOND)))
    assert isinstance(report, SenderReport)
    assert (report.packets, report.octets) == (2, 320)
    assert report.rtp == 5160 + 8000 * 98 // 100
    silent = rtcp.parse(session.report(Micros(START + 20 * SECOND)))
    assert isinstance(silent[0], ReceiverReport)


def test_the_round_trip_is_measured_between_two_ends() -> None:
    """RFC 3550 6.4.1: 30 ms there, 5 s of waiting, 30 ms back."""
    here, there = made(1), made(2)
    here.sent(0, 160, Micros(START))
    there.received(_from(1), Micros(START))
    there.take(here.report(Micros(START)), Micros(START + 30 * MS))
    back = there.report(Micros(START + 30 * MS + 5 * SECOND))
    here.take(back, Micros(START + 60 * MS + 5 * SECOND))
    assert here.remote is not None
    assert here.remote.round_trip is not None
    assert abs(here.remote.round_trip - 60 * MS) < MS


def _from(ssrc: int) -> RtpPacket:
    return packet(0, bytes(160), ssrc=ssrc)


def test_a_goodbye_is_written_and_understood() -> None:
    """RFC 3550 6.6."""
    here, there = made(1), made(2)
    there.received(_from(1), Micros(START))
    there.take(here.report(Micros(START)), Micros(START))
    assert not there.left
    there.take(here.bye(Micros(START)), Micros(START))
    assert there.left


@pytest.mark.parametrize("luck", [0.0, 0.5, 0.999])
def test_reports_come_at_times_that_chance_spreads(luck: float) -> None:
    """RFC 3550 6.3.1, A.7."""
    session = made(luck=luck)
    expected = MINIMUM * (0.5 + luck) / 1.21828
    assert session.deadline - START == round(expected / 2)
    assert session.due(Micros(session.deadline - 1)) is None
    at = session.deadline
    assert session.due(at) is not None
    assert session.deadline - at == round(expected)


def test_many_members_on_a_thin_line_report_less_often() -> None:
    """RFC 3550 6.2: five percent of the bandwidth."""
    wait = interval(120, 1000, members=10, first=False, luck=0.5)
    assert wait == round(10 * 120 / 50 * SECOND / 1.21828)


def test_another_source_begins_another_count() -> None:
    session = made()
    stream(session, [0, 5])
    assert session.lost == 4
    session.received(packet(9, bytes(160), ssrc=8), Micros(START))
    assert (session.lost, session.expected) == (4, 6)
    session.received(packet(10, bytes(160), ssrc=8), Micros(START))
    assert (session.lost, session.expected) == (0, 1)


@pytest.mark.parametrize(
    ("delay", "loss", "least", "most"),
    [(20, 0.0, 4.3, 4.5), (150, 0.01, 4.0, 4.4), (100, 0.05, 3.2, 4.0), (400, 0.2, 1.0, 2.2)],
)
def test_the_score_is_what_planners_expect(
    delay: int, loss: float, least: float, most: float
) -> None:
    assert least <= estimate("PCMU", delay=delay * MS, loss=loss).mos <= most


def test_the_score_never_rises_with_loss_or_delay() -> None:
    scores = [estimate("opus", delay=100 * MS, loss=share / 100).mos for share in range(101)]
    assert scores == sorted(scores, reverse=True)
    slow = [estimate("PCMA", delay=ms * MS, loss=0).mos for ms in range(0, 2000, 50)]
    assert slow == sorted(slow, reverse=True)
