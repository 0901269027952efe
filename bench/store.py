"""What a stored transition costs: one at a time, and many in one commit; SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psutil
from sqlalchemy import Connection

from bench import report
from offhook.core.clock import Micros, SystemClock
from offhook.core.ids import AccountId, RandomIds
from offhook.core.store.events import EventLog, NewEvent
from offhook.core.store.migrate import upgrade
from offhook.core.store.outbox import Outbox
from offhook.core.store.postgres_store import GROUP, PostgresStore
from offhook.core.store.store import SqliteStore, Store
from tests.support.postgres import PostgresServer, run_postgres

ACCOUNT = AccountId("AC" + "0" * 32)
UNITS = 2_000
TOGETHER = 50
ROUNDS = 4

TOGETHER_AT_ONCE = "callers at once"
RAW = "raw sqlite3, the same three statements, a commit each"
ALONE, GROUPED = "SQLite, one at a time", f"SQLite, {TOGETHER} callers at once"
RELAXED = f"SQLite, {TOGETHER} callers at once, synced by the system (not durable)"
PG_ALONE = "PostgreSQL, one at a time"
PG_GROUPED = f"PostgreSQL, {TOGETHER} callers at once"
PG_ONE = f"PostgreSQL, {TOGETHER} callers at once, one writer"
PG_SPLIT = f"PostgreSQL, {TOGETHER} callers at once, a commit each"
#: How a server is run that must keep what it answered.
SETTINGS = {"fsync": "on", "full_page_writes": "on", "autovacuum": "on", "shared_buffers": "128MB"}

_log, _outbox = EventLog(RandomIds()), Outbox()


class Found(NamedTuple):
    """Of one transition: our CPU, the database server's, and the time, in microseconds; and how
    many transitions shared a commit."""

    cpu: float
    server: float
    wall: float
    shared: float


def transition(room: str) -> Callable[[Connection], None]:
    """What a room's machine stores: an event with its number, and an item of the outbox."""
    facts = [NewEvent("participant_joined", {"participant": "PA1", "name": "Inès"})]

    def work(connection: Connection) -> None:
        now = Micros(time.time_ns() // 1000)
        _log.append(connection, ACCOUNT, room, facts, now)
        _outbox.put(connection, ACCOUNT, "hook", room, b"payload", now)

    return work


async def through_the_store(
    make: Callable[[Callable[[int], None]], Store], callers: int, server: PostgresServer | None
) -> Found:
    """Have callers store one after another, each for a room of its own."""
    commits: list[int] = []
    store = make(commits.append)

    async def call(caller: int) -> None:
        for _ in range(UNITS // callers):
            await store.write(transition(f"RM{caller}"))

    for caller in range(callers):
        await store.write(transition(f"RM{caller}"))
    commits.clear()
    wall, cpu, theirs = time.perf_counter(), time.process_time(), _cpu_of(server)
    await asyncio.gather(*(call(caller) for caller in range(callers)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    theirs = _cpu_of(server) - theirs
    await store.close()
    each = 1e6 / UNITS
    return Found(cpu * each, theirs * each, wall * each, statistics.mean(commits))


def _cpu_of(server: PostgresServer | None) -> float:
    """Seconds that a server and the processes that work for it have used."""
    if server is None:
        return 0.0
    postmaster = psutil.Process(server.pid)
    times = [each.cpu_times() for each in (postmaster, *postmaster.children())]
    return sum(used.user + used.system for used in times)


def through_sqlite3(path: Path) -> Found:
    """The same without us: no threads, no futures, no SQLAlchemy."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    ids = RandomIds()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(UNITS):
        connection.execute("BEGIN IMMEDIATE")
        [seq] = connection.execute(
            "INSERT INTO subjects VALUES (?, 'RM1', 1) ON CONFLICT (account_id, subject) "
            "DO UPDATE SET seq = seq + 1 RETURNING seq",
            (ACCOUNT,),
        ).fetchone()
        connection.execute(
            "INSERT INTO events (event_id, account_id, subject, seq, type, version, time, data) "
            "VALUES (?, ?, 'RM1', ?, 'participant_joined', 1, 1, '{\"participant\":\"PA1\"}')",
            (ids.new("EV"), ACCOUNT, seq),
        )
        connection.execute(
            "INSERT INTO outbox (account_id, topic, key, payload, created_at, attempts, due_at) "
            "VALUES (?, 'hook', 'RM1', ?, 1, 0, 1)",
            (ACCOUNT, b"payload"),
        )
        connection.execute("COMMIT")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    connection.close()
    return Found(cpu / UNITS * 1e6, 0.0, wall / UNITS * 1e6, 1.0)


def measure(way: str, server: PostgresServer) -> Found:
    """One way to store, in a fresh place."""
    if way.startswith("PostgreSQL"):
        return _in_postgres(way, server)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        upgrade(path)
        if way == RAW:
            return through_sqlite3(path)
        durable = way != RELAXED
        callers = 1 if way == ALONE else TOGETHER
        return asyncio.run(
            through_the_store(
                lambda note: SqliteStore(path, durable=durable, on_commit=note), callers, None
            )
        )


def _in_postgres(way: str, server: PostgresServer) -> Found:
    url = server.fresh()
    group = 1 if way == PG_SPLIT else GROUP
    writers = 1 if way == PG_ONE else 4

    def make(note: Callable[[int], None]) -> Store:
        return PostgresStore(url, clock=SystemClock(), writers=writers, group=group, on_commit=note)

    try:
        callers = 1 if way == PG_ALONE else TOGETHER
        return asyncio.run(through_the_store(make, callers, server))
    finally:
        server.drop(url)


def main() -> int:
    """Measure every way in turn and write the medians."""
    page = report.begin("store", "What a stored transition costs")
    ways = (RAW, ALONE, GROUPED, RELAXED, PG_ALONE, PG_GROUPED, PG_ONE, PG_SPLIT)
    found: dict[str, list[Found]] = {way: [] for way in ways}
    with run_postgres(**SETTINGS) as server:
        for way in report.alternate(ways, ROUNDS):
            found[way].append(measure(way, server))
    for way in ways:
        median = Found(*(statistics.median(column) for column in zip(*found[way], strict=True)))
        page.figure(f"{way}: CPU", median.cpu, "µs")
        if way.startswith("PostgreSQL"):
            page.figure(f"{way}: CPU of the server", median.server, "µs")
        page.figure(f"{way}: time", median.wall, "µs")
        if TOGETHER_AT_ONCE in way:
            page.figure(f"{way}: transitions in a commit", median.shared, "")
    page.note("A transition is three statements: the subject's number, the event, the outbox.")
    page.note("Each caller stores for a room of its own, one transition after another.")
    page.note(
        "Durable: every commit is synced to the disk (synchronous=FULL) before it is answered; "
        "PostgreSQL with fsync and full_page_writes, over TCP on the loopback."
    )
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
