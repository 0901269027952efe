"""How much memory the server takes: idle, and for each connection of a browser."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from bench import report
from bench.server import Measured, measured_server
from media.peers.control import ProbeWish, ToneWish
from media.peers.probe import Probe

PEOPLE = 6
WARM = 2
#: Half seconds that the server gets at most until its memory rests.
PATIENCE = 10


async def measure(page: report.Report) -> None:
    """The idle server, then the same with people who publish and subscribe."""
    async with measured_server() as server:
        page.figure("idle server", server.memory(), "MB", at_most=180)
        async with AsyncExitStack() as room:
            for number in range(WARM):
                await room.enter_async_context(await _person(server, number))
            await _settled(server)
            before = server.memory()
            for number in range(WARM, PEOPLE):
                await room.enter_async_context(await _person(server, number))
            await _settled(server)
            grown = server.memory() - before
    legs = 2 * (PEOPLE - WARM)
    page.figure("each leg", grown / legs, "MB", at_most=0.5)
    page.note(
        f"From {WARM} to {PEOPLE} people who publish a tone and hear all others: {legs} legs; "
        "their tracks, subscriptions and rings are in it."
    )


async def _person(server: Measured, number: int) -> Probe:
    wish = ProbeWish(tone=ToneWish(hz=400.0 + 40 * number))
    return Probe(server.url, await server.token(f"person-{number}"), wish)


async def _settled(server: Measured) -> None:
    """Wait until half a second passes without growth, but not for ever: rings fill slowly."""
    last = -1.0
    for _ in range(PATIENCE):
        if (now := server.memory()) <= last:
            return
        last = now
        await asyncio.sleep(0.5)


def main() -> int:
    """Measure, print, write the page."""
    page = report.begin("footprint", "Memory of the server")
    asyncio.run(measure(page))
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
