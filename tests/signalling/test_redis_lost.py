"""Redis goes away under two processes: what needs it is refused, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.signalling.several import Several, several
from tests.signalling.signalling import Person
from tests.support.redis import RedisServer

pytestmark = pytest.mark.integration


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Several]:
    async with several(tmp_path, redis=True) as running:
        yield running


def redis_of(both: Several) -> RedisServer:
    """The Redis of these processes."""
    assert both.redis is not None
    return both.redis


async def until_said(person: Person, text: str) -> set[str]:
    """Say something again and again until it is accepted; why it was not before."""
    refusals: set[str] = set()
    async with asyncio.timeout(5):
        while True:
            ack = await person.raw("chat", {"text": text})
            if ack["ok"]:
                return refusals
            assert ack["error"]["status"] in {503, 504}
            refusals.add(ack["error"]["code"])
            await asyncio.sleep(0.05)


async def test_who_sits_at_the_owner_goes_on_and_the_others_hear_it_afterwards(
    both: Several,
) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    await redis_of(both).kill()
    for number in range(5):
        await ada.asks("chat", text=str(number))
    ack = await ben.raw("chat", {"text": "Is anybody there?"})
    assert (ack["ok"], ack["error"]["code"], ack["error"]["retryable"]) == (False, "bus_lost", True)
    await redis_of(both).start()
    assert await until_said(ben, "Here I am") <= {"bus_lost"}
    for person in (ada, ben):
        await person.learns("chat_sent", 6)
        said = [
            fact["data"]["message"]["text"] for fact in person.facts if "message" in fact["data"]
        ]
        assert said == ["0", "1", "2", "3", "4", "Here I am"]
    assert "disconnected" not in [event for event, _ in ben.told]


async def test_nobody_is_taken_for_dead_because_redis_was(both: Several) -> None:
    one, two = both.servers
    ada, ben = await one.joined("Ada"), await two.joined("Ben")
    await ada.offer("microphone")
    await redis_of(both).kill()
    await asyncio.sleep(2 * two.services.settings.process_timeout)
    await redis_of(both).start()
    assert await until_said(ada, "back") == set()
    await ada.offer("microphone", "camera")
    assert {command.epoch for command in both.media.commands} == {1}
    assert len(one.services.processes.all()) == len(two.services.processes.all()) == 2
    await ben.close()


async def test_rest_is_refused_with_503_while_redis_is_away(both: Several) -> None:
    one, two = both.servers
    await one.joined("Ada")
    api = both.api(two)
    await redis_of(both).kill()
    problem = await api.patch("/v1/rooms/demo", {"title": "B"}, expect=503)
    assert problem["code"] == "bus_lost"
    assert (await api.get("/v1/rooms/demo"))["title"] != "B"
    await redis_of(both).start()
    async with asyncio.timeout(5):
        while True:
            async with api.session.patch(
                "/v1/rooms/demo",
                json={"title": "B"},
                headers={"Authorization": api.basic(api.key, api.secret)},
            ) as reply:
                if reply.status == 200:
                    break
