"""Answers that are repeated until confirmed (RFC 3261 13.3.1.4, RFC 3262 3)."""

from __future__ import annotations

import pytest

from media.sip.dialog.repeating import (
    Confirmed,
    GiveUp,
    Overtaken,
    Repeat,
    Repeating,
    State,
)
from media.sip.transaction import Timers
from offhook.core.clock import SECOND, Micros
from offhook.core.machine import Tick

pytestmark = pytest.mark.unit


def run(repeating: Repeating, until: float = 100) -> list[tuple[float, str]]:
    """What it asks for, and when, in seconds."""
    done: list[tuple[float, str]] = []
    while (at := repeating.deadline) is not None and at <= until * SECOND:
        done += [(at / SECOND, type(e).__name__) for e in repeating.handle(Tick(), at)]
    return done


def test_a_2xx_is_repeated_up_to_every_t2_and_given_up_after_64_t1() -> None:
    """RFC 3261 13.3.1.4."""
    *repeats, last = run(Repeating(Timers(), Micros(0), bounded=True))
    assert [at for at, _ in repeats] == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert last == (32, "GiveUp")


def test_a_provisional_response_is_repeated_after_twice_the_time_each_time() -> None:
    """RFC 3262 3."""
    *repeats, last = run(Repeating(Timers(), Micros(0), bounded=False))
    assert [at for at, _ in repeats] == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert last == (32, "GiveUp")


@pytest.mark.parametrize(
    ("event", "state"),
    [(Confirmed(), State.CONFIRMED), (Overtaken(), State.ABANDONED)],
    ids=["confirmed", "overtaken"],
)
def test_once_confirmed_or_overtaken_nothing_more_is_sent(event: object, state: State) -> None:
    """RFC 3261 13.3.1.4, RFC 3262 3."""
    repeating = Repeating(Timers(), Micros(0), bounded=True)
    assert [name for _, name in run(repeating, 2)] == [Repeat.__name__] * 2
    assert repeating.handle(event, Micros(2 * SECOND)) == []
    assert (repeating.state, repeating.deadline, run(repeating)) == (state, None, [])
    assert repeating.handle(Confirmed(), Micros(3 * SECOND)) == []


def test_nobody_is_given_up_twice() -> None:
    """RFC 3261 13.3.1.4."""
    repeating = Repeating(Timers(), Micros(0), bounded=True)
    assert [name for _, name in run(repeating)].count(GiveUp.__name__) == 1
    assert repeating.handle(Tick(), Micros(99 * SECOND)) == []
