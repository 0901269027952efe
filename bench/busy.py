"""`offhook` with a server whose event loop is half busy: 5 ms of every 10 ms are burnt on it.

Run: python -m bench.busy serve …
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from offhook.app import cli, commands
from offhook.core.tasks import Tasks

T = TypeVar("T")

BUSY, EVERY = 0.005, 0.010

_run = commands.run


async def _burn() -> None:
    due = time.monotonic()
    while True:
        until = time.monotonic() + BUSY
        while time.monotonic() < until:
            pass
        due = max(due + EVERY, time.monotonic())
        await asyncio.sleep(due - time.monotonic())


async def _beside(work: Coroutine[Any, Any, T]) -> T:
    async with Tasks() as tasks:
        tasks.spawn(_burn(), "burn half of the loop")
        return await work


def _run_busily(work: Coroutine[Any, Any, T]) -> T:
    return _run(_beside(work))


if __name__ == "__main__":
    commands.run = _run_busily
    raise SystemExit(cli.main())
