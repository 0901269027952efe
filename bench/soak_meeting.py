"""Ten people in one room for half an hour: what is lost, and does anything grow?

They are light participants who send sound and pictures and receive those of all the others.
"""

from __future__ import annotations

import argparse
import asyncio
import random

from bench import report
from bench.remains import compare, remains, settled
from bench.server import measured_server
from media.load.plan import Plan
from media.load.run import Door, LoadTest
from media.load.sources import Profile
from offhook.core.clock import SystemClock

MINUTES = 30.0
PEOPLE = 10
#: Seconds that fill pools and caches first.
WARM = 120.0
#: Per cent that memory may grow by, share that may be lost, seconds until all is forgotten.
GROWTH, LOST, FORGOTTEN_WITHIN = 5.0, 0.1, 60.0


async def soak(page: report.Report, minutes: float, packets: float) -> None:
    """Hold the meeting; compare the server at its begin and end, and before and after it."""
    async with measured_server() as server:
        plan = Plan(publishers=PEOPLE, profile=Profile(packets_per_second=packets))
        tokens = await server.tokens(plan.seats(publishing=True))
        door = Door(server.url, tokens.__getitem__)
        async with LoadTest(plan, door, SystemClock(), random.SystemRandom()) as first:
            await first.fill()  # what is started once, when the first people meet
        bare = await settled(server, await remains(server), FORGOTTEN_WITHIN)
        async with LoadTest(plan, door, SystemClock(), random.SystemRandom()) as meeting:
            await meeting.fill()
            await asyncio.sleep(WARM)
            before = await remains(server)
            await asyncio.sleep(60 * minutes)
            after = await settled(server, before, FORGOTTEN_WITHIN)
            found = await meeting.finish()
        empty = await settled(server, bare, FORGOTTEN_WITHIN)
    page.figure("minutes", minutes, "")
    page.figure("people", found.joined, "", at_least=PEOPLE)
    page.figure("of them out before the end", sum(found.ended.values()), "", at_most=0)
    page.figure("packets expected", found.expected, "")
    page.figure("packets lost", 100 * found.loss, "%", at_most=LOST)
    page.figure("delay, median", (found.delays.percentile(50) or 0) / 1000, "ms")
    page.figure("delay, p99", (found.delays.percentile(99) or 0) / 1000, "ms")
    compare(page, before, after, GROWTH)
    page.figure("legs after all have left", empty.counts["media_legs"], "", at_most=0)
    page.figure(
        "tasks after all have left", empty.counts["tasks"] - bare.counts["tasks"], "", at_most=0
    )


def main() -> int:
    """Measure, print, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long they stay")
    parser.add_argument("--packets", type=float, default=30.0, help="of each video, a second")
    given = parser.parse_args()
    page = report.begin("soak_meeting", "Ten people in a room for half an hour")
    page.note(f"Counted from the state {WARM:.0f} seconds after all had joined.")
    page.note(f"Each sends sound and {given.packets:.0f} video packets a second to nine others.")
    asyncio.run(soak(page, given.minutes, given.packets))
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
