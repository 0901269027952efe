"""A fresh store in a file of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import Connection, insert

from offhook.core.clock import Micros
from offhook.core.ids import AccountId
from offhook.core.store.migrate import upgrade
from offhook.core.store.store import SqliteStore
from offhook.core.store.tables import accounts

MAIN = AccountId("AC" + "1" * 32)
OTHER = AccountId("AC" + "2" * 32)


@asynccontextmanager
async def open_store(path: Path, *, readers: int = 2) -> AsyncIterator[SqliteStore]:
    """A migrated store, closed at the end."""
    await asyncio.to_thread(upgrade, path)
    store = await asyncio.to_thread(SqliteStore, path, readers=readers, durable=False)
    try:
        yield store
    finally:
        await store.close()


def make_accounts(connection: Connection) -> None:
    """Two accounts that must not see each other."""
    for account, name in ((MAIN, "main"), (OTHER, "other")):
        row = {"account_id": account, "name": name, "created_at": Micros(0)}
        connection.execute(insert(accounts), row)
