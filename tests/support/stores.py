"""A fresh store of the test's own: a SQLite file, or a PostgreSQL database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from sqlalchemy import Connection, insert, select

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
async def open_store(place: Place, *, writers: int = 4, readers: int = 2) -> AsyncIterator[Store]:
    """A migrated store, closed at the end."""
    await asyncio.to_thread(upgrade, place)
    store = await asyncio.to_thread(
        place_of.open_store,
        place,
        SystemClock(),
        writers=writers,
        readers=readers,
        durable=False,
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


def make(name: str) -> Callable[[Connection], str]:
    """A unit that makes an account and returns its name."""

    def work(connection: Connection) -> str:
        row = {"account_id": f"AC-{name}", "name": name, "created_at": 0}
        connection.execute(insert(accounts), row)
        return name

    return work


def names(connection: Connection) -> list[str]:
    """A unit that returns the names of all accounts in order."""
    return list(connection.execute(select(accounts.c.name).order_by(accounts.c.name)).scalars())


def hold(entered: threading.Event, gate: threading.Event) -> Callable[[Connection], None]:
    """A unit that keeps its writer busy until the gate opens."""

    def work(connection: Connection) -> None:
        entered.set()
        assert gate.wait(10)

    return work
