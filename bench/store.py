"""What a stored transition costs: one at a time, and many in one commit; beside raw sqlite3."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import Connection

from bench import report
from offhook.core.clock import Micros
from offhook.core.ids import AccountId, RandomIds
from offhook.core.store.events import EventLog, NewEvent
from offhook.core.store.migrate import upgrade
from offhook.core.store.outbox import Outbox
from offhook.core.store.store import SqliteStore

ACCOUNT = AccountId("AC" + "0" * 32)
UNITS = 1_000
TOGETHER = 50
ROUNDS = 4

RAW = "raw sqlite3, the same three statements, a commit each"
ALONE, GROUPED = "one at a time", f"{TOGETHER} callers at once"
RELAXED = f"{TOGETHER} callers at once, synced by the system (not durable)"

_log, _outbox = EventLog(RandomIds()), Outbox()


def transition(connection: Connection) -> None:
    """What a machine stores: an event with its number, and an item of the outbox."""
    now = Micros(time.time_ns() // 1000)
    facts = [NewEvent("participant_joined", {"participant": "PA1", "name": "Inès"})]
    _log.append(connection, ACCOUNT, "RM1", facts, now)
    _outbox.put(connection, ACCOUNT, "hook", "RM1", b"payload", now)


async def through_the_store(path: Path, callers: int, durable: bool) -> tuple[float, float, float]:
    """CPU and time of one unit in microseconds, and how many units shared a commit."""
    commits: list[int] = []
    store = SqliteStore(path, durable=durable, on_commit=commits.append)

    async def call() -> None:
        for _ in range(UNITS // callers):
            await store.write(transition)

    await store.write(transition)
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(call() for _ in range(callers)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    await store.close()
    return cpu / UNITS * 1e6, wall / UNITS * 1e6, statistics.mean(commits[1:])


def through_sqlite3(path: Path) -> tuple[float, float, float]:
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
    return cpu / UNITS * 1e6, wall / UNITS * 1e6, 1.0


def measure(way: str) -> tuple[float, float, float]:
    """One way to store, on a fresh file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        upgrade(path)
        if way == RAW:
            return through_sqlite3(path)
        callers = 1 if way == ALONE else TOGETHER
        return asyncio.run(through_the_store(path, callers, durable=way != RELAXED))


def main() -> int:
    """Measure every way in turn and write the medians."""
    page = report.begin("store", "What a stored transition costs")
    ways = (RAW, ALONE, GROUPED, RELAXED)
    found: dict[str, list[tuple[float, float, float]]] = {way: [] for way in ways}
    for way in report.alternate(ways, ROUNDS):
        found[way].append(measure(way))
    for way in ways:
        cpu, wall, shared = (statistics.median(column) for column in zip(*found[way], strict=True))
        page.figure(f"{way}: CPU", cpu, "µs")
        page.figure(f"{way}: time", wall, "µs")
        if way in (GROUPED, RELAXED):
            page.figure(f"{way}: transitions in a commit", shared, "")
    page.note("A transition is three statements: the subject's number, the event, the outbox.")
    page.note(
        "Durable: every commit is synced to the disk (synchronous=FULL) before it is answered."
    )
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
