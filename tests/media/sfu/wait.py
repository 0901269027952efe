"""Waiting for what another part of the loop brings about, and announces to nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def eventually(true: Callable[[], bool], within: float = 5.0) -> None:
    """Look after every millisecond of the loop; raise TimeoutError when it stays untrue."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def look() -> None:
        if done.done():
            return
        if true():
            done.set_result(None)
        else:
            loop.call_later(0.001, look)

    look()
    async with asyncio.timeout(within):
        await done
