"""What an event of a machine costs: the decision alone, and with its owner, timer and effects."""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from bench import report
from offhook.core.clock import SECOND, Micros, SystemClock
from offhook.core.driver import Driver
from offhook.core.machine import Machine, on
from offhook.core.tasks import Tasks

EVENTS = 20_000
ROUNDS = 5


class Light(Enum):
    """Where a light stands."""

    RED = auto()
    GREEN = auto()


@dataclass(frozen=True, slots=True)
class Changed:
    """The light changed."""


class Lamp(Machine):
    """Two states, a deadline that moves, one effect."""

    state: Light = Light.RED

    @on(Changed, Light.RED, to=Light.GREEN)
    def _go(self, event: Changed, now: Micros) -> list[Any]:
        self.deadline = Micros(now + 30 * SECOND)
        return [event]

    @on(Changed, Light.GREEN, to=Light.RED)
    def _stop(self, event: Changed, now: Micros) -> list[Any]:
        self.deadline = None
        return []


async def _nothing(*_: object) -> None:
    """Commit and perform, at no cost of their own."""


def decide() -> float:
    """CPU of one transition, in microseconds."""
    lamp, changed = Lamp(), Changed()
    began = time.process_time()
    for now in range(EVENTS):
        lamp.handle(changed, Micros(now))
    return (time.process_time() - began) / EVENTS * 1e6


async def post() -> float:
    """CPU of one event from the world."""
    async with Tasks() as tasks:
        driver = Driver(Lamp(), SystemClock(), tasks, commit=_nothing, perform=_nothing)
        began = time.process_time()
        for _ in range(EVENTS):
            driver.post(Changed())
        await driver.settle()
        return (time.process_time() - began) / EVENTS * 1e6


async def ask() -> float:
    """CPU of one event from a caller who waits for the answer."""
    async with Tasks() as tasks:
        driver = Driver(Lamp(), SystemClock(), tasks, commit=_nothing, perform=_nothing)
        began = time.process_time()
        for _ in range(EVENTS):
            await driver.ask(Changed())
        return (time.process_time() - began) / EVENTS * 1e6


def main() -> int:
    """Measure each in turn and write the medians."""
    page = report.begin("driver", "What an event of a machine costs")
    figures = [(decide(), asyncio.run(post()), asyncio.run(ask())) for _ in range(ROUNDS)]
    decided, posted, asked = (statistics.median(column) for column in zip(*figures, strict=True))
    page.figure("the decision alone: CPU", decided, "µs")
    page.figure("posted, committed to nothing, effects performed: CPU", posted, "µs")
    page.figure("asked, committed to nothing, effects performed: CPU", asked, "µs")
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
