"""A leg without sockets: two of them talk, strangers are not heard, silence is noticed."""

from __future__ import annotations

import hashlib
import random
from dataclasses import replace

import numpy as np
import pytest

from media.rtp.codecs import codec
from media.rtp.dtmf_receiver import DigitPressed, DigitReleased
from media.rtp.g711 import PCMA, PCMU
from media.rtp.inband import tones
from media.rtp.latch import WINDOW, Latch
from media.rtp.outgoing import Origin
from media.rtp.plan import MediaTimedOut, PayloadHeard, PeerLeft, Plan
from media.rtp.sdes import SUITES, Crypto, SdesSession
from media.rtp.session import RtpSession
from media.sfu.datapath import rtp
from media.sfu.datapath.rtcp import SenderReport, parse
from media.tracks.level import Samples, dbov
from media.tracks.spectrum import peaks
from media.tracks.tone import sine
from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict
from tests.media.rtp.line import MS, START

pytestmark = pytest.mark.unit

HERE, THERE = ("192.0.2.1", 20_000), ("192.0.2.2", 30_000)
PLAN = Plan(PCMU, 0, event_type=101)


def leg(plan: Plan = PLAN, ssrc: int = 1) -> RtpSession:
    session = RtpSession(plan, Origin(ssrc, 65_530, 0xFFFFFF00), "leg", Micros(START), lambda: 0.5)
    session.expect(THERE if ssrc == 1 else HERE, Micros(START))
    return session


def tone(number: int, hz: float = 440.0) -> Samples:
    return sine(hz, -20, 160 * number, 160, 8000)


def sent(session: RtpSession, number: int, frame: Samples | None) -> rtp.RtpPacket | None:
    data = session.send(frame, Micros(START + number * 20 * MS))
    return None if data is None else rtp.parse(data)


class Talk:
    """Two legs with a network between them; what each hears and tells is kept."""

    def __init__(self, here: RtpSession, there: RtpSession, loss: float = 0.0, seed: int = 1):
        self.ends = (here, there)
        self.heard: tuple[list[Samples], list[Samples]] = ([], [])
        self.events: tuple[list[object], list[object]] = ([], [])
        self._luck, self._loss, self._step = random.Random(seed), loss, 0

    def run(self, frames: int, hz: tuple[float, float] = (440.0, 1000.0)) -> None:
        """So many steps of 20 ms with each end sending its tone."""
        for _ in range(frames):
            now = Micros(START + self._step * 20 * MS)
            for side in (0, 1):
                self._one(side, tone(self._step, hz[side]), now)
            for side in (0, 1):
                self.heard[side].append(self.ends[side].pull(now))
                self.events[side].extend(self.ends[side].tick(now))
            self._step += 1

    def _one(self, side: int, frame: Samples, now: Micros) -> None:
        near, far, source = self.ends[side], self.ends[1 - side], (HERE, THERE)[side]
        data = near.send(frame, now)
        if data is not None and self._luck.random() >= self._loss:
            self.events[1 - side].extend(far.receive(data, source, now))
        control = near.control(now)
        if control is not None:
            self.events[1 - side].extend(far.receive_control(control, source, now))

    def digits(self, side: int) -> str:
        return "".join(one.digit for one in self.events[side] if isinstance(one, DigitPressed))

    def hears(self, side: int) -> float:
        return peaks(np.concatenate(self.heard[side])[8000:], 8000)[0].hz


def keys() -> tuple[SdesSession, SdesSession]:
    ours, theirs = (Crypto(1, SUITES[2], hashlib.sha256(who).digest()[:30]) for who in (b"a", b"b"))
    return SdesSession(ours, theirs), SdesSession(theirs, ours)


@pytest.mark.parametrize("loss", [0.0, 0.1])
def test_each_end_hears_the_other_and_both_know_how_well(loss: float) -> None:
    talk = Talk(leg(ssrc=1), leg(ssrc=2), loss)
    talk.run(1000)
    assert (round(talk.hears(0)), round(talk.hears(1))) == (1000, 440)
    found = talk.ends[0].statistics()
    assert found.sent == 1000
    assert found.round_trip is not None
    assert found.round_trip < MS
    assert abs(found.lost - 1000 * loss) < 40
    assert found.remote_loss is not None
    assert abs(found.remote_loss - loss) < 0.06
    assert found.mos > 4.2 if not loss else 1.5 < found.mos < 3.8
    assert found.concealed >= found.lost * 0.9


@pytest.mark.parametrize("loss", [0.0, 0.1, 0.2, 0.3])
def test_digits_go_in_the_stream_of_the_sound_and_come_once(loss: float) -> None:
    """RFC 4733 2.2: one source and one sequence for both."""
    talk = Talk(leg(ssrc=1), leg(ssrc=2), loss, seed=11)
    talk.run(100)
    talk.ends[0].dial("159#0*")
    talk.run(150)
    assert talk.digits(1) == "159#0*"
    assert talk.digits(0) == ""
    assert round(talk.hears(1)) == 440
    if not loss:
        assert talk.ends[1].statistics().lost == 0
        assert talk.ends[1].playout.played.concealed == 0


