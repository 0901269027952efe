"""The store: answered is kept, one failure is one failure, and a commit is shared."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from offhook.core.errors import Conflict, Misconfigured, Unavailable
from offhook.core.store import sqlite
from offhook.core.store.migrate import upgrade
from offhook.core.store.prepared import Prepared
from offhook.core.store.store import GROUP, SqliteStore
from offhook.core.store.tables import account_settings, accounts
from tests.support.stores import open_store

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_blocks_the_loop")]

Work = Callable[[Connection], str]


def make(name: str) -> Work:
    """A unit that makes an account and returns its name."""

    def work(connection: Connection) -> str:
        row = {"account_id": f"AC-{name}", "name": name, "created_at": 0}
        connection.execute(insert(accounts), row)
        return name

    return work


def names(connection: Connection) -> list[str]:
    return list(connection.execute(select(accounts.c.name).order_by(accounts.c.name)).scalars())


def hold(entered: threading.Event, gate: threading.Event) -> Callable[[Connection], None]:
    """A unit that keeps the writer busy until the gate opens."""

    def work(connection: Connection) -> None:
        entered.set()
        assert gate.wait(10)

    return work


def lock(path: Path) -> sqlite3.Connection:
    """Keep the file's write lock, as another process might."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    return connection


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with open_store(tmp_path / "store.db") as opened:
        yield opened


async def test_a_write_is_seen_by_the_reads_that_follow_its_answer(store: SqliteStore) -> None:
    for number in range(20):
        await store.write(make(f"{number:02}"))
        assert len(await store.read(names)) == number + 1


async def test_a_unit_that_raises_leaves_nothing_and_tells_its_caller(store: SqliteStore) -> None:
    def refuse(connection: Connection) -> None:
        make("half")(connection)
        raise Conflict("changed my mind")

    with pytest.raises(Conflict, match="changed my mind"):
        await store.write(refuse)
    assert await store.read(names) == []


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


async def test_one_unit_of_a_group_fails_alone(store: SqliteStore) -> None:
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


async def test_when_the_whole_transaction_is_rolled_back_nobody_is_answered_well(
    store: SqliteStore,
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


async def test_a_unit_that_runs_alone_fails_alone(store: SqliteStore) -> None:
    await store.write(make("a"))
    with pytest.raises(IntegrityError):
        await store.write(make("a"))
    assert await store.write(make("b")) == "b"
    assert await store.read(names) == ["a", "b"]


async def test_what_is_executed_in_either_way_is_one_transaction(store: SqliteStore) -> None:
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


async def test_a_unit_may_try_something_of_its_own(store: SqliteStore) -> None:
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


async def test_a_commit_that_fails_stores_nothing_of_its_group(store: SqliteStore) -> None:
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


async def test_a_read_that_fails_leaves_its_reader_with_the_next_moment(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db", readers=1) as store:
        with pytest.raises(OperationalError):
            await store.read(make("a"))
        await store.write(make("a"))
        assert await store.read(names) == ["a"]


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


async def test_a_reader_cannot_write(store: SqliteStore) -> None:
    with pytest.raises(OperationalError, match="readonly"):
        await store.read(make("a"))


async def test_a_read_sees_one_moment(store: SqliteStore) -> None:
    loop = asyncio.get_running_loop()

    def read_twice(connection: Connection) -> tuple[int, int]:
        before = len(names(connection))
        asyncio.run_coroutine_threadsafe(store.write(make("a")), loop).result(10)
        return before, len(names(connection))

    assert await store.read(read_twice) == (0, 0)
    assert await store.read(names) == ["a"]


async def test_an_unexpected_end_of_a_unit_does_not_stop_the_writer(store: SqliteStore) -> None:
    def end(connection: Connection) -> None:
        next(iter(()))

    with pytest.raises(RuntimeError, match="StopIteration"):
        await store.write(end)
    assert await store.write(make("a")) == "a"


async def test_a_caller_who_gave_up_disturbs_nobody(store: SqliteStore) -> None:
    entered, gate = threading.Event(), threading.Event()
    first = asyncio.ensure_future(store.write(hold(entered, gate)))
    await asyncio.to_thread(entered.wait)
    first.cancel()
    gate.set()
    assert await store.write(make("a")) == "a"


async def test_closing_finishes_what_was_handed_in_and_ends_the_threads(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db", readers=3) as store:
        written = [asyncio.ensure_future(store.write(make(f"{n}"))) for n in range(10)]
        await asyncio.sleep(0)
    assert len(await asyncio.gather(*written)) == 10
    assert not [t for t in threading.enumerate() if t.name.startswith("store ")]
    with pytest.raises(Unavailable):
        await store.write(make("late"))


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
