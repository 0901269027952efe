"""From the click on Join to the first remote picture in real Chromium; and what a join costs."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Self

from bench import report
from bench.server import Measured, measured_server
from bench.storm import AT_ONCE, PEOPLE, ROOMS, WARM, join_storm
from media.peers.control import Heard, PictureWish, ProbeWish
from media.peers.probe import Probe
from tests.support.browser import browser, guest, playwright

JOINS = 20
#: Joins of light clients whose cost is counted together.
COUNTED = 20
#: Times that many come at once.
STORMS = 3
#: Seconds between two looks for the first picture: what the packets cost meanwhile is no join's.
LOOKS = 0.1
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


class Costs:
    """Milliseconds of the server's processor, without what it spends when nothing happens."""

    def __init__(self, joining: list[float], leaving: list[float]) -> None:
        self.joining = report.percentile(joining, 50)
        self.leaving = report.percentile(leaving, 50)


async def costs_of_a_join(server: Measured) -> Costs:
    """What coming and going cost, the median of `COUNTED` light clients.

    Somebody shows a picture twice a second; each comer shows one too and watches: a join lasts
    until both its connections carry pictures. There are so few packets that their cost is not
    what is measured; what the server spends on the first picture alone is taken off.
    """
    joining: list[float] = []
    leaving: list[float] = []
    async with await _slow_picture(server, "host"):
        alone = await _rate(server)
        for number in range(COUNTED):
            comer = await _slow_picture(server, f"comer-{number}")
            with _Spent(server, alone) as joined:
                await comer.join()
                await comer.until(_sees_the_host, window=LOOKS)
            with _Spent(server, alone) as left:
                await comer.close()
            joining.append(joined.milliseconds)
            leaving.append(left.milliseconds)
    return Costs(joining, leaving)


async def _slow_picture(server: Measured, identity: str) -> Probe:
    wish = ProbeWish(picture=PictureWish(number=7, fps=2))
    return Probe(server.url, await server.token(identity), wish)


def _sees_the_host(heard: Heard) -> bool:
    sight = heard.sight("host")
    return sight is not None and sight.frames > 0


class _Spent:
    """What a block cost beyond a steady `rate`, in milliseconds."""

    def __init__(self, server: Measured, rate: float) -> None:
        self._server, self._rate = server, rate
        self.milliseconds = 0.0

    def __enter__(self) -> Self:
        self._cpu, self._at = self._server.cpu(), time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        spent = self._server.cpu() - self._cpu
        passed = time.monotonic() - self._at
        self.milliseconds = 1000 * (spent - self._rate * passed)


async def _rate(server: Measured) -> float:
    """Processor seconds that the server spends in a second now."""
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
    page.pause()
    async with measured_server() as server:
        costs = await costs_of_a_join(server)
    storms = []
    for _ in range(STORMS):
        page.pause()
        async with measured_server() as server:
            storms.append(await join_storm(server))
    storm = sorted(storms, key=lambda storm: storm.cpu)[STORMS // 2]
    page.figure(f"server CPU for a lone join, median of {COUNTED}", costs.joining, "ms", at_most=10)
    page.figure(f"server CPU for leaving, median of {COUNTED}", costs.leaving, "ms")
    name = f"server CPU for each of {storm.joins} joins at once, median of {STORMS}"
    page.figure(name, storm.cpu, "ms", at_most=10)
    page.figure("joins in a second then", storm.rate, "")
    page.note(
        "A join begins with the socket and ends when both connections carry pictures, two a second "
        "so that packets do not count. The other ends answer the new track's offer: that is in it."
    )
    page.note(
        "The lone join comes to a server that rests, into a room of one: it pays for cold caches, "
        "for on an idle machine each wake-up costs five to eight times what it costs a busy one."
    )
    page.note(
        f"The joins at once are light participants, {AT_ONCE} under way at a time, into {ROOMS} "
        f"rooms of {PEOPLE}: a comer finds two others on average, who answer too. "
        f"{WARM * PEOPLE} came and went before. What the packets of those who are in cost "
        "meanwhile is taken off. The clients share the machine's processors: the rate is theirs "
        "as much as the server's."
    )
    page.note(f"One by one: {', '.join(f'{each.cpu:.1f}' for each in storms)} ms.")


def main() -> int:
    """Measure, print, write the page."""
    page = report.begin("joins", "Joining a room")
    asyncio.run(measure(page))
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