def test_the_first_packet_of_a_spurt_is_marked() -> None:
    """RFC 3551 4.1."""
    session = leg()
    frames = [tone(0), tone(1), None, None, tone(4), tone(5)]
    packets = [sent(session, number, frame) for number, frame in enumerate(frames)]
    assert [one.marker if one else None for one in packets] == [128, 0, None, None, 128, 0]
    sequences = [one.sequence for one in packets if one]
    assert sequences == [65_530, 65_531, 65_532, 65_533]
    stamps = [one.timestamp for one in packets if one]
    assert (stamps[2] - stamps[1]) & 0xFFFFFFFF == 3 * 160


def test_sound_rests_during_a_digit_and_is_marked_after_it() -> None:
    session = leg()
    sent(session, 0, tone(0))
    session.dial("5")
    packets = [sent(session, number, tone(number)) for number in range(1, 12)]
    types = [one.payload_type if one else None for one in packets]
    assert types == [101] * 7 + [None] + [0] * 3
    assert [bool(one.marker) for one in packets if one].count(True) == 2
    sequences = [one.sequence for one in packets if one]
    assert [s - 65_531 & 0xFFFF for s in sequences] == list(range(10))
    after = packets[8]
    assert after is not None
    assert after.timestamp == (0xFFFFFF00 + 9 * 160) & 0xFFFFFFFF


def test_without_telephone_events_dialling_is_refused() -> None:
    with pytest.raises(Conflict):
        leg(replace(PLAN, event_type=None)).dial("1")


