"""From the click on Join to the first remote picture in real Chromium; and what a join costs."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bench import report
from bench.server import Measured, measured_server
from media.peers.control import ProbeWish, ToneWish
from media.peers.probe import Probe, ToneProbe
from tests.support.browser import browser, guest, playwright

JOINS = 20
#: Joins of light clients whose cost is counted together.
COUNTED = 30
#: Seconds of rest, before and after, that tell what the server spends without any join.
REST = 5.0

_FIRST_FRAME = """
() => performance.getEntriesByName('offhook:first-frame').length > 0
"""
_MILLISECONDS = """
() => performance.getEntriesByName('offhook:first-frame')[0].startTime
    - performance.getEntriesByName('offhook:join-click').at(-1).startTime
"""


async def first_pictures(server: Measured) -> list[float]:
    """Milliseconds from click to first remote picture, once for each of `JOINS` fresh pages."""
    took = []
    with tempfile.TemporaryDirectory() as folder:
        async with playwright() as running:
            where = await browser(running, Path(folder), 440)
            host = await guest(where, "Host")
            await host.join(f"{server.url}/r/demo")
            for number in range(JOINS):
                comer = await guest(where, f"Guest {number}")
                await comer.page.goto(f"{server.url}/r/demo")
                await comer.page.get_by_role("textbox", name="Your name").fill(comer.name)
                await comer.page.get_by_role("meter").first.wait_for()
                await comer.press("Join")
                await comer.page.wait_for_function(_FIRST_FRAME, timeout=15_000)
                took.append(float(await comer.page.evaluate(_MILLISECONDS)))
                await comer.press("Leave")
                await comer.page.context.close()
            await where.close()
    return took


async def cost_of_a_join(server: Measured) -> float:
    """Milliseconds of the server's processor for one join with both connections up, and its end.

    A tone is in the room already; each comer publishes one too, hears the other, and leaves.
    What the server spends meanwhile without joins is taken off.
    """
    async with ToneProbe(server.url, await server.token("host")):
        idle_before = await _idle(server)
        loop = asyncio.get_running_loop()
        tokens = [await server.token(f"comer-{number}") for number in range(COUNTED)]
        started, cpu = loop.time(), server.cpu()
        for number, token in enumerate(tokens):
            wish = ProbeWish(tone=ToneWish(hz=500.0 + number))
            async with Probe(server.url, token, wish) as comer:
                await comer.until(lambda heard: bool(heard.tones()), window=0.2)
        spent, took = server.cpu() - cpu, loop.time() - started
        idle = (idle_before + await _idle(server)) / 2
    return 1000 * (spent - idle * took) / COUNTED


async def _idle(server: Measured) -> float:
    cpu = server.cpu()
    await asyncio.sleep(REST)
    return (server.cpu() - cpu) / REST


async def measure(page: report.Report) -> None:
    """Both, one after the other."""
    async with measured_server() as server:
        took = await first_pictures(server)
    page.figure(f"click to first picture, p50 of {JOINS}", report.percentile(took, 50), "ms")
    p95 = report.percentile(took, 95)
    page.figure(f"click to first picture, p95 of {JOINS}", p95, "ms", at_most=1500)
    page.note(f"All joins: {', '.join(f'{each:.0f}' for each in took)} ms.")
    async with measured_server() as server:
        cost = await cost_of_a_join(server)
    page.figure("server CPU for a join and its end", cost, "ms", at_most=10)
    page.note(
        f"The cost is the mean of {COUNTED} light clients that publish a tone, hear another and "
        "leave; the packets that flow meanwhile are in it."
    )


def main() -> int:
    """Measure, print, write the page."""
    page = report.begin("joins", "Joining a room")
    asyncio.run(measure(page))
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
