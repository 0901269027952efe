"""Every leg in time, and not all at once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from media.rtp.pacer import FRAME, PARTS, Pacer
from offhook.core.clock import ManualClock, Micros

pytestmark = pytest.mark.unit


class Legs:
    """Legs that note when they are called."""

    def __init__(self, count: int) -> None:
        self.clock = ManualClock()
        self.pacer = Pacer(self.clock)
        self.calls: dict[int, list[Micros]] = {number: [] for number in range(count)}
        self.names = [self.pacer.add(self.calls[number].append) for number in range(count)]

    def run(self, milliseconds: int, step: int = 2) -> None:
        for _ in range(milliseconds // step):
            self.clock.advance(step / 1000)


def test_each_leg_is_called_every_20_ms() -> None:
    legs = Legs(25)
    legs.run(1_000)
    for calls in legs.calls.values():
        assert len(calls) == 50
        assert {after - before for before, after in pairwise(calls)} == {FRAME}


def test_legs_are_spread_over_the_frame() -> None:
    legs = Legs(100)
    legs.run(20)
    at = [calls[0] for calls in legs.calls.values()]
    assert sorted(at.count(each) for each in set(at)) == [10] * PARTS


def test_what_was_missed_is_made_up_for() -> None:
    legs = Legs(10)
    legs.run(100, step=100)
    assert {len(calls) for calls in legs.calls.values()} == {5}


def test_what_is_too_old_is_skipped() -> None:
    legs = Legs(1)
    legs.run(10_000, step=10_000)
    assert len(legs.calls[0]) == 10


def test_a_leg_that_breaks_harms_no_other() -> None:
    legs = Legs(10)

    def broken(now: Micros) -> None:
        raise RuntimeError(now)

    name = legs.pacer.add(broken)
    with capture_logs() as logged:
        legs.run(100)
    assert {len(calls) for calls in legs.calls.values()} == {5}
    assert [each["event"] for each in logged] == ["rtp step failed"]
    legs.pacer.remove(name)
    assert legs.pacer._broken == set()


def test_without_legs_nothing_is_woken() -> None:
    legs = Legs(2)
    for name in legs.names:
        legs.pacer.remove(name)
    legs.pacer.remove(legs.names[0])
    assert legs.clock._timers == [] or all(each.cancelled for each in legs.clock._timers)
    legs.run(100)
    assert legs.calls == {0: [], 1: []}


def test_a_leg_may_leave_while_it_is_called() -> None:
    legs = Legs(0)
    calls: list[Micros] = []

    def once(now: Micros) -> None:
        calls.append(now)
        legs.pacer.remove(name)

    name = legs.pacer.add(once)
    legs.run(100)
    assert len(calls) == 1
