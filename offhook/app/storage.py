"""Where this process keeps things: a store that is of this version, and the key that opens it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from offhook.app.config import Config
from offhook.app.folder import DataFolder
from offhook.core.clock import SystemClock
from offhook.core.errors import Misconfigured
from offhook.core.seal import Sealer
from offhook.core.store.master import Fits, fits
from offhook.core.store.migrate import require_current, upgrade
from offhook.core.store.place import Place, open_store, shown
from offhook.core.store.store import Store


def place_of(config: Config, folder: DataFolder) -> Place:
    """The SQLite file in the data folder, or the database that the settings name."""
    return config.database_url or folder.store


@dataclass(frozen=True, slots=True)
class Storage:
    """An open store, and what seals in it."""

    store: Store
    sealer: Sealer
    folder: DataFolder
    place: Place

    async def require_key(self) -> None:
        """Raise `Misconfigured` when the store was sealed with another master key."""
        if await self.store.read(lambda connection: fits(connection, self.sealer)) is Fits.NO:
            raise Misconfigured(
                f"{self.folder.master_key_path} is not the master key that the store "
                f"{shown(self.place)} was sealed with. Every process on one store needs the same: "
                "copy it from the data folder of the first, or from your backup.",
                code="wrong_master_key",
                field="data_dir",
            )


@asynccontextmanager
async def storage(config: Config, folder: DataFolder) -> AsyncIterator[Storage]:
    """Bring the store to this version, unless `migrate` is off, open it, and try the master key.

    Raises `Misconfigured`: what cannot be opened, is too old or too new, or has another key.
    """
    place = place_of(config, folder)
    if not config.database_url:
        folder.master_key()
    await asyncio.to_thread(upgrade if config.migrate else require_current, place)
    store = await asyncio.to_thread(
        lambda: open_store(place, SystemClock(), writers=config.database_writers)
    )
    try:
        sealed = await store.read(lambda connection: fits(connection, None))
        key = folder.master_key("" if sealed is Fits.NOTHING_SEALED else shown(place))
        opened = Storage(store, Sealer(key), folder, place)
        await opened.require_key()
        yield opened
    finally:
        await store.close()
