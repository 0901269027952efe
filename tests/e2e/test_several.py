"""Two signalling and two media processes, PostgreSQL and Redis: any of them may die in a call."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from tests.e2e.conftest import People
from tests.support.balancer import Balancer, balancer
from tests.support.browser import Guest
from tests.support.ports import free_port
from tests.support.redis import RedisServer, run_redis
from tests.support.server import Server, start_server

pytestmark = pytest.mark.e2e

#: Seconds in which everybody must be well again.
_BACK_WITHIN = 5.0
#: Long enough for every node to be silent for too long, were the bus not away.
_REDIS_AWAY = 4.0

_PORTS = """
async () => {
  const ports = new Set();
  for (const connection of window.__connections) {
    if (connection.connectionState !== 'connected') continue;
    const reports = await connection.getStats();
    reports.forEach(report => {
      if (report.type === 'transport' && report.selectedCandidatePairId) {
        const pair = reports.get(report.selectedCandidatePairId);
        ports.add(reports.get(pair.remoteCandidateId).port);
      }
    });
  }
  return [...ports];
}
"""


class House:
    """The whole installation."""

    def __init__(self, folder: Path, database: str, redis: RedisServer) -> None:
        self.redis = redis
        self.front: Balancer
        self.signalling: list[Server] = []
        self.media: list[Server] = []
        self._folder = folder
        self._database = database

    async def start(self, role: str) -> Server:
        """One more process of a role."""
        env = {
            "OFFHOOK_REDIS_URL": self.redis.url,
            "OFFHOOK_DATABASE_URL": self._database,
            "OFFHOOK_HEALTH_PORT": str(free_port()),
        }
        folder = self._folder / ("data" if role == "signalling" else f"media{len(self.media)}")
        made = await start_server(folder, role=role, env=env)
        (self.signalling if role == "signalling" else self.media).append(made)
        return made

    async def ask(self, question: LiteralString) -> list[Any]:
        """Rows of the database."""

        def rows() -> list[Any]:
            with psycopg.connect(self._database) as connection:
                return connection.execute(question).fetchall()

        return await asyncio.to_thread(rows)

    async def owner(self) -> Server:
        """The signalling process that owns the room."""
        nodes = [
            row[0] for row in await self.ask("SELECT node_id FROM processes ORDER BY started_at")
        ]
        [(owner,)] = await self.ask("SELECT owner FROM rooms WHERE state = 'open'")
        return self.signalling[nodes.index(owner)]

    async def all_connected(self) -> bool:
        """Whether everybody in the room has a socket."""
        rows = await self.ask("SELECT connected FROM participants WHERE left_at IS NULL")
        return bool(rows) and all(connected for (connected,) in rows)

    async def close(self) -> None:
        """Stop what still runs."""
        for server in (*self.signalling, *self.media):
            await server.stop(signal.SIGKILL)


@pytest.fixture
async def house(tmp_path: Path, database: str) -> AsyncIterator[House]:
    async with run_redis(tmp_path) as redis, contextlib.AsyncExitStack() as stack:
        made = House(tmp_path, database, redis)
        stack.push_async_callback(made.close)
        for role in ("signalling", "signalling", "media", "media"):
            await made.start(role)
        ports = [int(server.url.rpartition(":")[2]) for server in made.signalling]
        made.front = await stack.enter_async_context(balancer(*ports))
        yield made


async def seconds_until(good: Callable[[], Awaitable[bool]], since: float) -> float:
    """How long after `since` the look began that found it good."""
    while True:
        looked = time.monotonic()
        if await good():
            return looked - since
        assert looked - since < 20, "it did not become good"
        await asyncio.sleep(0.05)


async def hear_each_other(ada: Guest, ben: Guest) -> bool:
    """Whether each hears the other's tone, and nothing else, at this moment."""
    try:
        await asyncio.gather(ada.hears(880, within=1), ben.hears(440, within=1))
    except AssertionError:
        return False
    return True


async def say(speaker: Guest, text: str, *listeners: Guest) -> None:
    """Say something, which everybody reads once."""
    await speaker.page.get_by_role("textbox", name="Message").fill(text)
    await speaker.page.keyboard.press("Enter")
    for person in (speaker, *listeners):
        line = person.page.get_by_role("log").get_by_text(text, exact=True)
        await line.wait_for(timeout=5000)
        assert await line.count() == 1


async def test_a_call_outlives_signalling_media_and_redis(house: House, people: People) -> None:
    ada, ben = await people("Ada", 440), await people("Ben", 880)
    for person in (ada, ben):
        await person.join(f"{house.front.url}/r/demo")
        await person.press("Chat")
    assert await seconds_until(lambda: hear_each_other(ada, ben), time.monotonic()) < 10
    await say(ada, "Before it all", ben)

    took: dict[str, float] = {}
    owner = await house.owner()
    began = time.monotonic()
    await owner.stop(signal.SIGKILL)
    assert await hear_each_other(ada, ben)
    took["signalling"] = await seconds_until(lambda: _is_owned_again(house, owner), began)
    await say(ben, "After signalling", ada)

    [port] = await ada.page.evaluate(_PORTS)
    carrier = next(server for server in house.media if server.media_port == port)
    began = time.monotonic()
    await carrier.stop(signal.SIGKILL)
    took["media"] = await seconds_until(lambda: _hear_through_another(ada, ben, port), began)
    await say(ada, "After media", ben)

    ports = await ada.page.evaluate(_PORTS)
    await house.redis.kill()
    await asyncio.sleep(_REDIS_AWAY)
    assert await hear_each_other(ada, ben)
    await house.redis.start()
    began = time.monotonic()
    await say(ben, "After Redis", ada)
    took["redis"] = time.monotonic() - began
    assert await hear_each_other(ada, ben)
    assert await ada.page.evaluate(_PORTS) == ports

    for person in (ada, ben):
        lines = person.page.get_by_role("log")
        for text in ("Before it all", "After signalling", "After media", "After Redis"):
            assert await lines.get_by_text(text, exact=True).count() == 1
    assert {what: seconds for what, seconds in took.items() if seconds > _BACK_WITHIN} == {}, took


async def _is_owned_again(house: House, dead: Server) -> bool:
    return await house.owner() is not dead and await house.all_connected()


async def _hear_through_another(ada: Guest, ben: Guest, port: int) -> bool:
    found = [await person.page.evaluate(_PORTS) for person in (ada, ben)]
    return all(ports and port not in ports for ports in found) and await hear_each_other(ada, ben)
