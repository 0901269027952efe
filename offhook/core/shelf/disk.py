"""A shelf that is a folder on disk: a folder for each group, a file for each name.

A file is written beside its place, flushed to the disk, and moved there whole. Several processes
may have the same folder, also one on a network file system that moves files as POSIX says.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from offhook.core.errors import Unavailable
from offhook.core.shelf.shelf import PIECE, Draft, Read, missing, require_name, taken

#: How the name of a file ends that is being written.
_PART = ".part"


class _Draft:
    """The file that is being written."""

    def __init__(self, file: BinaryIO, part: Path, place: Path) -> None:
        self._file = file
        self._part = part
        self._place = place

    async def write(self, piece: bytes) -> None:
        with _in_words():
            await asyncio.to_thread(self._file.write, piece)

    async def look(self, at: Callable[[Read], None]) -> None:
        await asyncio.to_thread(at, self._read)

    async def keep(self) -> None:
        with _in_words():
            await asyncio.to_thread(self._keep)

    def _read(self, offset: int, length: int) -> bytes:
        self._file.seek(offset)
        try:
            return self._file.read(length)
        finally:
            self._file.seek(0, os.SEEK_END)

    def _keep(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._part.rename(self._place)
        _flush_folder(self._place.parent)


class DiskShelf:
    """A folder, made when it is first needed and readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def writing(self, name: str) -> AsyncIterator[Draft]:
        """As `Shelf.writing`; raises `Unavailable` (`file_not_kept`) when the disk fails."""
        place = self._place(name)
        part = place.with_name(place.name + _PART)
        with _in_words():
            file = await asyncio.to_thread(_opened, part, place)
        try:
            yield _Draft(file, part, place)
        finally:
            await asyncio.shield(asyncio.to_thread(_closed, file, part))

    @asynccontextmanager
    async def reading(self, name: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """As `Shelf.reading`."""
        try:
            file = await asyncio.to_thread(self._place(name).open, "rb")
        except FileNotFoundError as error:
            raise missing() from error
        try:
            yield _pieces(file)
        finally:
            await asyncio.to_thread(file.close)

    async def delete(self, names: list[str]) -> None:
        """As `Shelf.delete`; a folder that is empty then goes too."""
        await asyncio.to_thread(self._delete, names)

    async def names(self, group: str | None = None) -> list[str]:
        """As `Shelf.names`."""
        return await asyncio.to_thread(self._names, group)

    def _place(self, name: str) -> Path:
        group, _, own = require_name(name).partition("/")
        return self._folder / group / own

    def _delete(self, names: list[str]) -> None:
        places = [self._place(name) for name in names]
        for place in places:
            place.unlink(missing_ok=True)
            place.with_name(place.name + _PART).unlink(missing_ok=True)
        for folder in {place.parent for place in places}:
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _names(self, group: str | None) -> list[str]:
        folders = _children(self._folder) if group is None else [self._folder / group]
        found = {
            f"{folder.name}/{place.name.removesuffix(_PART)}"
            for folder in folders
            for place in _children(folder)
        }
        return sorted(found)


def _children(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        yield from folder.iterdir()


def _opened(part: Path, place: Path) -> BinaryIO:
    """The part, new; its folder is on the disk before anything is in it.

    Whoever deletes the last file of a group takes its folder away, perhaps just now: then it is
    made again.
    """
    while True:
        _make_folder(part.parent)
        try:
            if place.exists():
                raise taken()
            return part.open("x+b")
        except FileExistsError as error:
            raise taken() from error
        except FileNotFoundError:
            continue


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _flush_folder(folder.parent)


def _closed(file: BinaryIO, part: Path) -> None:
    """Close it; a part that was kept is not there any more."""
    with contextlib.suppress(OSError):
        file.close()
    part.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"The file cannot be kept: {error.strerror}.", code="file_not_kept", retry_after=60
        ) from error


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, PIECE):
        yield piece
