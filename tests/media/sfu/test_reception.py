"""What arrives: unwrapped numbers, gaps, receiver reports, rates, arrival feedback."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.sfu.datapath import rtcp
from media.sfu.datapath.arrivals import HISTORY, ArrivalLog
from media.sfu.datapath.gaps import Gaps
from media.sfu.datapath.reception import Rate, Reception, Unwrap
from offhook.core.clock import SECOND

pytestmark = pytest.mark.unit

MS = 1000


# numbers


@given(st.integers(0, 0xFFFF), st.lists(st.integers(-900, 2900), max_size=60))
def test_unwrapped_numbers_never_wrap(first: int, steps: list[int]) -> None:
    unwrap = Unwrap()
    unwrap.take(first)
    true = highest = first
    for step in steps:
        true = max(0, highest + step)
        if true < highest - 900:
            continue
        index = unwrap.take(true & 0xFFFF)
        assert index == true
        assert unwrap.sequence(index) == true & 0xFFFF
        assert unwrap.index(true & 0xFFFF) == true
        highest = max(highest, true)
    assert unwrap.extended == highest


def test_a_number_out_of_the_blue_is_believed_when_the_next_one_follows_it() -> None:
    unwrap = Unwrap()
    assert [unwrap.take(n) for n in (100, 101, 30_000)] == [100, 101, None]
    assert unwrap.take(102) == 102
    assert [unwrap.take(n) for n in (40_000, 40_001, 40_002)] == [None, 103, 104]
    assert unwrap.sequence(104) == 40_002


def test_another_stream_goes_on_after_the_highest_number() -> None:
    unwrap = Unwrap()
    unwrap.take(100)
    unwrap.anew()
    assert [unwrap.take(n) for n in (90, 91)] == [101, 102]


# gaps


def test_a_gap_is_asked_for_once_per_round_trip_then_given_up() -> None:
    gaps = Gaps()
    gaps.add(10, 0)
    gaps.add(13, 0)
    assert gaps.due(5 * MS, 50 * MS) == []
    assert gaps.due(20 * MS, 50 * MS) == [11, 12]
    assert gaps.due(30 * MS, 50 * MS) == []
    assert gaps.add(11, 40 * MS)
    assert not gaps.add(11, 50 * MS)
    assert gaps.due(100 * MS, 50 * MS) == [12]
    assert gaps.due(2000 * MS, 50 * MS) == []
    assert (len(gaps), gaps.gave_up) == (0, 1)


def test_a_pause_of_the_sender_is_not_loss() -> None:
    gaps = Gaps()
    gaps.add(10, 0)
    gaps.add(1000, 0)
    assert gaps.due(100 * MS, 50 * MS) == []


def test_a_packet_too_old_to_tell_is_a_duplicate() -> None:
    gaps = Gaps()
    for index in range(3000):
        gaps.add(index, 0)
    assert not gaps.add(100, 0)


@given(st.randoms(use_true_random=False))
def test_whatever_is_lost_is_asked_for_until_it_comes(luck: random.Random) -> None:
    gaps = Gaps()
    lost = {n for n in range(1, 199) if luck.random() < 0.2}
    for index in range(200):
        if index not in lost:
            gaps.add(index, index * 5 * MS)
    asked: set[int] = set()
    for step in range(40):
        asked |= set(gaps.due((1000 + 20 * step) * MS, 50 * MS))
    recent = {n for n in lost if n > 100}
    assert recent <= asked <= lost


# reports


def test_a_report_tells_what_was_lost_since_the_last_one() -> None:
    reception = Reception(8000)
    for index in range(100):
        if index % 4:
            reception.add(index, index * 160, index * 20 * MS)
    reception.add(100, 16000, 2 * SECOND)
    first = reception.report(5, 100, 7, 9)
    assert (first.ssrc, first.lost, first.highest, first.last_sr, first.delay) == (5, 24, 100, 7, 9)
    assert first.fraction_lost == 24 * 256 // 100
    for index in range(101, 150):
        reception.add(index, index * 160, index * 20 * MS)
    assert reception.report(5, 149, 7, 9).fraction_lost == 0


def test_jitter_grows_with_uneven_arrival() -> None:
    even, uneven = Reception(8000), Reception(8000)
    for index in range(200):
        even.add(index, index * 160, index * 20 * MS)
        uneven.add(index, index * 160, (index * 20 + 8 * (index % 2)) * MS)
    assert even.report(1, 1, 0, 0).jitter == 0
    assert uneven.report(1, 1, 0, 0).jitter == pytest.approx(64, abs=2)


def test_a_rate_is_that_of_the_last_second() -> None:
    rate = Rate()
    for step in range(100):
        rate.add(125, 10 * SECOND + step * 10 * MS)
    assert rate.bits(10 * SECOND + 999 * MS) == 100_000
    assert rate.bits(12 * SECOND) == 0


# arrivals


def test_feedback_tells_what_came_and_what_did_not() -> None:
    log = ArrivalLog()
    for number, at in ((65534, 10_000), (65535, 11_000), (1, 50_000), (2, 300_000)):
        log.add(number, at)
    (feedback,) = rtcp.parse(log.feedback(1, 2) or b"")
    assert isinstance(feedback, rtcp.TransportFeedback)
    assert feedback.base == 65534
    first, second, lost, fourth, last = feedback.arrivals
    assert lost is None
    assert first is not None
    assert [t and t - first for t in (second, fourth, last)] == [1_000, 40_000, 290_000]
    assert log.feedback(1, 2) is None


def test_only_the_first_arrival_since_the_last_feedback_asks_for_the_next() -> None:
    log = ArrivalLog()
    assert [log.add(n, 0) for n in (1, 2, 3)] == [True, False, False]
    log.feedback(1, 2)
    assert log.add(4, 0)


def test_a_late_packet_is_reported_with_what_surrounds_it() -> None:
    log = ArrivalLog()
    for number in (10, 12):
        log.add(number, number * MS)
    log.feedback(1, 2)
    log.add(11, 30 * MS)
    log.add(13, 31 * MS)
    (feedback,) = rtcp.parse(log.feedback(1, 2) or b"")
    assert isinstance(feedback, rtcp.TransportFeedback)
    assert (feedback.base, [t is not None for t in feedback.arrivals]) == (11, [True] * 3)


def test_the_log_forgets() -> None:
    log = ArrivalLog()
    for number in range(20 * HISTORY):
        log.add(number & 0xFFFF, number * MS)
        if number % 50 == 0:
            log.feedback(1, 2)
    assert len(log) <= 2 * HISTORY + 50
