"""The metronome of sources."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TypeVarTuple

import pytest

from media.tracks.pace import Pace

pytestmark = pytest.mark.unit

Ts = TypeVarTuple("Ts")


class Hurried(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next timer instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 100.0

    def time(self) -> float:
        return self.at

    def call_at(
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self.at = max(self.at, when)
        return super().call_at(self.at, callback, *args, context=context)


def times(stall_after: int, stall: float) -> list[float]:
    """When eight beats of 20 ms came, the loop standing still once."""
    loop = Hurried()

    async def beats() -> list[float]:
        pace, out = Pace(0.02), []
        for number in range(8):
            await pace.beat()
            out.append(round(loop.at - 100.0, 6))
            if number == stall_after:
                loop.at += stall
        return out

    try:
        return loop.run_until_complete(beats())
    finally:
        loop.close()


def test_beats_come_evenly_from_the_first_on() -> None:
    assert times(99, 0) == [0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.14]


def test_a_short_stall_is_caught_up() -> None:
    assert times(2, 0.05) == [0.0, 0.02, 0.04, 0.09, 0.09, 0.1, 0.12, 0.14]


def test_a_long_stall_starts_a_new_beat_without_a_burst() -> None:
    assert times(2, 3.0) == [0.0, 0.02, 0.04, 3.04, 3.06, 3.08, 3.1, 3.12]
