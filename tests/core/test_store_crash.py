"""A killed process loses nothing that it had answered."""

from __future__ import annotations

import asyncio
import itertools
import signal
import sqlite3
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from offhook.core.store.migrate import upgrade
from offhook.core.store.place import Place
from tests.support.postgres import process, run_postgres
from tests.support.stores import make, names, open_store

pytestmark = pytest.mark.integration

#: Writes for ever from many tasks, and says which rows were answered.
_CHILD = """
import asyncio, sys
from sqlalchemy import insert
from offhook.core.clock import SystemClock
from offhook.core.store.place import open_store
from offhook.core.store.tables import accounts

async def write(store, worker):
    for number in range(1_000_000):
        name = f"{worker}-{number}"
        row = {"account_id": name, "name": name, "created_at": 0}
        await store.write(lambda connection: connection.execute(insert(accounts), row) and None)
        sys.stdout.write(name + "\\n")
        sys.stdout.flush()

async def main():
    store = open_store(sys.argv[1], SystemClock())
    await asyncio.gather(*(write(store, worker) for worker in range(20)))

asyncio.run(main())
"""


async def test_every_answered_write_survives_a_kill(place: Place) -> None:
    await asyncio.to_thread(upgrade, place)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, str(place), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    answered = [(await child.stdout.readline()).decode().strip() for _ in range(500)]
    child.send_signal(signal.SIGKILL)
    rest = (await child.stdout.read()).decode()
    answered += rest[: rest.rfind("\n") + 1].split()
    assert await child.wait() == -signal.SIGKILL
    async with open_store(place) as store:
        kept = await store.read(names)
    assert len(answered) >= 500
    assert set(answered) <= set(kept)


async def test_a_file_is_whole_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    await asyncio.to_thread(upgrade, path)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    await child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    await child.stdout.read()
    await child.wait()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


async def test_every_answered_write_survives_the_kill_of_the_database() -> None:
    with run_postgres() as server:
        url = await asyncio.to_thread(server.fresh)
        async with process(url, durable=True) as store:
            answered: list[str] = []

            async def write(worker: int) -> None:
                for number in itertools.count():
                    if len(answered) >= 600:
                        return
                    answered.append(await store.write(make(f"{worker}-{number}")))
                    if len(answered) == 200:
                        half_way.set()

            half_way = asyncio.Event()
            with capture_logs():
                writing = asyncio.gather(*(write(worker) for worker in range(20)))
                await half_way.wait()
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
                async with asyncio.timeout(5):
                    await writing
            kept = await store.read(names)
    assert set(answered) <= set(kept)
    assert len(kept) == len(set(kept))
