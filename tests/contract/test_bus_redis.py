"""What only the bus over Redis must bear: the loss of the link, and strangers on the streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from offhook.core.bus.redis import RedisBus
from offhook.core.contracts.media import Entered, NodeAlive
from offhook.core.errors import MalformedInput, OffhookError, Unavailable
from tests.contract.test_bus import ENTER, NODE, TOPIC, Ears, Node, alive
from tests.support.redis import RedisServer, run_redis

pytestmark = [pytest.mark.contract, pytest.mark.usefixtures("nothing_blocks_the_loop")]

STREAM = f"offhook:topic:{TOPIC}"


class World:
    """Two processes, their Redis, and a hand in it."""

    def __init__(self, server: RedisServer) -> None:
        self.server = server
        self.here = RedisBus(server.url)
        self.there = RedisBus(server.url)
        self.hand = Redis.from_url(server.url, protocol=2)

    async def close(self) -> None:
        await self.here.close()
        await self.there.close()
        await self.hand.aclose()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with run_redis(tmp_path) as server:
        world = World(server)
        yield world
        await world.close()


async def until_served(bus: RedisBus) -> None:
    """Ask until the node is found again."""
    async with asyncio.timeout(10):
        while True:
            try:
                await bus.request(NODE, ENTER)
            except Unavailable:
                await asyncio.sleep(0.05)
            else:
                return


async def test_a_lost_redis_fails_requests_under_way_at_once(world: World) -> None:
    node = Node()
    node.gate.clear()
    await world.there.serve(NODE, node)
    waiting = asyncio.ensure_future(world.here.request(NODE, ENTER, within=60))
    await node.begun.wait()
    await world.server.kill()
    with pytest.raises(Unavailable) as raised:
        async with asyncio.timeout(3):
            await waiting
    assert raised.value.code == "bus_lost"
    node.gate.set()


async def test_without_redis_everything_but_news_is_unavailable(world: World) -> None:
    await world.server.kill()
    with pytest.raises(Unavailable):
        await world.here.request(NODE, ENTER)
    with pytest.raises(Unavailable):
        await world.here.serve(NODE, Node())
    with pytest.raises(Unavailable):
        await world.here.subscribe(TOPIC, Ears())
    await world.here.publish(TOPIC, alive(1))


async def test_after_a_loss_requests_are_served_again(world: World) -> None:
    await world.there.serve(NODE, Node())
    assert await world.here.request(NODE, ENTER) == Entered(kept=False)
    await world.server.kill()
    with pytest.raises(Unavailable):
        await world.here.request(NODE, ENTER)
    await world.server.start()
    await until_served(world.here)


async def test_a_redis_that_forgot_everything_makes_no_node_seem_gone(world: World) -> None:
    await world.there.serve(NODE, Node())
    assert await world.here.request(NODE, ENTER) == Entered(kept=False)
    for _ in range(3):
        await world.server.kill()
        await world.server.start()
        refusals = set[str]()
        async with asyncio.timeout(3):
            while True:
                try:
                    await world.here.request(NODE, ENTER)
                    break
                except Unavailable as error:
                    refusals.add(error.code)
                    await asyncio.sleep(0.02)
        assert refusals <= {"bus_lost"}


async def test_what_only_one_process_reads_is_forgotten_when_it_was_read(world: World) -> None:
    heard = asyncio.Semaphore(0)

    async def hear(news: object) -> None:
        heard.release()

    await world.here.subscribe("process:ND1", hear, alone=True)
    big = alive(1, "N" * 200_000)
    for _ in range(20):
        await world.there.publish("process:ND1", big)
        await heard.acquire()
    assert await world.hand.xlen("offhook:topic:process:ND1") < 10
    assert await world.hand.ttl("offhook:topic:process:ND1") > 0


async def test_news_waits_for_the_link_and_arrives_in_order(world: World) -> None:
    ears = Ears()
    await world.here.subscribe(TOPIC, ears)
    await world.there.publish(TOPIC, alive(0))
    await ears.until(1)
    await world.server.kill()
    for number in range(1, 600):
        await world.there.publish(TOPIC, alive(number))
    await world.server.start()
    await ears.until(600)
    assert ears.heard == [alive(number) for number in range(600)]


async def test_a_redis_that_counts_from_an_earlier_time_is_heard(world: World) -> None:
    ears = Ears()
    await world.here.subscribe(TOPIC, ears)
    body = msgspec.json.encode(alive(1))
    await world.hand.xadd(STREAM, {"by": "x", "n": 1, "body": body}, id="99999999999999-0")
    await ears.until(1)
    await world.server.kill()
    await world.server.start()
    await world.there.publish(TOPIC, alive(2))
    await ears.until(2)
    assert ears.heard == [alive(1), alive(2)]


async def test_news_that_was_sent_twice_is_heard_once(world: World) -> None:
    ears = Ears()
    await world.here.subscribe(TOPIC, ears)
    for number in (1, 1, 2, 1, 3):
        body = msgspec.json.encode(alive(number))
        await world.hand.xadd(STREAM, {"by": "x", "n": number, "body": body})
    await ears.until(3)
    assert ears.heard == [alive(1), alive(2), alive(3)]


async def test_news_of_a_newer_version_is_passed_over(world: World) -> None:
    ears = Ears()
    await world.here.subscribe(TOPIC, ears)
    with capture_logs() as logs:
        await world.hand.xadd(STREAM, {"by": "x", "n": 1, "body": b'{"type":"node_dances"}'})
        body = b'{"type":"node_alive","node":"ND1","legs":1,"rooms":2,"mood":"good"}'
        await world.hand.xadd(STREAM, {"by": "x", "n": 2, "body": body})
        await ears.until(1)
    assert ears.heard == [NodeAlive(node="ND1", legs=1, rooms=2)]
    assert [line["event"] for line in logs] == ["listener passes over news"]


async def test_an_entry_of_a_stranger_stops_nothing(world: World) -> None:
    ears = Ears()
    await world.here.subscribe(TOPIC, ears)
    with capture_logs() as logs:
        await world.hand.xadd(STREAM, {"hello": "world"})
        await world.there.publish(TOPIC, alive(1))
        await ears.until(1)
    assert [line["event"] for line in logs] == ["bus passes over entry"]


async def test_a_command_that_cannot_be_read_is_refused(world: World) -> None:
    node = Node()
    await world.there.serve(NODE, node)
    await world.hand.xadd(
        f"offhook:{{{NODE}}}:commands",
        {"id": 7, "to": "stranger", "within": 5000, "body": b'{"type":"dance"}'},
    )
    answer: Any = await world.hand.xread({"stranger": "0-0"}, block=5000)
    [[_, [(_, fields)]]] = answer
    assert b"malformed" in fields[b"body"]
    assert node.heard == []


async def test_a_command_whose_caller_has_given_up_is_passed_over(world: World) -> None:
    node = Node()
    await world.there.serve(NODE, node)
    body = msgspec.json.encode(ENTER)
    with capture_logs() as logs:
        await world.hand.xadd(
            f"offhook:{{{NODE}}}:commands",
            {"id": 1, "to": "stranger", "within": -1, "body": body},
        )
        await world.here.request(NODE, ENTER)
    assert node.heard == [ENTER]
    assert [line["event"] for line in logs] == ["node passes over late command"]


async def test_a_reply_that_cannot_be_read_is_an_error(world: World) -> None:
    node = Node()
    node.gate.clear()
    await world.there.serve(NODE, node)
    waiting = asyncio.ensure_future(world.here.request(NODE, ENTER))
    await node.begun.wait()
    commands: Any = await world.hand.xrange(f"offhook:{{{NODE}}}:commands")
    [(_, fields)] = commands
    await world.hand.xadd(fields[b"to"], {"id": 1, "body": b"{"})
    with pytest.raises(OffhookError, match="cannot be read") as raised:
        await waiting
    assert not isinstance(raised.value, MalformedInput)
    node.gate.set()


async def test_installations_with_other_prefixes_do_not_hear_each_other(world: World) -> None:
    foreign = RedisBus(world.server.url, prefix="another")
    await world.there.serve(NODE, Node())
    with pytest.raises(Unavailable):
        await foreign.request(NODE, ENTER)
    await foreign.close()


async def test_a_closed_bus_leaves_nothing_of_its_own_in_redis(world: World) -> None:
    serving = await world.there.serve(NODE, Node())
    await world.here.request(NODE, ENTER)
    await serving.close()
    await world.here.close()
    assert await world.hand.keys("*replies*") == []
    assert await world.hand.keys("*present*") == []