@pytest.mark.parametrize("name", ["PCMA", "G722", "opus"])
def test_where_nothing_was_negotiated_digits_go_as_tones(name: str) -> None:
    plans = [Plan(codec(name), 9, tones=True) for _ in range(2)]
    here, there = leg(plans[0]), leg(plans[1], ssrc=2)
    here.dial("159#")
    told: list[object] = []
    for number in range(80):
        now = Micros(START + number * 20 * MS)
        quiet = np.zeros(plans[0].codec.sample_rate // 50, np.int16)
        data = here.send(quiet, now)
        assert data is not None
        there.receive(data, HERE, now)
        there.pull(now)
        told += there.tick(now)
    assert "".join(one.digit for one in told if isinstance(one, DigitPressed)) == "159#"
    assert [one for one in told if isinstance(one, DigitReleased)][-1].duration >= 80 * MS


def test_a_tone_that_was_heard_as_a_digit_is_taken_out_of_the_sound() -> None:
    there, here = leg(replace(PLAN, event_type=None, tones=True)), leg(PLAN, ssrc=2)
    sound = tones("5", duration=400 * MS)
    heard = []
    for number in range(20):
        now = Micros(START + number * 20 * MS)
        data = here.send(sound[160 * number : 160 * number + 160], now)
        assert data is not None
        there.receive(data, THERE, now)
        heard.append(there.pull(now))
    loud = [dbov(frame) > -40 for frame in heard]
    assert 0 < loud.count(True) <= 3


def test_an_untouched_payload_goes_through_as_it_came() -> None:
    here, there = leg(), leg(replace(PLAN, untouched=True), ssrc=2)
    data = here.send_payload(b"\x55" * 160, Micros(START), marker=True)
    assert data is not None
    (event,) = there.receive(data, HERE, Micros(START))
    assert event == PayloadHeard(0, True, 65_530, 0xFFFFFF00, b"\x55" * 160)
    assert there.statistics().received == 1


def test_protected_legs_understand_each_other_and_nobody_else() -> None:
    """RFC 3711 3.3."""
    near, far = keys()
    here, there = leg(replace(PLAN, protection=near)), leg(replace(PLAN, protection=far), ssrc=2)
    talk = Talk(here, there)
    talk.run(400)
    assert round(talk.hears(1)) == 440
    assert there.statistics().lost == 0
    plain = leg(ssrc=9).send(tone(0), Micros(START))
    assert plain is not None
    there.receive(plain, HERE, Micros(START))
    assert there.refused.forged == 1
    there.receive_control(here.close(Micros(START))[:-3], HERE, Micros(START))
    assert there.refused.forged == 2


@pytest.mark.parametrize(
    "data", [b"", b"\x80", bytes(12), b"\x90" + bytes(11), b"\xa0" + bytes(11)]
)
def test_what_is_no_rtp_is_counted_and_moves_nothing(data: bytes) -> None:
    session = leg()
    assert session.receive(data, THERE, Micros(START)) == []
    assert session.refused.malformed + session.refused.unknown_type <= 1
    assert session.statistics().received == 0 or data[1:2] == b"\0"


def test_a_type_that_was_not_negotiated_is_not_heard() -> None:
    session, other = leg(), leg(Plan(PCMA, 8), ssrc=2)
    data = other.send(tone(0), Micros(START))
    assert data is not None
    session.receive(data, ("203.0.113.9", 9), Micros(START))
    assert session.refused.unknown_type == 1
    assert session.remote == THERE


def test_another_codec_goes_on_in_the_same_stream() -> None:
    session = leg()
    sent(session, 0, tone(0))
    session.change(Plan(codec("G722"), 9, event_type=101), Micros(START))
    after = sent(session, 1, sine(440, -20, 0, 320, 16_000))
    assert after is not None
    assert (after.payload_type, after.sequence, after.marker) == (9, 65_531, 128)
    assert session.pull(Micros(START)).size == 320


def test_after_a_change_of_clock_times_are_told_in_the_new_one() -> None:
    plan = Plan(codec("opus"), 111, event_type=112)
    here, there = leg(), leg(ssrc=2)
    for end in (here, there):
        end.change(plan, Micros(START))
    here.dial("5")
    told: list[object] = []
    for number in range(8):
        now = Micros(START + number * 20 * MS)
        data = here.send(np.zeros(960, np.int16), now)
        told += there.receive(data, HERE, now) if data else []
    assert told == [DigitPressed("5"), DigitReleased("5", 100 * MS)]
    (report,) = parse(here.rtcp.report(Micros(START + SECOND)))
    assert isinstance(report, SenderReport)
    assert report.rtp == (0xFFFFFF00 + 48_000) & 0xFFFFFFFF


def test_silence_of_the_other_end_is_told_once_until_it_speaks() -> None:
    session = leg(replace(PLAN, timeout=5 * SECOND))
    other = leg(ssrc=2)
    assert session.tick(Micros(START + 5 * SECOND - 1)) == []
    assert session.tick(Micros(START + 5 * SECOND)) == [MediaTimedOut()]
    assert session.tick(Micros(START + 50 * SECOND)) == []
    data = other.send(tone(0), Micros(START))
    assert data is not None
    session.receive(data, THERE, Micros(START + 60 * SECOND))
    assert session.tick(Micros(START + 65 * SECOND)) == [MediaTimedOut()]


def test_on_hold_silence_is_expected() -> None:
    session = leg(replace(PLAN, timeout=0))
    assert session.tick(Micros(START + 3600 * SECOND)) == []


def test_the_other_ends_goodbye_is_told_once() -> None:
    talk = Talk(leg(ssrc=1), leg(ssrc=2))
    talk.run(300)
    goodbye = talk.ends[0].close(Micros(START + 6 * SECOND))
    assert talk.ends[1].receive(goodbye, HERE, Micros(START + 6 * SECOND)) == [PeerLeft()]
    assert talk.ends[1].receive(goodbye, HERE, Micros(START + 6 * SECOND)) == []


# whose packets are heard


def at(seconds: float) -> Micros:
    return Micros(START + round(seconds * SECOND))


def expecting(latch: Latch) -> Latch:
    latch.expect(THERE, at(0), signalled_from="198.51.100.7")
    return latch


def test_another_port_of_the_same_host_is_learnt_once() -> None:
    latch = expecting(Latch())
    assert latch.admits(("192.0.2.2", 31_111), at(1))
    assert latch.remote == ("192.0.2.2", 31_111)
    assert not latch.admits(("192.0.2.2", 32_222), at(2))
    assert not latch.admits(THERE, at(2))
    assert (latch.counts.latched, latch.counts.refused) == (1, 2)


def test_the_host_that_signalling_came_from_is_learnt() -> None:
    latch = expecting(Latch())
    assert latch.admits(("198.51.100.7", 40_000), at(1))
    assert latch.remote == ("198.51.100.7", 40_000)


@pytest.mark.parametrize(
    ("latch", "source", "when"),
    [
        (Latch(), ("203.0.113.9", 30_000), 1),
        (Latch(), ("192.0.2.2", 31_111), WINDOW / SECOND),
        (Latch("never"), ("192.0.2.2", 31_111), 1),
        (Latch("nat"), ("203.0.113.9", 30_000), WINDOW / SECOND + 1),
    ],
)
def test_strangers_and_latecomers_are_not_heard(
    latch: Latch, source: tuple[str, int], when: float
) -> None:
    assert not expecting(latch).admits(source, at(when))
    assert latch.remote == THERE


def test_a_trunk_behind_a_nat_may_send_from_anywhere_once() -> None:
    latch = expecting(Latch("nat"))
    assert latch.admits(("203.0.113.9", 1234), at(1))
    assert not latch.admits(("203.0.113.10", 1234), at(1))


def test_once_the_expected_place_spoke_nobody_else_is_learnt() -> None:
    latch = expecting(Latch("nat"))
    assert latch.admits(THERE, at(0))
    assert not latch.admits(("203.0.113.9", 1234), at(1))


def test_a_new_offer_with_another_host_begins_anew_and_the_same_one_does_not() -> None:
    latch = expecting(Latch())
    latch.admits(("192.0.2.2", 31_111), at(1))
    expecting(latch)
    assert latch.remote == ("192.0.2.2", 31_111)
    latch.expect(("192.0.2.99", 5000), at(60))
    assert latch.remote == ("192.0.2.99", 5000)
    assert latch.admits(("192.0.2.99", 5002), at(61))
