"""The table of contents of a ZIP archive (APPNOTE 6.3), read with care: what office documents are.

Only what such documents use is understood: one part, no encryption, entries that are stored or
deflated. Nothing of an entry is unpacked beyond what is asked for.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

#: Bytes of the archive from an offset on: as many as asked for, fewer only at its end.
Read = Callable[[int, int], bytes]

#: The first bytes of an archive that begins with an entry.
LOCAL = b"PK\x03\x04"
_CENTRAL, _END = b"PK\x01\x02", b"PK\x05\x06"
_LOCAL_HEAD = struct.Struct("<4s5H3I2H")
_CENTRAL_HEAD = struct.Struct("<4s6H3I5H2I")
_END_RECORD = struct.Struct("<4s4H2IH")
#: The longest comment that may stand behind the record of the end.
_COMMENT = 0xFFFF
#: More than any document has: entries, and bytes of the table.
_MOST_ENTRIES, _LARGEST_TABLE = 10_000, 2 * 1024 * 1024
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x1


class BadArchive(ValueError):
    """It is no archive, or none that is understood here."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its name as bytes, how it is packed, and where it begins."""

    name: bytes
    method: int
    flags: int
    packed: int
    offset: int


class Archive:
    """The entries of an archive by name."""

    def __init__(self, read: Read, entries: dict[bytes, Entry]) -> None:
        self._read = read
        self.entries = entries

    @classmethod
    def parse(cls, read: Read, size: int) -> Archive:
        """Read the table of contents; raise `BadArchive`."""
        count, length, offset = _end(read, size)
        if count > _MOST_ENTRIES or length > _LARGEST_TABLE or offset + length > size:
            raise BadArchive("the table of contents is too large")
        return cls(read, _table(read(offset, length), count))

    def content(self, name: bytes, most: int) -> bytes:
        """The first `most` bytes of an entry; raise `BadArchive`."""
        entry = self.entries.get(name)
        if entry is None:
            raise BadArchive("an entry is missing")
        if entry.flags & _ENCRYPTED:
            raise BadArchive("an entry is encrypted")
        packed = self._packed(entry, most)
        if entry.method == _STORED:
            return packed[:most]
        if entry.method != _DEFLATED:
            raise BadArchive("an entry is packed in an unknown way")
        try:
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
        except zlib.error as error:
            raise BadArchive("an entry cannot be unpacked") from error

    def _packed(self, entry: Entry, most: int) -> bytes:
        head = self._read(entry.offset, _LOCAL_HEAD.size)
        if len(head) < _LOCAL_HEAD.size or not head.startswith(LOCAL):
            raise BadArchive("an entry is not where it should be")
        *_, name_length, extra_length = _LOCAL_HEAD.unpack(head)
        start = entry.offset + _LOCAL_HEAD.size + name_length + extra_length
        return self._read(start, min(entry.packed, most))


def _end(read: Read, size: int) -> tuple[int, int, int]:
    """How many entries there are, how long their table is, and where it begins."""
    start = max(0, size - _END_RECORD.size - _COMMENT)
    tail = read(start, size - start)
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_RECORD.size:
        raise BadArchive("there is no table of contents")
    _, disk, first, here, count, length, offset, _ = _END_RECORD.unpack_from(tail, at)
    if disk or first or here != count:
        raise BadArchive("the archive has several parts")
    return count, length, offset


def _table(table: bytes, count: int) -> dict[bytes, Entry]:
    entries: dict[bytes, Entry] = {}
    at = 0
    for _ in range(count):
        if len(table) - at < _CENTRAL_HEAD.size or not table.startswith(_CENTRAL, at):
            raise BadArchive("the table of contents is cut off")
        head = _CENTRAL_HEAD.unpack_from(table, at)
        _, _, _, flags, method, _, _, _, packed, _, name, extra, comment, *_, offset = head
        at += _CENTRAL_HEAD.size
        entry = Entry(table[at : at + name], method, flags, packed, offset)
        if entry.name in entries:
            raise BadArchive("two entries have one name")
        entries[entry.name] = entry
        at += name + extra + comment
    return entries
