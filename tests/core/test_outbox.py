"""The outbox: at least once, in order for each key, and a failing key holds up only itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest
from sqlalchemy import Connection
from structlog.testing import capture_logs

from offhook.core.clock import SECOND, ManualClock
from offhook.core.errors import Conflict
from offhook.core.store.outbox import Outbox, OutboxItem, Relay, backoff
from offhook.core.store.place import Place
from offhook.core.store.store import Store
from tests.support.stores import MAIN, OTHER, open_store

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_blocks_the_loop")]


class Post:
    """An outbox, its relay, and what was carried out."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = ManualClock()
        self.outbox = Outbox()
        self.carried: list[tuple[str, str]] = []
        self.refuses: dict[str, int] = {}
        self.held: dict[str, asyncio.Event] = {}
        self.under_way = 0
        self.most_under_way = 0
        self.relay = self.new_relay()

    def new_relay(self, at_once: int = 16) -> Relay:
        return Relay(self.store, self.clock, {"hook": self.carry}, at_once=at_once)

    async def carry(self, item: OutboxItem) -> None:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if (gate := self.held.get(item.key)) is not None:
                await gate.wait()
            self._note(item)
        finally:
            self.under_way -= 1

    def _note(self, item: OutboxItem) -> None:
        if self.refuses.get(item.key, 0) > 0:
            self.refuses[item.key] -= 1
            self.carried.append((item.key, f"refused {item.payload.decode()}"))
            raise OSError("connection refused")
        self.carried.append((item.key, item.payload.decode()))

    async def put(self, key: str, *payloads: str, topic: str = "hook") -> None:
        for payload in payloads:
            now = self.clock.now()
            await self.store.write(
                partial(
                    self.outbox.put,
                    account=MAIN,
                    topic=topic,
                    key=key,
                    payload=payload.encode(),
                    now=now,
                )
            )
        self.relay.wake()

    async def until(self, *expected: tuple[str, str], advancing: bool = False) -> None:
        """Wait until these were carried out, while the clock stands still or moves on."""
        async with asyncio.timeout(10):
            while not set(expected) <= set(self.carried):
                if advancing:
                    self.clock.advance(1)
                await self.store.read(lambda connection: None)

    async def until_under_way(self, count: int) -> None:
        async with asyncio.timeout(10):
            while self.under_way < count:
                await self.store.read(lambda connection: None)

    async def waiting(self) -> int:
        return await self.store.read(self.outbox.waiting)


@pytest.fixture
async def post(place: Place) -> AsyncIterator[Post]:
    async with open_store(place) as store:
        post = Post(store)
        yield post
        await post.relay.close()


async def test_items_of_a_key_are_carried_out_in_order(post: Post) -> None:
    post.relay.start()
    await post.put("a", *(f"{number}" for number in range(20)))
    await post.until(("a", "19"))
    assert [payload for _, payload in post.carried] == [f"{number}" for number in range(20)]


async def test_what_an_earlier_run_left_is_carried_out_at_the_start(post: Post) -> None:
    await post.put("a", "1")
    post.relay.start()
    await post.until(("a", "1"))


async def test_a_failing_item_is_tried_again_and_its_key_waits(post: Post) -> None:
    post.refuses["a"] = 2
    post.relay.start()
    with capture_logs() as logs:
        await post.put("a", "1", "2")
        await post.until(("a", "refused 1"))
        await post.put("b", "1")
        await post.until(("b", "1"))
        assert ("a", "2") not in post.carried
        await post.until(("a", "2"), advancing=True)
    of_a = [payload for key, payload in post.carried if key == "a"]
    assert of_a == ["refused 1", "refused 1", "1", "2"]
    assert [line["attempts"] for line in logs] == [1, 2]


async def test_a_slow_key_holds_up_only_itself(post: Post) -> None:
    post.held["slow"] = asyncio.Event()
    post.relay.start()
    await post.put("slow", "1", "2")
    await post.put("quick", "1")
    await post.until(("quick", "1"))
    post.held["slow"].set()
    await post.until(("slow", "2"))


async def test_no_more_keys_than_allowed_are_under_way_at_once(post: Post) -> None:
    post.relay = post.new_relay(at_once=2)
    gate = asyncio.Event()
    for key in "abcdef":
        post.held[key] = gate
        await post.put(key, "1")
    post.relay.start()
    await post.until_under_way(2)
    gate.set()
    await post.until(*((key, "1") for key in "abcdef"))
    assert post.most_under_way == 2


async def test_an_item_under_way_when_the_relay_stops_is_done_by_the_next(post: Post) -> None:
    post.held["a"] = asyncio.Event()
    post.relay.start()
    await post.put("a", "1")
    await post.until_under_way(1)
    await post.relay.close()
    assert await post.waiting() == 1
    del post.held["a"]
    post.relay = post.new_relay()
    post.relay.start()
    await post.until(("a", "1"))


async def test_a_topic_without_a_handler_waits_for_one(post: Post) -> None:
    post.relay.start()
    await post.put("a", "letter", topic="mail")
    await post.put("a", "1")
    await post.until(("a", "1"))
    assert ("a", "letter") not in post.carried


async def test_an_item_of_a_unit_that_failed_is_never_carried_out(post: Post) -> None:
    def fail(connection: Connection) -> None:
        post.outbox.put(connection, MAIN, "hook", "a", b"half", post.clock.now())
        raise Conflict("no")

    with pytest.raises(Conflict):
        await post.store.write(fail)
    assert await post.waiting() == 0


async def test_the_same_key_of_two_accounts_is_two_lines(post: Post) -> None:
    now = post.clock.now()
    await post.store.write(lambda c: post.outbox.put(c, MAIN, "hook", "a", b"mine", now))
    await post.store.write(lambda c: post.outbox.put(c, OTHER, "hook", "a", b"theirs", now))
    post.held["a"] = asyncio.Event()
    post.relay.start()
    await post.until_under_way(2)


def test_the_delay_doubles_up_to_five_minutes() -> None:
    assert [backoff(n) // SECOND for n in (1, 2, 3, 9, 10, 1000)] == [1, 2, 4, 256, 300, 300]
