"""The store: whether it can be opened, and is of this version."""

from __future__ import annotations

import asyncio

from offhook.app.config import Config
from offhook.app.doctor.findings import Finding, fail, note, ok
from offhook.app.folder import DataFolder
from offhook.core.errors import Misconfigured

_IN_FILE = "put it back from a backup, or choose another folder"
_IN_DATABASE = "start it, or correct `database_url`; the role must own the database"


async def store(config: Config) -> list[Finding]:
    """The schema's revision, and the key that opens what is sealed."""
    from offhook.app.storage import place_of
    from offhook.core.store.migrate import current, head
    from offhook.core.store.place import shown

    folder = DataFolder(config.data_dir)
    newest = head()
    try:
        found = await asyncio.to_thread(current, place_of(config, folder))
    except Misconfigured as error:
        return [fail("store", error.detail, _IN_DATABASE if config.database_url else _IN_FILE)]
    if found is None:
        return [note("store", "empty: the first start makes it")]
    if found > newest:
        advice = "install the version that wrote it, or a later one"
        return [fail("store", f"revision {found}, and this program knows {newest}", advice)]
    key = folder.master_key_path
    if not await asyncio.to_thread(key.exists):
        advice = "put it back from your backup: sealed names and secrets cannot be opened without"
        return [fail("store", f"{key} is missing", advice)]
    if found < newest:
        how = "the next start" if config.migrate else "`offhook migrate`"
        return [note("store", f"revision {found}: {how} brings it to {newest}")]
    return await _opened(config, folder, f"revision {found} in {shown(place_of(config, folder))}")


async def _opened(config: Config, folder: DataFolder, text: str) -> list[Finding]:
    """Open a store of this version as a server would, and try the key."""
    from offhook.app.storage import storage

    try:
        async with storage(config, folder):
            return [ok("store", text)]
    except Misconfigured as error:
        return [fail("store", error.detail, "the key or the store is another's: put it back")]
