"""From an agent who becomes available to the offer on the page; and what thousands of visitors'
pages cost."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import uvloop

from bench import report
from bench.desk_sockets import PageSocket
from bench.server import Measured, measured_server
from offhook.core.contracts.grants import DeskGrant
from signalling.domain.tokens import Claims

AGENTS, WAITING, OFFERS = 200, 500, 300
VISITORS, IN_QUEUE = 2_000, 500
_AT_ONCE = 20
#: Seconds over which the server at rest is looked at, and commands for the round trip.
_REST, _COMMANDS = 10.0, 200
_ENV = {"OFFHOOK_TRUSTED_PROXIES": "127.0.0.1"}


class Centre:
    """A server with its demo contact centre, as a program and as pages see it."""

    def __init__(self, server: Measured, api: aiohttp.ClientSession, http: aiohttp.ClientSession):
        self.server = server
        self._api = api
        self._http = http
        self.site = ""
        self.activities: dict[str, str] = {}

    async def learn(self) -> None:
        """What the demo data are called."""
        self.site = (await self._get("/v1/sites"))["items"][0]["key"]
        found = (await self._get("/v1/activities"))["items"]
        self.activities = {each["name"]: each["id"] for each in found}

    async def _get(self, path: str) -> Any:
        async with self._api.get(path) as reply:
            assert reply.ok, await reply.text()
            return await reply.json()

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        async with self._api.post(path, json=body) as reply:
            assert reply.ok, await reply.text()
            return await reply.json()

    async def employ(self, count: int) -> list[PageSocket]:
        """So many new agents who speak English, each at a desk and on a break."""
        users = []
        for number in range(count):
            login = f"agent-{number}"
            user = await self._post("/v1/users", {"login": login, "role": "agent"})
            agent = {"user": user["id"], "attributes": {"languages": ["en"]}, "skills": {"en": 3}}
            await self._post("/v1/agents", agent)
            users.append(user["id"])
        claims = [Claims(sub=user, name=user, desk=DeskGrant(role="agent")) for user in users]
        tokens = await self.server.signed(claims)
        return await several(self._at_desk, tokens)

    async def _at_desk(self, token: str) -> PageSocket:
        page = await PageSocket.connect(self._http, "/desk", "desk", {"token": token})
        await page.asks("enter")
        await page.asks("choose_activity", activity=self.activities["Break"])
        return page

    async def open(self, number: int) -> PageSocket:
        """A visitor's page, with the panel open."""
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        page = await PageSocket.connect(self._http, "/visit", "visit", {"site": self.site}, address)
        await page.asks("open", language="en")
        return page

    async def wait(self, number: int) -> PageSocket:
        """A visitor who waits in the queue."""
        page = await self.open(number)
        await page.asks("fill", answers={"name": f"Visitor {number}", "reason": "order"})
        await page.asks("start", consent=True, version="1")
        return page


async def several(
    make: Callable[[Any], Awaitable[PageSocket]], given: list[Any]
) -> list[PageSocket]:
    """Some at a time; a site lets in fifty pages a second."""
    made: list[PageSocket] = []
    for start in range(0, len(given), _AT_ONCE):
        began = time.monotonic()
        made += await asyncio.gather(*map(make, given[start : start + _AT_ONCE]))
        await asyncio.sleep(max(0.0, _AT_ONCE / 45 - (time.monotonic() - began)))
    return made


