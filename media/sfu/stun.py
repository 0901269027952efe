"""STUN binding requests and the answers to them, as bytes (RFC 8489, 8445). Pure."""

from __future__ import annotations

import hmac
import zlib
from socket import AF_INET, AF_INET6, inet_pton
from struct import Struct
from typing import NamedTuple, Self

ROLE_CONFLICT = (487, "Role Conflict")
UNKNOWN_ATTRIBUTE = (420, "Unknown Attribute")

#: Message type, length of what follows the header, magic cookie, transaction id.
_HEADER = Struct("!HHI12s")
_ATTRIBUTE = Struct("!HH")
_NUMBER = Struct("!I")
_ADDRESS = Struct("!HHxBH")
_ERROR = Struct("!HHxxBB")
_INTEGRITY = Struct("!HH20s")
_FINGERPRINT = Struct("!HHI")

_REQUEST, _SUCCESS, _FAILURE = 0x0001, 0x0101, 0x0111
_COOKIE = 0x2112A442
_COOKIE_BYTES = _NUMBER.pack(_COOKIE)
_FINGERPRINT_XOR = 0x5354554E

_USERNAME, _MESSAGE_INTEGRITY, _ERROR_CODE, _UNKNOWN_ATTRIBUTES = 0x0006, 0x0008, 0x0009, 0x000A
_XOR_MAPPED_ADDRESS, _PRIORITY, _USE_CANDIDATE = 0x0020, 0x0024, 0x0025
_FINGERPRINT_TYPE, _ICE_CONTROLLED = 0x8028, 0x8029
#: Attributes from here on may be passed over by who does not know them.
_OPTIONAL = 0x8000
#: Those below it that we read, or know to mean nothing in a request.
_KNOWN = frozenset(
    {
        0x0001,  # MAPPED-ADDRESS
        _USERNAME,
        _MESSAGE_INTEGRITY,
        _ERROR_CODE,
        _UNKNOWN_ATTRIBUTES,
        0x0014,  # REALM
        0x0015,  # NONCE
        _XOR_MAPPED_ADDRESS,
        _PRIORITY,
        _USE_CANDIDATE,
    }
)


class BindingRequest(NamedTuple):
    """A well-formed request; nothing in it is proved before `signed_with` says so.

    `unknown` are the comprehension-required attributes that we do not know; `integrity` is the
    HMAC that came with it, made of `signed`, or empty.
    """

    transaction: bytes
    username: str
    nominates: bool
    controlled: bool
    unknown: tuple[int, ...]
    signed: bytes
    integrity: bytes

    @classmethod
    def parse(cls, data: bytes) -> Self | None:
        """Read a datagram; None when it is not a binding request, or a malformed one."""
        size = len(data)
        if size < _HEADER.size:
            return None
        kind, length, cookie, transaction = _HEADER.unpack_from(data)
        if kind != _REQUEST or cookie != _COOKIE or length & 3 or length + _HEADER.size != size:
            return None
        found = _attributes(data)
        if found is None:
            return None
        values, unknown, integrity_at = found
        integrity = values.get(_MESSAGE_INTEGRITY, b"")
        try:
            username = values.get(_USERNAME, b"").decode()
        except UnicodeDecodeError:
            return None
        return cls(
            transaction,
            username,
            _USE_CANDIDATE in values,
            _ICE_CONTROLLED in values,
            unknown,
            _as_signed(data, integrity_at) if integrity else b"",
            integrity,
        )

    @property
    def ufrag(self) -> str:
        """The user fragment that is asked for: it stands first in USERNAME (RFC 8445, 7.2.2)."""
        return self.username.partition(":")[0]

    def signed_with(self, key: bytes) -> bool:
        """Whether MESSAGE-INTEGRITY was made with this key; False when there is none."""
        if not self.integrity:
            return False
        return hmac.compare_digest(self.integrity, hmac.digest(key, self.signed, "sha1"))

    def success(self, key: bytes, address: str, port: int) -> bytes:
        """The answer that tells the browser where its request came from."""
        if ":" in address:
            family, mask = 2, _COOKIE_BYTES + self.transaction
            packed = inet_pton(AF_INET6, address.partition("%")[0])
        else:
            family, mask, packed = 1, _COOKIE_BYTES, inet_pton(AF_INET, address)
        masked = int.from_bytes(packed) ^ int.from_bytes(mask)
        size = len(packed)
        value = _ADDRESS.pack(_XOR_MAPPED_ADDRESS, 4 + size, family, port ^ _COOKIE >> 16)
        value += masked.to_bytes(size)
        return seal(_SUCCESS, self.transaction, value, key)

    def error(self, key: bytes, code: int, reason: str, unknown: tuple[int, ...] = ()) -> bytes:
        """An error answer; `unknown` are listed in UNKNOWN-ATTRIBUTES."""
        text = reason.encode()
        body = _ERROR.pack(_ERROR_CODE, 4 + len(text), *divmod(code, 100)) + _padded(text)
        if unknown:
            types = b"".join(number.to_bytes(2) for number in unknown)
            body += _ATTRIBUTE.pack(_UNKNOWN_ATTRIBUTES, len(types)) + _padded(types)
        return seal(_FAILURE, self.transaction, body, key)


