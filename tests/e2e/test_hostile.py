"""A call goes on, unharmed, beside those who wish the server ill."""

from __future__ import annotations

import asyncio
import random
import secrets
import sys
from collections.abc import AsyncIterator

import msgspec
import pytest

from bench.remains import remains, settled
from bench.server import Measured, measured_server
from media.load.plan import Plan, Seat
from media.load.results import Results
from media.load.run import Door, LoadTest
from media.load.sources import Profile
from offhook.core.clock import SystemClock
from tests.support.hostile import Orders, Told

pytestmark = pytest.mark.e2e

DATAGRAMS = 10_000
HALF_OPEN = 1000
NONSENSE = 300
#: Seconds of the call before and after the attack, and at most until nothing is left of it.
QUIET, GONE_WITHIN = 4.0, 60.0
#: Share of the call's packets that may be lost, and milliseconds that are no harm anyway.
LOSS, HARMLESS = 0.001, 100.0
#: Megabytes that the server may have grown by: a thousand participants at a time, once.
GROWTH = 120.0


#: All come from one address here; places of those who vanish are given up soon.
_SETTINGS = {"OFFHOOK_RESUME_WINDOW": "1", "OFFHOOK_SOCKETS_PER_ADDRESS": "2000"}


@pytest.fixture
async def server() -> AsyncIterator[Measured]:
    """A server in a process of its own."""
    async with measured_server(_SETTINGS) as running:
        yield running


async def call(server: Measured, clock: SystemClock) -> LoadTest:
    """Two people who send sound and pictures to one another."""
    plan = Plan(publishers=2, profile=Profile(packets_per_second=100), room_prefix="call")
    tokens = await server.tokens(plan.seats(publishing=True))
    return LoadTest(plan, Door(server.url, tokens.__getitem__), clock, random.SystemRandom())


async def attacked(server: Measured, seed: int) -> Told:
    """Let them do their worst, in a process of their own; what came of it."""
    seats = [Seat(f"dark-{n // 50}", f"eve-{n}", publishes=True) for n in range(HALF_OPEN)]
    fool = Seat("call-1", "fool", publishes=True)
    tokens = await server.tokens([*seats, fool])
    orders = Orders(
        url=server.url,
        port=server.media_port,
        datagrams=DATAGRAMS,
        nonsense=NONSENSE,
        tokens=[tokens[seat] for seat in seats],
        fool=tokens[fool],
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.support.hostile", str(seed)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate(msgspec.json.encode(orders))
    assert process.returncode == 0
    return msgspec.json.decode(said, type=Told)


async def quiet(server: Measured) -> Results:
    """The same call, when nobody wishes it ill."""
    async with await call(server, SystemClock()) as test:
        await test.fill()
        await asyncio.sleep(QUIET)
        return await test.finish()


async def test_a_call_goes_on_unharmed_beside_those_who_wish_the_server_ill(
    server: Measured,
) -> None:
    seed = secrets.randbits(32)
    sys.stdout.write(f"seed {seed}\n")
    calm = await quiet(server)
    async with await call(server, SystemClock()) as test:
        await test.fill()
        await asyncio.sleep(QUIET)
        before, memory = await remains(server), server.memory()
        told = await attacked(server, seed)
        peak = server.memory() - memory
        await asyncio.sleep(QUIET)
        after = await settled(server, before, GONE_WITHIN)
        found = await test.finish()
    sys.stdout.write(report(calm, found, told, peak, server.memory() - memory))
    assert after.nothing_beside(before)
    assert told.datagrams == DATAGRAMS
    assert sum(told.half_open.values()) == HALF_OPEN
    assert told.half_open.keys() <= {"answered", "too_many_connecting"}
    assert sum(told.nonsense.values()) == NONSENSE
    assert told.nonsense.keys().isdisjoint({"internal", "unavailable", "timeout"})
    assert not found.ended
    assert found.loss <= LOSS
    assert milliseconds(found) <= max(HARMLESS, 10 * milliseconds(calm))
    assert server.memory() - memory < GROWTH


def milliseconds(results: Results) -> float:
    """What 99 of 100 packets took, at most."""
    return (results.delays.percentile(99) or 0) / 1000


def report(calm: Results, found: Results, told: Told, peak: float, kept: float) -> str:
    """The figures in a line."""
    return (
        f"{told}\nlost {found.lost} of {found.expected} ({found.repaired} repaired); p99 "
        f"{milliseconds(found):.1f} ms, calm {milliseconds(calm):.1f} ms; memory +{peak:.1f} MB at "
        f"the end of the attack, +{kept:.1f} MB after it\n"
    )
