"""Many people who join at once: what each costs the server, and how many it takes in a second.

They are light participants of this process: each publishes a video of two pictures a second and
receives those of its room, which takes five.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

from bench.server import Measured
from media.load.plan import Plan
from media.load.run import Door, LoadTest
from media.load.sources import Profile
from offhook.core.clock import SystemClock

#: Rooms of five that warm up, and those that are measured.
WARM, ROOMS, PEOPLE = 4, 20, 5
#: Joins under way at a time.
AT_ONCE = 5
#: Seconds of rest that tell what the packets alone cost once all are in.
REST = 5.0
#: The packets of a room grow with the square of its people: so much of the last rate, on average.
_GROWING = 1 / 3


@dataclass(frozen=True, slots=True)
class Storm:
    """Milliseconds of the server's processor for each join; joins in a second."""

    cpu: float
    rate: float
    joins: int


async def join_storm(server: Measured) -> Storm:
    """Have a hundred join after twenty that warm up; raise `AssertionError` when one fails."""
    async with await _crowd(server, WARM, "warm") as warm:
        await warm.fill()
    async with await _crowd(server, ROOMS, "storm") as crowd:
        cpu, began = server.cpu(), time.monotonic()
        await crowd.fill()
        cpu, took = server.cpu() - cpu, time.monotonic() - began
        steady = server.cpu()
        await asyncio.sleep(REST)
        steady = (server.cpu() - steady) / REST
        found = crowd.results()
    assert found.joined == found.planned, found.complaints
    spent = cpu - steady * took * _GROWING
    return Storm(1000 * spent / found.joined, found.joined / took, found.joined)


async def _crowd(server: Measured, rooms: int, prefix: str) -> LoadTest:
    plan = Plan(
        rooms=rooms,
        publishers=PEOPLE,
        profile=Profile(audio=False, packets_per_second=2),
        ramp=None,
        room_prefix=prefix,
        at_once=AT_ONCE,
    )
    tokens = await server.tokens(plan.seats(publishing=True))
    door = Door(server.url, tokens.__getitem__)
    return LoadTest(plan, door, SystemClock(), random.SystemRandom())
