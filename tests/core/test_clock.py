"""Clocks: never backwards, and ISO 8601 at the doors."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from offhook.core.clock import SECOND, ManualClock, Micros, SystemClock, from_isoformat, isoformat

pytestmark = pytest.mark.unit


def test_the_systems_clock_tells_utc_and_never_runs_backwards() -> None:
    clock = SystemClock()
    times = [clock.now() for _ in range(1000)]
    assert times == sorted(times)
    assert abs(times[0] / SECOND - time.time()) < 1


async def test_the_systems_clock_calls_back_at_the_time_or_soon_when_it_has_passed() -> None:
    clock, rung = SystemClock(), asyncio.Queue[str]()
    clock.call_at(Micros(clock.now() + 10_000), lambda: rung.put_nowait("later"))
    clock.call_at(Micros(0), lambda: rung.put_nowait("soon"))
    cancelled = clock.call_at(Micros(clock.now() + 1), lambda: rung.put_nowait("never"))
    cancelled.cancel()
    assert [await rung.get(), await rung.get()] == ["soon", "later"]
    assert rung.empty()


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_the_systems_clock_never_rings_early(run: Callable[..., None]) -> None:
    async def ring() -> None:
        clock, early = SystemClock(), list[int]()
        for wait in range(1, 4000, 97):
            at, rung = Micros(clock.now() + wait), asyncio.Event()
            clock.call_at(at, rung.set)
            await rung.wait()
            early.append(max(0, at - clock.now()))
        assert set(early) == {0}

    run(ring())


async def test_a_manual_clock_rings_what_is_due_in_the_order_of_time() -> None:
    clock, rung = ManualClock(0), list[str]()
    clock.call_at(Micros(2 * SECOND), lambda: rung.append("second"))
    clock.call_at(Micros(1 * SECOND), lambda: rung.append("first"))
    clock.call_at(Micros(9 * SECOND), lambda: rung.append("late"))
    clock.call_at(Micros(1 * SECOND), lambda: rung.append("never")).cancel()
    assert clock.advance(0.5) == SECOND // 2
    assert rung == []
    clock.advance(2)
    assert rung == ["first", "second"]


async def test_a_manual_clock_rings_at_once_what_has_passed() -> None:
    clock, rung = ManualClock(), asyncio.Event()
    clock.call_at(Micros(0), rung.set)
    await rung.wait()


@given(st.integers(0, 4_000_000_000_000))
def test_writing_and_reading_a_time_are_inverse(milliseconds: int) -> None:
    text = isoformat(milliseconds * 1000)
    assert text.endswith("Z")
    assert from_isoformat(text) == milliseconds * 1000


def test_a_time_is_written_with_milliseconds() -> None:
    assert isoformat(1_700_000_000_123_999) == "2023-11-14T22:13:20.123Z"


@pytest.mark.parametrize("text", ["2026-01-01T00:00:00", "2026-01-01", "yesterday"])
def test_a_time_without_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"offset|Invalid"):
        from_isoformat(text)
