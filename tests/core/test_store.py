"""The store on SQLite, beside what tests/contract/test_store.py asks of every store."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import OperationalError

from offhook.core.errors import Misconfigured, Unavailable
from offhook.core.store import sqlite
from offhook.core.store.migrate import upgrade
from offhook.core.store.store import GROUP, SqliteStore, Store
from offhook.core.store.tables import account_settings
from tests.support.stores import hold, make, names, open_store

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_blocks_the_loop")]


def lock(path: Path) -> sqlite3.Connection:
    """Keep the file's write lock, as another process might."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    return connection


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with open_store(tmp_path / "store.db") as opened:
        yield opened


async def test_units_that_wait_share_one_commit(tmp_path: Path) -> None:
    commits: list[int] = []
    await asyncio.to_thread(upgrade, tmp_path / "store.db")
    store = await asyncio.to_thread(SqliteStore, tmp_path / "store.db", on_commit=commits.append)
    entered, gate = threading.Event(), threading.Event()
    first = asyncio.ensure_future(store.write(hold(entered, gate)))
    await asyncio.to_thread(entered.wait)
    waiting = [asyncio.ensure_future(store.write(make(f"{n}"))) for n in range(50)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, *waiting)
    await store.close()
    assert commits == [1, 50]


async def test_a_group_has_a_limit(tmp_path: Path) -> None:
    commits: list[int] = []
    await asyncio.to_thread(upgrade, tmp_path / "store.db")
    store = await asyncio.to_thread(SqliteStore, tmp_path / "store.db", on_commit=commits.append)
    entered, gate = threading.Event(), threading.Event()
    first = asyncio.ensure_future(store.write(hold(entered, gate)))
    await asyncio.to_thread(entered.wait)
    waiting = [asyncio.ensure_future(store.write(make(f"{n}"))) for n in range(GROUP + 1)]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(first, *waiting)
    await store.close()
    assert commits == [1, GROUP, 1]


async def test_when_the_whole_transaction_is_rolled_back_nobody_is_answered_well(
    store: Store,
) -> None:
    def lose_all(connection: Connection) -> None:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("ROLLBACK")
        raise OSError("disk full")

    entered, gate = threading.Event(), threading.Event()
    first = asyncio.ensure_future(store.write(hold(entered, gate)))
    await asyncio.to_thread(entered.wait)
    before = asyncio.ensure_future(store.write(make("before")))
    during = asyncio.ensure_future(store.write(lose_all))
    after = asyncio.ensure_future(store.write(make("after")))
    await asyncio.sleep(0)
    gate.set()
    await first
    outcomes = await asyncio.gather(before, during, after, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 3
    assert await store.read(names) == []
    assert await store.write(make("next")) == "next"


async def test_a_full_store_loses_only_what_did_not_fit(tmp_path: Path) -> None:
    def fill(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")
        for number in range(10_000):
            make(f"{number}")(connection)

    async with open_store(tmp_path / "store.db") as store:
        assert await store.write(make("before")) == "before"
        with pytest.raises((Unavailable, OperationalError)):
            await store.write(fill)
        assert await store.read(names) == ["before"]

        def make_room(connection: Connection) -> str:
            connection.exec_driver_sql("PRAGMA max_page_count=100000")
            return make("after")(connection)

        assert await store.write(make_room) == "after"
        assert await store.read(names) == ["after", "before"]


async def test_a_commit_that_fails_stores_nothing_of_its_group(store: Store) -> None:
    def orphan(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        row = {"account_id": "AC-nobody", "name": "x", "value": 1, "updated_at": 0}
        connection.execute(insert(account_settings), row)

    entered, gate = threading.Event(), threading.Event()
    first = asyncio.ensure_future(store.write(hold(entered, gate)))
    await asyncio.to_thread(entered.wait)
    group = [asyncio.ensure_future(store.write(unit)) for unit in (make("a"), orphan)]
    await asyncio.sleep(0)
    gate.set()
    await first
    outcomes = await asyncio.gather(*group, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 2
    with pytest.raises(Unavailable):
        await store.write(orphan)
    assert await store.write(make("b")) == "b"
    assert await store.read(names) == ["b"]


async def test_a_store_that_another_process_keeps_locked_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 10)
    async with open_store(tmp_path / "store.db") as store:
        other = await asyncio.to_thread(lock, tmp_path / "store.db")
        with pytest.raises(Unavailable) as refused:
            await store.write(make("a"))
        assert refused.value.code == "store_failed"
        await asyncio.to_thread(other.close)
        assert await store.write(make("a")) == "a"


def test_a_store_that_cannot_be_opened_says_so_at_once(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be opened"):
        SqliteStore(tmp_path / "missing" / "store.db")
    (tmp_path / "letter.db").write_bytes(b"this is a letter to my aunt" * 100)
    with pytest.raises(Misconfigured, match="not a database"):
        SqliteStore(tmp_path / "letter.db")


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
def test_a_durable_store_syncs_every_commit_to_the_disk(
    tmp_path: Path, durable: bool, level: int
) -> None:
    made = sqlite.engine(tmp_path / "store.db", write=True, durable=durable)
    with made.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == level
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    made.dispose()
