"""A media node on loopback, and the bus that it serves."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from media.node import MediaSettings
from media.sfu.music import MakeClip
from media.worker import MediaWorker
from offhook.core.bus.local import LocalBus
from offhook.core.clock import ManualClock, SystemClock
from offhook.core.telemetry import Metrics
from tests.media.sfu.browser import Browser
from tests.media.sfu.clip import make_clip


@pytest.fixture
async def bus() -> AsyncIterator[LocalBus]:
    """The bus of one process."""
    bus = LocalBus()
    yield bus
    await bus.close()


@pytest.fixture
async def worker(bus: LocalBus) -> AsyncIterator[MediaWorker]:
    """A media node on any free port of loopback."""
    worker = MediaWorker(
        bus=bus,
        node="ND1",
        clock=SystemClock(),
        settings=MediaSettings(port=0),
        randomness=random.Random(1),
    )
    await worker.start()
    yield worker
    await worker.close()


class Still:
    """A media node whose clock stands still until the test moves it."""

    def __init__(self, bus: LocalBus, make_clip: MakeClip = make_clip) -> None:
        self.clock = ManualClock()
        self.metrics = Metrics()
        self.worker = MediaWorker(
            bus=bus,
            node="ND1",
            clock=self.clock,
            settings=MediaSettings(port=0),
            randomness=random.Random(1),
            metrics=self.metrics,
            make_clip=make_clip,
        )

    def advance(self, seconds: float) -> None:
        """Let time pass; what is due happens, in steps of ten milliseconds."""
        timers = self.worker.node.timers
        for _ in range(max(1, round(seconds * 100))):
            self.clock.advance(0.01 if seconds >= 0.01 else seconds)
            timers.run()

    def skip(self, seconds: float) -> None:
        """Let much time pass at once."""
        self.clock.advance(seconds)
        self.worker.node.timers.run()


@pytest.fixture
async def still(bus: LocalBus) -> AsyncIterator[Still]:
    """A media node with a clock of the test's own."""
    still = Still(bus)
    await still.worker.start()
    yield still
    await still.worker.close()


@pytest.fixture
def people(bus: LocalBus) -> Iterator[Callable[[str], Browser]]:
    """Makes participants by name, and closes their connections at the end."""
    made: list[Browser] = []

    def make(name: str) -> Browser:
        made.append(Browser(bus, name))
        return made[-1]

    yield make
    for browser in made:
        browser.close()
