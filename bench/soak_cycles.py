"""A thousand people who join a call, hear it and leave: does anything stay behind?

Two stay in the room all the while. The comers are light participants: they publish sound and
pictures, and receive those of the others, over the public protocol.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections import Counter

from bench import report
from bench.remains import compare, remains, settled
from bench.server import Measured, measured_server
from media.load.connection import Means
from media.load.participant import LightParticipant, Measures
from media.load.plan import Plan, Seat
from media.load.run import Door, LoadTest
from media.load.sources import Profile
from media.peers.room_socket import RoomSocket
from media.sfu.dtls import Identity
from media.sfu.timers import Timers
from offhook.core.clock import SystemClock
from offhook.core.errors import OffhookError
from offhook.core.tasks import Tasks

CYCLES = 1000
#: Comers before, who fill pools and caches, such as those of the store; how many come at a time.
FIRST, WARM, AT_ONCE = 50, 1000, 4
PROFILE = Profile(packets_per_second=30)
#: Per cent that memory may grow by, and seconds until all that is over is forgotten.
GROWTH, FORGOTTEN_WITHIN = 5.0, 45.0
ROOM = "load-1"


class Comers:
    """Makes them come and go; `failures` are counted by code."""

    def __init__(self, server: Measured, tasks: Tasks) -> None:
        clock = SystemClock()
        identity = Identity(clock.now())
        self.failures: Counter[str] = Counter()
        self._server = server
        self._tasks = tasks
        self._timers = Timers(clock)
        self._means = Means(identity, identity.context(), self._timers, random.SystemRandom())

    async def come_and_go(self, first: int, count: int) -> None:
        """So many, a few at a time; each has heard the others before it leaves."""
        seats = [Seat(ROOM, f"comer-{first + n}", publishes=True) for n in range(count)]
        tokens = await self._server.tokens(seats)
        slots = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._one(token, slots) for token in tokens.values()))

    async def _one(self, token: str, slots: asyncio.Semaphore) -> None:
        async with slots:
            socket = RoomSocket(self._server.url, token)
            comer = LightParticipant(socket, self._means, self._tasks, Measures(), PROFILE)
            try:
                await comer.join()
            except OffhookError as error:
                self.failures[error.code] += 1
            finally:
                await comer.close()

    def close(self) -> None:
        """Forget the timers."""
        self._timers.close()


async def soak(page: report.Report, cycles: int) -> None:
    """Have them come and go, and compare the server before and after."""
    async with measured_server() as server, Tasks() as tasks:
        plan = Plan(publishers=2, profile=PROFILE)
        tokens = await server.tokens(plan.seats(publishing=True))
        residents = LoadTest(plan, Door(server.url, tokens.__getitem__), SystemClock(), _luck())
        comers = Comers(server, tasks)
        async with residents:
            await residents.fill()
            bare = await remains(server)
            await comers.come_and_go(0, FIRST)
            cold = await settled(server, bare, FORGOTTEN_WITHIN)
            await comers.come_and_go(FIRST, WARM - FIRST)
            before = await settled(server, bare, FORGOTTEN_WITHIN)
            await comers.come_and_go(WARM, cycles)
            after = await settled(server, before, FORGOTTEN_WITHIN)
            stayed = residents.results()
        comers.close()
    page.figure("people who came and left", cycles, "")
    page.figure("of them not connected", sum(comers.failures.values()), "", at_most=0)
    page.figure("residents who were out before the end", sum(stayed.ended.values()), "", at_most=0)
    page.figure(f"memory after the first {FIRST}", cold.memory, "MB")
    compare(page, before, after, GROWTH)
    for reason in stayed.ended:
        page.note(f"Residents were out: {reason}.")
    for code, count in comers.failures.items():
        page.note(f"{count} failed with {code}.")


def _luck() -> random.Random:
    return random.SystemRandom()


def main() -> int:
    """Measure, print, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=CYCLES, help="people who come and leave")
    given = parser.parse_args()
    page = report.begin("soak_cycles", "A thousand people who join, hear the others and leave")
    page.note(f"Counted from the state after the first {WARM} people, {AT_ONCE} at a time.")
    asyncio.run(soak(page, given.cycles))
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
