"""The stamp at the end of every payload that a light participant sends: its number, and when. Pure.

It stands at the end because the server may rewrite the beginning, and retransmissions prepend.
"""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple, Self

_STAMP = Struct("!4sIQ")
_MAGIC = b"OHld"

SIZE = _STAMP.size


class Stamp(NamedTuple):
    """The number of a packet in its stream, and the microsecond in which it was made."""

    number: int
    made: int

    @classmethod
    def parse(cls, payload: bytes) -> Self | None:
        """The stamp of a payload; None when somebody else made it."""
        if len(payload) < SIZE:
            return None
        magic, number, made = _STAMP.unpack_from(payload, len(payload) - SIZE)
        return cls(number, made) if magic == _MAGIC else None

    def __bytes__(self) -> bytes:
        return _STAMP.pack(_MAGIC, self.number & 0xFFFFFFFF, self.made)
