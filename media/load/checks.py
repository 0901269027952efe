"""ICE checks of a client: binding requests as bytes, and the answers (RFC 8445, 8489). Pure.

The reader is not the server's own, so that each end proves the other.
"""

from __future__ import annotations

import hmac
from struct import Struct, error
from typing import NamedTuple, Self

from media.sfu.stun import seal

_HEADER = Struct("!HHI12s")
_ATTRIBUTE = Struct("!HH")
_COOKIE = 0x2112A442

_REQUEST, _SUCCESS, _FAILURE = 0x0001, 0x0101, 0x0111
_USERNAME, _INTEGRITY, _ERROR_CODE = 0x0006, 0x0008, 0x0009
_PRIORITY, _USE_CANDIDATE, _ICE_CONTROLLING = 0x0024, 0x0025, 0x802A
#: What our one host candidate would have as a peer-reflexive one (RFC 8445, section 7.1.1).
_PEER_REFLEXIVE = 110 << 24 | 65535 << 8 | 255


def request(
    transaction: bytes, names: tuple[str, str], password: str, *, nominate: bool = True
) -> bytes:
    """A check of the controlling end; `names` are the user fragments of the server and of us."""
    values = [(_USERNAME, ":".join(names).encode()), (_PRIORITY, _PEER_REFLEXIVE.to_bytes(4))]
    values.append((_ICE_CONTROLLING, transaction[:8]))
    if nominate:
        values.append((_USE_CANDIDATE, b""))
    return seal(_REQUEST, transaction, b"".join(map(_attribute, values)), password.encode())


def _attribute(pair: tuple[int, bytes]) -> bytes:
    kind, value = pair
    return _ATTRIBUTE.pack(kind, len(value)) + value + bytes(-len(value) & 3)


class Answer(NamedTuple):
    """What the server made of a check; `error` is None when the check succeeded."""

    transaction: bytes
    error: int | None
    signed: bytes
    integrity: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self | None:
        """Read a datagram; None when it is no answer to a binding request, or a malformed one."""
        try:
            kind, length, cookie, transaction = _HEADER.unpack_from(data)
            if kind not in (_SUCCESS, _FAILURE) or cookie != _COOKIE or length + 20 != len(data):
                return None
            values, signed = _attributes(data)
            code = values[_ERROR_CODE] if kind == _FAILURE else None
            number = None if code is None else 100 * code[2] + code[3]
        except (error, KeyError, IndexError):
            return None
        return cls(transaction, number, signed, values.get(_INTEGRITY, b""))

    def signed_with(self, password: str) -> bool:
        """Whether MESSAGE-INTEGRITY was made with this password."""
        expected = hmac.digest(password.encode(), self.signed, "sha1")
        return hmac.compare_digest(self.integrity, expected)


def _attributes(data: bytes) -> tuple[dict[int, bytes], bytes]:
    """The attributes, and the part that MESSAGE-INTEGRITY is made of, with its length corrected."""
    values: dict[int, bytes] = {}
    signed = b""
    at = _HEADER.size
    while at < len(data):
        kind, length = _ATTRIBUTE.unpack_from(data, at)
        values.setdefault(kind, data[at + 4 : at + 4 + length])
        if kind == _INTEGRITY and not signed:
            signed = data[:2] + (at + 24 - _HEADER.size).to_bytes(2) + data[4:at]
        at += 4 + length + (-length & 3)
    return values, signed