async def offers(centre: Centre, page: report.Report) -> None:
    """One agent after the other ends a break, is offered who waits longest, and rejects it."""
    agents = await centre.employ(AGENTS)
    sys.stderr.write(f"{AGENTS} agents are there\n")
    visitors = await several(centre.wait, list(range(WAITING)))
    sys.stderr.write(f"{WAITING} visitors wait\n")
    rest = await _rate(centre.server)
    took: list[float] = []
    for number in range(OFFERS):
        agent = agents[number % AGENTS]
        began = time.monotonic()
        asked = asyncio.ensure_future(
            agent.asks("choose_activity", activity=centre.activities["Available"])
        )
        took.append(1000 * (await agent.until('"offers":[{') - began))
        await asked
        await agent.asks("choose_activity", activity=centre.activities["Break"])
        reservation = agent.last.partition('"reservation":"')[2].partition('"')[0]
        await agent.asks("reject", reservation=reservation)
        await agent.until('"offers":[]')
    name = "an agent becomes available, to the offer on the page"
    page.figure(f"{name}, median", statistics.median(took), "ms")
    page.figure(f"{name}, p99", report.percentile(took, 99), "ms", at_most=50)
    page.figure("a core at rest then", 100 * rest, "%")
    await _close(agents + visitors)


async def crowd(centre: Centre, page: report.Report) -> None:
    """Many visitors' pages, some of whom wait."""
    pages = await several(centre.open, list(range(100)))
    before = centre.server.memory()
    pages += await several(centre.open, list(range(100, VISITORS - IN_QUEUE)))
    opened = centre.server.memory()
    pages += await several(centre.wait, list(range(VISITORS - IN_QUEUE, VISITORS)))
    waiting = centre.server.memory()
    sys.stderr.write(f"{VISITORS} visitors are there\n")
    rest = await _rate(centre.server)
    took = []
    for number in range(_COMMANDS):
        began = time.monotonic()
        told = {"url": f"https://shop.example/{number}", "title": "Shop"}
        await pages[number * 7 % VISITORS].asks("moved", page=told)
        took.append(1000 * (time.monotonic() - began))
    few, many = VISITORS - IN_QUEUE - 100, IN_QUEUE
    page.figure("memory of each visitor with an open panel", 1000 * (opened - before) / few, "kB")
    page.figure("memory of each visitor who waits", 1000 * (waiting - opened) / many, "kB")
    page.figure(f"a core at rest with {VISITORS} visitors", 100 * rest, "%", at_most=100)
    p99 = report.percentile(took, 99)
    page.figure(f"a command of one of {VISITORS}, acked and stored, p99", p99, "ms")
    await _close(pages)


async def _rate(server: Measured) -> float:
    """Processor seconds that the server spends in a second now."""
    await asyncio.sleep(2)
    cpu, at = server.cpu(), time.monotonic()
    await asyncio.sleep(_REST)
    return (server.cpu() - cpu) / (time.monotonic() - at)


async def _close(pages: list[PageSocket]) -> None:
    await asyncio.gather(*(page.close() for page in pages))


async def measure(page: report.Report) -> None:
    """Both, each with a server of its own."""
    for part in (offers, crowd):
        async with AsyncExitStack() as stack:
            server = await stack.enter_async_context(measured_server(_ENV))
            connector = aiohttp.TCPConnector(limit=0)
            http = await stack.enter_async_context(
                aiohttp.ClientSession(server.url, connector=connector)
            )
            login = aiohttp.encode_basic_auth(*server.login)
            api = await stack.enter_async_context(
                aiohttp.ClientSession(server.url, headers={"Authorization": login})
            )
            centre = Centre(server, api, http)
            await centre.learn()
            await part(centre, page)
            page.pause()


def main() -> int:
    """Measure, print, write the page."""
    page = report.begin("contact_centre", "The contact centre, with many pages")
    uvloop.run(measure(page))
    page.note(
        f"Offers: {AGENTS} agents' desks and {WAITING} waiting visitors' pages are connected, each "
        "told its state; from the agent's command to the frame with the offer on the agent's "
        f"socket, stored before it is sent; {OFFERS} times. The clients are one Python process on "
        "the same two cores, and its own time is in it."
    )
    page.note(
        f"Visitors: {VISITORS} sockets from as many addresses; {IN_QUEUE} of them filled in the "
        "form and wait, told their place and estimated wait. All is on one event loop, the store's "
        "threads beside it."
    )
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
