"""The store: whether it can be opened, and is of this version."""

from __future__ import annotations

import asyncio

from offhook.app.config import Config
from offhook.app.doctor.findings import Finding, fail, note, ok
from offhook.app.folder import DataFolder
from offhook.core.errors import Misconfigured


async def store(config: Config) -> list[Finding]:
    """The schema's revision, and the key that opens what is sealed."""
    from offhook.core.store.migrate import current, head

    folder = DataFolder(config.data_dir)
    newest = head()
    try:
        found = await asyncio.to_thread(current, folder.store)
    except Misconfigured as error:
        return [fail("store", error.detail, "put it back from a backup, or choose another folder")]
    if found is None:
        return [note("store", "empty: the first start makes it")]
    if found > newest:
        advice = "install the version that wrote it, or a later one"
        return [fail("store", f"revision {found}, and this program knows {newest}", advice)]
    key = folder.path / "master.key"
    if not await asyncio.to_thread(key.exists):
        advice = "put it back from your backup: sealed names and secrets cannot be opened without"
        return [fail("store", f"{key} is missing", advice)]
    if found < newest:
        return [note("store", f"revision {found}: the next start brings it to {newest}")]
    return [ok("store", f"revision {found} in {folder.store}")]
