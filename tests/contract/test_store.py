"""Every store: answered is kept, one failure is one failure, and a read sees one moment."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from offhook.core.errors import Conflict, Unavailable
from offhook.core.store.place import Place
from offhook.core.store.prepared import Prepared
from offhook.core.store.store import Store
from offhook.core.store.tables import accounts
from tests.support.stores import hold, make, names, open_store

pytestmark = [pytest.mark.contract, pytest.mark.usefixtures("nothing_blocks_the_loop")]


@pytest.fixture
async def store(place: Place) -> AsyncIterator[Store]:
    async with open_store(place) as opened:
        yield opened


@pytest.fixture
async def one_writer(place: Place) -> AsyncIterator[Store]:
    async with open_store(place, writers=1) as opened:
        yield opened


async def test_a_write_is_seen_by_the_reads_that_follow_its_answer(store: Store) -> None:
    for number in range(20):
        await store.write(make(f"{number:02}"))
        assert len(await store.read(names)) == number + 1


async def test_a_unit_that_raises_leaves_nothing_and_tells_its_caller(store: Store) -> None:
    def refuse(connection: Connection) -> None:
        make("half")(connection)
        raise Conflict("changed my mind")

    with pytest.raises(Conflict, match="changed my mind"):
        await store.write(refuse)
    assert await store.read(names) == []


async def test_one_unit_of_a_group_fails_alone(one_writer: Store) -> None:
    store = one_writer
    entered, gate = threading.Event(), threading.Event()
    first = asyncio.ensure_future(store.write(hold(entered, gate)))
    await asyncio.to_thread(entered.wait)
    units = [make("a"), make("b"), make("a"), make("c")]
    group = [asyncio.ensure_future(store.write(unit)) for unit in units]
    await asyncio.sleep(0)
    gate.set()
    await first
    outcomes = await asyncio.gather(*group, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [str, str, IntegrityError, str]
    assert await store.read(names) == ["a", "b", "c"]


async def test_a_unit_that_runs_alone_fails_alone(store: Store) -> None:
    await store.write(make("a"))
    with pytest.raises(IntegrityError):
        await store.write(make("a"))
    assert await store.write(make("b")) == "b"
    assert await store.read(names) == ["a", "b"]


async def test_what_is_executed_in_either_way_is_one_transaction(store: Store) -> None:
    def refuse(connection: Connection) -> None:
        make("executed")(connection)
        row = {"account_id": "AC-prepared", "name": "prepared", "created_at": 0}
        Prepared(insert(accounts)).run(connection, row)
        assert len(names(connection)) == 2
        raise Conflict("changed my mind")

    for _ in range(2):
        with pytest.raises(Conflict):
            await store.write(refuse)
    assert await store.read(names) == []


async def test_a_unit_may_try_something_of_its_own(store: Store) -> None:
    def in_vain(connection: Connection) -> None:
        with connection.begin_nested():
            make("b")(connection)
            make("a")(connection)

    def attempt(connection: Connection) -> str:
        make("a")(connection)
        with pytest.raises(IntegrityError):
            in_vain(connection)
        return make("c")(connection)

    await asyncio.gather(store.write(attempt), store.write(make("d")))
    assert await store.read(names) == ["a", "c", "d"]


async def test_a_read_that_fails_leaves_its_reader_with_the_next_moment(place: Place) -> None:
    async with open_store(place, readers=1) as store:
        with pytest.raises(DBAPIError):
            await store.read(make("a"))
        await store.write(make("a"))
        assert await store.read(names) == ["a"]


async def test_a_reader_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        await store.read(make("a"))


async def test_a_read_sees_one_moment(store: Store) -> None:
    loop = asyncio.get_running_loop()

    def read_twice(connection: Connection) -> tuple[int, int]:
        before = len(names(connection))
        asyncio.run_coroutine_threadsafe(store.write(make("a")), loop).result(10)
        return before, len(names(connection))

    assert await store.read(read_twice) == (0, 0)
    assert await store.read(names) == ["a"]


async def test_an_unexpected_end_of_a_unit_does_not_stop_the_writer(store: Store) -> None:
    def end(connection: Connection) -> None:
        next(iter(()))

    with pytest.raises(RuntimeError, match="StopIteration"):
        await store.write(end)
    assert await store.write(make("a")) == "a"


async def test_a_caller_who_gave_up_disturbs_nobody(store: Store) -> None:
    entered, gate = threading.Event(), threading.Event()
    first = asyncio.ensure_future(store.write(hold(entered, gate)))
    await asyncio.to_thread(entered.wait)
    first.cancel()
    gate.set()
    assert await store.write(make("a")) == "a"


async def test_closing_finishes_what_was_handed_in_and_ends_the_threads(place: Place) -> None:
    async with open_store(place, readers=3) as store:
        written = [asyncio.ensure_future(store.write(make(f"{n}"))) for n in range(10)]
        await asyncio.sleep(0)
    assert len(await asyncio.gather(*written)) == 10
    assert not [t for t in threading.enumerate() if t.name.startswith("store ")]
    with pytest.raises(Unavailable):
        await store.write(make("late"))


async def test_a_claim_has_one_holder_until_it_is_let_go(store: Store) -> None:
    mine = await store.claim("the line")
    assert mine is not None
    assert await store.claim("the line") is None
    assert await store.claim("another line") is not None
    await store.release(mine)
    assert not mine.held
    again = await store.claim("the line")
    assert again is not None
    assert again.held


async def test_a_claim_that_is_let_go_twice_is_not_taken_from_the_next(store: Store) -> None:
    mine = await store.claim("the line")
    assert mine is not None
    await store.release(mine)
    assert await store.claim("the line") is not None
    await store.release(mine)
    assert await store.claim("the line") is None
