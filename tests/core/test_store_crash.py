"""A killed process loses nothing that it had answered."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from offhook.core.store.migrate import upgrade

pytestmark = pytest.mark.integration

#: Writes for ever from many tasks, and says which rows were answered.
_CHILD = """
import asyncio, sys
from sqlalchemy import insert
from offhook.core.store.store import SqliteStore
from offhook.core.store.tables import accounts

async def write(store, worker):
    for number in range(1_000_000):
        name = f"{worker}-{number}"
        row = {"account_id": name, "name": name, "created_at": 0}
        await store.write(lambda connection: connection.execute(insert(accounts), row) and None)
        sys.stdout.write(name + "\\n")
        sys.stdout.flush()

async def main():
    store = SqliteStore(sys.argv[1])
    await asyncio.gather(*(write(store, worker) for worker in range(20)))

asyncio.run(main())
"""


async def test_every_answered_write_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    upgrade(path)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    answered = [(await child.stdout.readline()).decode().strip() for _ in range(500)]
    child.send_signal(signal.SIGKILL)
    rest = (await child.stdout.read()).decode()
    answered += rest[: rest.rfind("\n") + 1].split()
    assert await child.wait() == -signal.SIGKILL
    connection = sqlite3.connect(path)
    kept = {name for (name,) in connection.execute("SELECT name FROM accounts")}
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert len(answered) >= 500
    assert set(answered) <= kept
