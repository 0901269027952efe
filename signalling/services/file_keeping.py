"""What lies on the shelf and what the store knows of it: brought together again."""

from __future__ import annotations

import structlog

from offhook.core.clock import Clock
from offhook.core.shelf.shelf import Shelf
from offhook.core.store.store import Store
from signalling.stores.files import ChatFiles

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Files that the store is asked about at a time.
_AT_ONCE = 500


class FileKeeping:
    """Deletes files that no row is for any longer.

    A row is made before its file, and deleted before it: a file that was on the shelf before the
    store is asked, and has no row then, is nobody's.
    """

    def __init__(self, store: Store, files: ChatFiles, shelf: Shelf, clock: Clock) -> None:
        self._store = store
        self._files = files
        self._clock = clock
        self.shelf = shelf

    async def tidy(self) -> None:
        """Forget what did not come or was not said in time, and all files without a row."""
        await self._store.write(lambda c: self._files.prune(c, self._clock.now()))
        await self.sweep()

    async def sweep(self, room: str | None = None) -> None:
        """Delete the files without a row, of all rooms or of one."""
        there = await self.shelf.names(room)
        for at in range(0, len(there), _AT_ONCE):
            await self._sweep(there[at : at + _AT_ONCE])

    async def _sweep(self, names: list[str]) -> None:
        ids = {name: name.partition("/")[2] for name in names}
        known = await self._store.read(lambda c: self._files.known(c, list(ids.values())))
        gone = [name for name, id in ids.items() if id not in known]
        if gone:
            await self.shelf.delete(gone)
            log.info("files were deleted", files=len(gone))
