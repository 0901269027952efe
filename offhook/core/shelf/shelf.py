"""The port of a shelf: bytes under a name, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from offhook.core.errors import Conflict, NotFound

#: Names are `<group>/<name>`, two of our ids: letters and digits only, so none leads elsewhere.
_NAME = re.compile(r"[A-Za-z0-9]{1,64}/[A-Za-z0-9]{1,64}\Z")
#: Bytes from an offset on: as many as asked for, fewer only at the end.
Read = Callable[[int, int], bytes]
#: Bytes that are read at a time.
PIECE = 256 * 1024


class Draft(Protocol):
    """A file that is being written; nobody sees it before it is kept."""

    async def write(self, piece: bytes) -> None:
        """Add bytes at its end."""
        ...

    async def look(self, at: Callable[[Read], None]) -> None:
        """Have its bytes looked at, in a thread of its own; raises what that raises."""
        ...

    async def keep(self) -> None:
        """Put it on the shelf: when this returns no crash takes it away."""
        ...


class Shelf(Protocol):
    """Keeps files. Names are `<group>/<name>`."""

    def writing(self, name: str) -> AbstractAsyncContextManager[Draft]:
        """A new file; what was not kept at the end is gone.

        Raises `Conflict` (`file_exists`) when there is one of this name, or one is being written.
        """
        ...

    def reading(self, name: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Its bytes, piece by piece; raises `NotFound` (`file_not_found`)."""
        ...

    async def delete(self, names: list[str]) -> None:
        """Take files away; those that are not there are passed over."""
        ...

    async def names(self, group: str | None = None) -> list[str]:
        """All there are, or those of a group; also those that are being written, or were when the
        program ended."""
        ...


def require_name(name: str) -> str:
    """The name as it is; raise `ValueError` when it is none."""
    if not _NAME.match(name):
        raise ValueError(f"{name!r} cannot be the name of a file")
    return name


def missing() -> NotFound:
    """There is no such file."""
    return NotFound("The file is not there.", code="file_not_found")


def taken() -> Conflict:
    """There is such a file already."""
    return Conflict("The file is there already, or on its way.", code="file_exists")
