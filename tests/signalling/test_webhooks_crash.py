"""Whenever the process is killed, every event that was logged arrives, in order for each room."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.signalling.hooks import Hook, without_gap
from tests.signalling.standing import Standing, standing
from tests.signalling.test_crash import kill

pytestmark = pytest.mark.integration

ROOMS = [f"room-{number}" for number in range(6)]
LIVES = 5
UPDATES = 25


class Operator:
    """Somebody who changes rooms over REST, and remembers what was answered."""

    def __init__(self, auth: tuple[str, str]) -> None:
        self._headers = {"Authorization": aiohttp.encode_basic_auth(*auth)}
        self.answered = 0

    async def asks(self, url: str, method: str, path: str, body: object = None) -> Any:
        """One request that must be granted."""
        async with (
            aiohttp.ClientSession(url, headers=self._headers) as session,
            session.request(method, path, json=body) as reply,
        ):
            assert reply.status in {200, 201}, await reply.text()
            return await reply.json()

    async def busy(self, server: Standing, room: str) -> None:
        """Change one room again and again, until the server is dead."""
        for number in range(UPDATES):
            try:
                title = {"title": f"{room} {number} {self.answered}"}
                await self.asks(server.url, "PATCH", f"/v1/rooms/{room}", title)
            except aiohttp.ClientError:
                return
            self.answered += 1

    async def log(self, url: str) -> list[dict[str, Any]]:
        """The whole event log."""
        found, after = [], ""
        while True:
            page = await self.asks(url, "GET", f"/v1/events?limit=200&after={after}")
            found += page["items"]
            if page["next"] is None:
                return found
            after = page["next"]


async def test_nothing_is_lost_and_nothing_comes_out_of_order(tmp_path: Path) -> None:
    async with Hook().running() as hook:
        with standing(tmp_path, "127.0.0.1") as first:
            operator = Operator(first.auth)
            for room in ROOMS:
                await operator.asks(first.url, "POST", "/v1/rooms", {"name": room})
            body = {"url": hook.url}
            made = await operator.asks(first.url, "POST", "/v1/webhooks", body)
            hook.secret = made["secret"]
            kill(first)
        chance = random.Random(7)
        for _ in range(LIVES):
            with standing(tmp_path, "127.0.0.1") as server:
                await asyncio.gather(one_life(server, hook, chance), *work(operator, server))
        with standing(tmp_path, "127.0.0.1") as last:
            logged = await operator.log(last.url)
            owed = {event["id"] for event in logged}
            await hook.until(lambda: owed <= {event["id"] for event in hook.came}, patience=30)
    assert operator.answered <= len(owed)
    assert operator.answered > LIVES
    assert hook.forged == []
    for subject in {event["subject"] for event in logged}:
        assert hook.seqs(subject)[0] == 1
        assert without_gap(hook.seqs(subject))


def work(operator: Operator, server: Standing) -> list[Any]:
    """Everybody at once."""
    return [operator.busy(server, room) for room in ROOMS]


async def one_life(server: Standing, hook: Hook, chance: random.Random) -> None:
    """Kill the server once some more deliveries have come: others are under way then."""
    enough = len(hook.came) + chance.randint(1, 40)
    await hook.until(lambda: len(hook.came) >= enough)
    kill(server)
