"""The store on PostgreSQL: several processes share it, and connections that are lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from offhook.core.clock import SystemClock
from offhook.core.errors import Conflict, InvalidInput, Misconfigured, Unavailable
from offhook.core.store import late
from offhook.core.store.place import shown
from offhook.core.store.postgres_store import GROUP, PostgresStore
from offhook.core.store.tables import account_settings, accounts
from tests.support.postgres import PostgresServer, cut_off, process, processes
from tests.support.stores import MAIN, hold, make, make_accounts, names
from tests.support.tether import Tether

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_blocks_the_loop")]

_COUNTER = {"account_id": MAIN, "name": "counter"}
_READ = select(account_settings.c.value).where(account_settings.c.name == "counter")
_WRITE = update(account_settings).where(account_settings.c.name == "counter")


@asynccontextmanager
async def tethered(
    url: str, *, patience: float = 5.0
) -> AsyncIterator[tuple[PostgresStore, Tether]]:
    """The store of a process with one writer, and the way to the database, to be cut."""
    port = int(url.rpartition(":")[2].partition("/")[0])
    async with Tether(port) as tether:
        near = url.replace(f":{port}/", f":{tether.port}/")
        async with process(near, writers=1, patience=patience) as store:
            yield store, tether


def count_up(connection: Connection) -> int:
    """Read, think, write: what two must not do at once."""
    found: int = connection.execute(_READ).scalar_one()
    connection.execute(_WRITE, {"value": found + 1})
    return found + 1


def begin_at_zero(connection: Connection) -> None:
    make_accounts(connection)
    connection.execute(insert(account_settings), {**_COUNTER, "value": 0, "updated_at": 0})


async def test_units_that_wait_share_one_commit(database: str) -> None:
    commits: list[int] = []
    async with process(database, writers=1, on_commit=commits.append) as store:
        entered, gate = threading.Event(), threading.Event()
        first = asyncio.ensure_future(store.write(hold(entered, gate)))
        await asyncio.to_thread(entered.wait)
        waiting = [asyncio.ensure_future(store.write(make(f"{n}"))) for n in range(GROUP + 1)]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(first, *waiting)
    assert commits == [1, GROUP, 1]


async def test_what_one_process_was_answered_another_reads(database: str) -> None:
    async with processes(database) as (here, there):
        for number in range(20):
            await here.write(make(f"{number:02}"))
            assert len(await there.read(names)) == number + 1


async def test_no_change_is_lost_between_processes_that_read_and_then_write(database: str) -> None:
    async with processes(database, 3) as stores:
        await stores[0].write(begin_at_zero)
        answers = await asyncio.gather(*(s.write(count_up) for s in stores for _ in range(10)))
        assert sorted(answers) == list(range(1, 31))


async def test_who_makes_what_another_has_just_made_finds_it(database: str) -> None:
    asked = select(accounts.c.account_id).where(accounts.c.name == "main")
    both_looked = threading.Barrier(2, timeout=10)
    runs: list[object] = []

    def make_or_find(connection: Connection) -> str:
        found = connection.execute(asked).scalar()
        runs.append(found)
        if len(runs) <= 2:
            both_looked.wait()
        return str(found) if found else make("main")(connection)

    async with processes(database) as stores:
        answers = await asyncio.gather(*(store.write(make_or_find) for store in stores))
    assert sorted(answers) == ["AC-main", "main"]


async def test_units_that_lock_each_other_out_both_come_through(database: str) -> None:
    change = update(accounts).where(accounts.c.account_id == bindparam("id"))
    both_have_one = threading.Barrier(2, timeout=10)
    runs: list[str] = []

    def change_both(first: str, second: str) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            connection.execute(change, {"id": f"AC-{first}", "created_at": 1})
            runs.append(first)
            if len(runs) <= 2:
                both_have_one.wait()
            connection.execute(change, {"id": f"AC-{second}", "created_at": 1})

        return work

    async with processes(database) as (here, there):
        await here.write(make("a"))
        await here.write(make("b"))
        async with asyncio.timeout(20):
            await asyncio.gather(
                here.write(change_both("a", "b")), there.write(change_both("b", "a"))
            )
    assert len(runs) == 3


async def test_changes_of_one_row_by_many_processes_all_come_through(database: str) -> None:
    async with processes(database, 3) as stores:
        await stores[0].write(begin_at_zero)
        groups = [asyncio.gather(*(s.write(count_up) for _ in range(30))) for s in stores]
        async with asyncio.timeout(20):
            await asyncio.gather(*groups)
        assert await stores[0].read(lambda c: c.execute(_READ).scalar_one()) == 90


async def test_a_unit_that_goes_on_after_a_statement_failed_is_not_taken_for_kept(
    database: str,
) -> None:
    def swallow(connection: Connection) -> str:
        make("x")(connection)
        with pytest.raises(IntegrityError):
            make("x")(connection)
        return "kept"

    async with process(database) as store:
        with pytest.raises(Unavailable):
            await store.write(swallow)
        assert await store.read(names) == []
        assert await store.write(make("y")) == "y"


@pytest.mark.parametrize("name", ["nul \0 in it", "x" * 200])
async def test_what_cannot_be_stored_is_the_callers_fault(database: str, name: str) -> None:
    async with process(database) as store:
        with pytest.raises(InvalidInput):
            await store.write(make(name))
        with pytest.raises(InvalidInput):
            await asyncio.gather(store.write(make(name)), store.write(make("b")))


async def test_other_processes_hear_what_a_unit_told(database: str) -> None:
    heard = asyncio.Event()
    own = asyncio.Event()

    def tell_and_fail(connection: Connection) -> None:
        late.tell(connection, "news")
        raise Conflict("no")

    async with processes(database) as (here, there):
        await asyncio.gather(here.claim("begun"), there.claim("begun too"))
        there.listen("news", heard.set)
        here.listen("news", own.set)
        await asyncio.sleep(0)
        with pytest.raises(Conflict):
            await here.write(tell_and_fail)
        await here.write(lambda c: late.tell(c, "other"))
        assert not heard.is_set()
        await here.write(lambda c: late.tell(c, "news"))
        async with asyncio.timeout(5):
            await heard.wait()
        assert not own.is_set()


async def test_a_claim_of_one_process_keeps_the_others_out_until_it_ends(database: str) -> None:
    async with process(database) as there:
        async with process(database) as here:
            assert await here.claim("line")
            assert await there.claim("line") is None
        assert await there.claim("line")


async def test_a_claim_is_lost_with_the_connection(database: str) -> None:
    async with process(database) as here:
        claim = await here.claim("line")
        assert claim is not None
        lost = asyncio.Event()
        here.listen("anything", lost.set)
        await asyncio.to_thread(cut_off, database)
        async with asyncio.timeout(5):
            await lost.wait()
        assert not claim.held
        assert await here.claim("line")


async def test_a_unit_whose_connection_is_lost_is_run_again_and_kept_once(database: str) -> None:
    runs: list[int] = []

    def lose(connection: Connection) -> str:
        make("a")(connection)
        runs.append(1)
        if len(runs) == 1:
            cut_off(database)
        return make("b")(connection)

    async with process(database, writers=1) as store:
        assert await store.write(lose) == "b"
        assert await store.read(names) == ["a", "b"]
    assert len(runs) == 2


async def test_a_commit_whose_answer_was_lost_is_not_made_twice(database: str) -> None:
    runs: list[int] = []

    def count(connection: Connection) -> int:
        runs.append(1)
        return count_up(connection)

    async with tethered(database) as (store, tether):
        await store.write(begin_at_zero)
        tether.cut_after(b"COMMIT")
        assert await store.write(count) == 1
        assert tether.cuts == 1
        assert await store.read(lambda c: c.execute(_READ).scalar_one()) == 1
    assert len(runs) == 1


async def test_a_read_whose_connection_is_lost_is_run_again(database: str) -> None:
    async with process(database) as store:
        await store.write(make("a"))
        assert await store.read(names) == ["a"]
        await asyncio.to_thread(cut_off, database)
        assert await store.read(names) == ["a"]


async def test_a_database_that_goes_away_is_waited_for(database: str) -> None:
    async with tethered(database) as (store, tether):
        await store.write(make("a"))
        await tether.shut()
        waiting = [asyncio.ensure_future(store.write(make(name))) for name in "bc"]
        reading = asyncio.ensure_future(store.read(names))
        await asyncio.sleep(0)
        await tether.open()
        async with asyncio.timeout(5):
            assert await asyncio.gather(*waiting) == ["b", "c"]
            assert "a" in await reading


async def test_a_database_that_stays_away_is_not_waited_for_any_longer(database: str) -> None:
    async with tethered(database, patience=0.2) as (store, tether):
        await tether.shut()
        for asked in (store.write(make("a")), store.read(names), store.write(make("b"))):
            async with asyncio.timeout(10):
                with pytest.raises(Unavailable) as refused:
                    await asked
            assert (refused.value.code, refused.value.retryable) == ("store_failed", True)
        assert await store.claim("line") is None
        await tether.open()
        back = asyncio.Event()
        store.listen("anything", back.set)
        async with asyncio.timeout(5):
            await back.wait()
            assert await store.claim("line")
            assert await store.write(make("c")) == "c"
        assert await store.read(names) == ["c"]


async def test_closing_does_not_wait_for_a_database_that_is_away(database: str) -> None:
    async with tethered(database, patience=60) as (store, tether):
        await tether.shut()
        writing = asyncio.ensure_future(store.write(make("a")))
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await store.close()
            with pytest.raises(Unavailable):
                await writing


async def test_a_commit_waits_for_the_disk_whatever_the_servers_default(database: str) -> None:
    name = database.rpartition("/")[2]
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
    made = await asyncio.to_thread(PostgresStore, database, clock=SystemClock())
    asked = "SHOW synchronous_commit"
    assert await made.write(lambda c: c.exec_driver_sql(asked).scalar()) == "on"
    await made.close()


def test_a_database_that_cannot_be_opened_says_so_and_not_its_password(
    postgres: PostgresServer,
) -> None:
    nowhere = postgres.url("nothing_here").replace("offhook@", "offhook:s3cret@")
    with pytest.raises(Misconfigured, match="nothing_here") as refused:
        PostgresStore(nowhere, clock=SystemClock())
    assert refused.value.code == "store_unusable"
    assert "s3cret" not in refused.value.detail
    assert shown(nowhere) == f"database nothing_here on 127.0.0.1:{postgres.port}"


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://[", "://", "postgresql://db"])
def test_what_is_no_address_of_a_database_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="postgresql://user:password@host"):
        PostgresStore(url, clock=SystemClock())


def test_a_database_that_is_not_in_unicode_is_refused(postgres: PostgresServer) -> None:
    name = "latin"
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING 'LATIN1' TEMPLATE template0".encode())
    with pytest.raises(Misconfigured, match="UTF8"):
        PostgresStore(postgres.url(name), clock=SystemClock())
    postgres.drop(postgres.url(name))


async def test_an_error_of_the_database_does_not_show_what_was_to_be_stored(database: str) -> None:
    async with process(database) as store:
        await store.write(make("Augusta"))
        with pytest.raises(DBAPIError) as refused:
            await store.write(make("Augusta"))
    assert "parameters hidden" in str(refused.value)