def _attributes(data: bytes) -> tuple[dict[int, bytes], tuple[int, ...], int] | None:
    """The first value of each attribute, the unknown ones, and where MESSAGE-INTEGRITY begins.

    What stands after MESSAGE-INTEGRITY is not signed and is passed over, but for FINGERPRINT,
    which must be right and stand last (RFC 8489, 14.5 and 14.7).
    """
    values: dict[int, bytes] = {}
    unknown: list[int] = []
    integrity_at = 0
    at, size = _HEADER.size, len(data)
    while at < size:
        kind, length = _ATTRIBUTE.unpack_from(data, at)
        end = at + 4 + length
        after = end + 3 & ~3
        if after > size:
            return None
        if kind == _FINGERPRINT_TYPE:
            if length != 4 or after != size or not _intact(data, at):
                return None
        elif not integrity_at:
            if kind == _MESSAGE_INTEGRITY:
                if length != 20:
                    return None
                integrity_at = at
            elif kind < _OPTIONAL and kind not in _KNOWN:
                unknown.append(kind)
            values.setdefault(kind, data[at + 4 : end])
        at = after
    return values, tuple(unknown), integrity_at


def _intact(data: bytes, at: int) -> bool:
    (crc,) = _NUMBER.unpack_from(data, at + 4)
    return bool(crc == zlib.crc32(memoryview(data)[:at]) ^ _FINGERPRINT_XOR)


def _as_signed(data: bytes, at: int) -> bytes:
    """What MESSAGE-INTEGRITY at `at` is made of: the length counts nothing behind it."""
    length = at + _INTEGRITY.size - _HEADER.size
    return data[:2] + length.to_bytes(2) + data[4:at]


def _padded(value: bytes) -> bytes:
    return value + bytes(-len(value) & 3)


def seal(kind: int, transaction: bytes, body: bytes, key: bytes) -> bytes:
    """A whole message: `body` behind a header, then MESSAGE-INTEGRITY and FINGERPRINT."""
    signed_length = len(body) + _INTEGRITY.size
    signed = _HEADER.pack(kind, signed_length, _COOKIE, transaction) + body
    proof = _INTEGRITY.pack(_MESSAGE_INTEGRITY, 20, hmac.digest(key, signed, "sha1"))
    length = signed_length + _FINGERPRINT.size
    message = _HEADER.pack(kind, length, _COOKIE, transaction) + body + proof
    crc = zlib.crc32(message) ^ _FINGERPRINT_XOR
    return message + _FINGERPRINT.pack(_FINGERPRINT_TYPE, 4, crc)
