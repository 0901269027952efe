"""A shelf in memory, for tests: it forgets everything with its process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from offhook.core.shelf.shelf import PIECE, Draft, Read, missing, require_name, taken


class _Draft:
    """The bytes so far."""

    def __init__(self, kept: dict[str, bytes], name: str) -> None:
        self._kept = kept
        self._name = name
        self._bytes = bytearray()

    async def write(self, piece: bytes) -> None:
        self._bytes += piece

    async def look(self, at: Callable[[Read], None]) -> None:
        whole = bytes(self._bytes)
        await asyncio.to_thread(at, lambda offset, length: whole[offset : offset + length])

    async def keep(self) -> None:
        self._kept[self._name] = bytes(self._bytes)


class MemoryShelf:
    """A dict of bytes."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}
        self._drafts: set[str] = set()

    @asynccontextmanager
    async def writing(self, name: str) -> AsyncIterator[Draft]:
        """As `Shelf.writing`."""
        if require_name(name) in self._kept or name in self._drafts:
            raise taken()
        self._drafts.add(name)
        try:
            yield _Draft(self._kept, name)
        finally:
            self._drafts.discard(name)

    @asynccontextmanager
    async def reading(self, name: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """As `Shelf.reading`."""
        found = self._kept.get(require_name(name))
        if found is None:
            raise missing()
        yield _pieces(found)

    async def delete(self, names: list[str]) -> None:
        """As `Shelf.delete`."""
        for name in names:
            self._kept.pop(require_name(name), None)

    async def names(self, group: str | None = None) -> list[str]:
        """As `Shelf.names`."""
        found = {*self._kept, *self._drafts}
        return sorted(name for name in found if group in {None, name.partition("/")[0]})


async def _pieces(found: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(found), PIECE):
        yield found[at : at + PIECE]
