"""A media node on loopback, and peers that may use loopback too."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator

import aioice.ice
import pytest

from media.node import MediaSettings
from media.worker import MediaWorker
from offhook.core.bus.local import LocalBus
from offhook.core.clock import SystemClock
from tests.media.sfu.plane import Plane


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


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """aioice leaves 127.0.0.1 out of its candidates; these peers have no other address."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda *_, **__: ["127.0.0.1"])


@pytest.fixture
async def plane() -> Plane:
    """A publisher with three layers of video, and audio, in memory."""
    return Plane()
