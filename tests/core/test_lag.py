"""A busy event loop is seen to be late."""

from __future__ import annotations

import asyncio
import re
import time

import pytest

from offhook.core.lag import LoopLag
from offhook.core.telemetry import Metrics

pytestmark = pytest.mark.unit


def seen(metrics: Metrics, suffix: str) -> float:
    """One number of the histogram."""
    found = re.search(rf"^offhook_event_loop_lag_seconds_{suffix} (\S+)$", text(metrics), re.M)
    assert found
    return float(found[1])


def text(metrics: Metrics) -> str:
    """All figures."""
    return metrics.render().decode()


async def test_a_loop_that_was_held_up_is_late() -> None:
    metrics = Metrics()
    lag = LoopLag(metrics)
    lag.start()
    time.sleep(0.4)  # noqa: ASYNC251  this is what must be noticed
    for _ in range(3):  # the loop's next turns
        await asyncio.sleep(0)
    lag.close()
    assert seen(metrics, "sum") >= 0.1
