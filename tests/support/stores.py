"""A fresh store of the test's own: a SQLite file, or a PostgreSQL database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Connection, insert

from offhook.core.clock import Micros, SystemClock
from offhook.core.ids import AccountId
from offhook.core.store import place as place_of
from offhook.core.store.migrate import upgrade
from offhook.core.store.place import Place
from offhook.core.store.store import Store
from offhook.core.store.tables import accounts

MAIN = AccountId("AC" + "1" * 32)
OTHER = AccountId("AC" + "2" * 32)


@asynccontextmanager
async def open_store(place: Place, *, readers: int = 2) -> AsyncIterator[Store]:
    """A migrated store, closed at the end."""
    await asyncio.to_thread(upgrade, place)
    store = await asyncio.to_thread(
        place_of.open_store, place, SystemClock(), readers=readers, durable=False
    )
    try:
        yield store
    finally:
        await store.close()


def make_accounts(connection: Connection) -> None:
    """Two accounts that must not see each other."""
    for account, name in ((MAIN, "main"), (OTHER, "other")):
        row = {"account_id": account, "name": name, "created_at": Micros(0)}
        connection.execute(insert(accounts), row)
