"""RTP packets and their header extensions (RFC 3550, 8285), and retransmissions (RFC 4588)."""

from __future__ import annotations

from collections.abc import Iterable
from struct import Struct

HEADER = Struct("!BBHII")
_PAIR = Struct("!HH")
U16 = Struct("!H")
ONE_BYTE = 0xBEDE
_NOTHING: dict[int, bytes] = {}


class RtpError(ValueError):
    """A packet is cut short or contradicts itself."""


class RtpPacket:
    """One packet after SRTP; extensions by their number in the session it came from.

    `marker` is 0x80 or 0, as it stands in the packet.
    """

    __slots__ = (
        "extensions",
        "marker",
        "payload",
        "payload_type",
        "sequence",
        "ssrc",
        "timestamp",
    )

    def __init__(
        self,
        payload_type: int,
        marker: int,
        sequence: int,
        timestamp: int,
        ssrc: int,
        extensions: dict[int, bytes],
        payload: bytes,
    ) -> None:
        self.payload_type = payload_type
        self.marker = marker
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.extensions = extensions
        self.payload = payload


def parse(data: bytes) -> RtpPacket:
    """Read a packet; raise `RtpError` when it is cut short."""
    size = len(data)
    if size < 12:
        raise RtpError("shorter than its header")
    first, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    position = 12 + 4 * (first & 15)
    extensions = _NOTHING
    if first & 0x10:
        if position + 4 > size:
            raise RtpError("no room for its extension")
        profile, words = _PAIR.unpack_from(data, position)
        start = position + 4
        position = start + 4 * words
        if position > size:
            raise RtpError("extension longer than the packet")
        if profile == ONE_BYTE:
            extensions = _one_byte(data, start, position)
        elif profile & 0xFFF0 == 0x1000:
            extensions = _two_byte(data, start, position)
    end = size - data[-1] if first & 0x20 else size
    if end < position:
        raise RtpError("more padding than payload")
    return RtpPacket(
        second & 0x7F, second & 0x80, sequence, timestamp, ssrc, extensions, data[position:end]
    )


def _one_byte(data: bytes, position: int, end: int) -> dict[int, bytes]:
    out = {}
    while position < end:
        first = data[position]
        position += 1
        if first == 0:
            continue
        number = first >> 4
        if number == 15:
            break
        last = position + (first & 15) + 1
        if last > end:
            raise RtpError("an element longer than the extension")
        out[number] = data[position:last]
        position = last
    return out


def _two_byte(data: bytes, position: int, end: int) -> dict[int, bytes]:
    out = {}
    while position < end:
        number = data[position]
        if number == 0:
            position += 1
            continue
        if position + 2 > end:
            raise RtpError("an element without its length")
        last = position + 2 + data[position + 1]
        if last > end:
            raise RtpError("an element longer than the extension")
        out[number] = data[position + 2 : last]
        position = last
    return out


def build(packet: RtpPacket) -> bytes:
    """Write a packet, its extensions in the one-byte form."""
    block = extension_block(packet.extensions.items())
    first = 0x90 if block else 0x80
    second = packet.payload_type | packet.marker
    head = HEADER.pack(first, second, packet.sequence, packet.timestamp, packet.ssrc)
    return head + block + packet.payload


def elements(pairs: Iterable[tuple[int, bytes]]) -> bytes:
    """Extension elements in the one-byte form; empty ones and those over 16 bytes are left out."""
    return b"".join(
        bytes((number << 4 | len(value) - 1,)) + value
        for number, value in pairs
        if 0 < len(value) <= 16 and 0 < number < 15
    )


def extension_block(pairs: Iterable[tuple[int, bytes]]) -> bytes:
    """A whole header extension in the one-byte form, or nothing."""
    body = elements(pairs)
    body += bytes(-len(body) % 4)
    return _PAIR.pack(ONE_BYTE, len(body) // 4) + body if body else b""


def unwrap_rtx(packet: RtpPacket, payload_type: int, ssrc: int) -> RtpPacket | None:
    """The original packet inside a retransmission, or None for padding."""
    if len(packet.payload) <= 2:
        return None
    (sequence,) = U16.unpack_from(packet.payload)
    return RtpPacket(
        payload_type,
        packet.marker,
        sequence,
        packet.timestamp,
        ssrc,
        packet.extensions,
        packet.payload[2:],
    )


def signed16(value: int) -> int:
    """The shortest signed distance of two 16-bit numbers, from their difference."""
    return ((value + 0x8000) & 0xFFFF) - 0x8000


def newer32(a: int, b: int) -> bool:
    """Whether 32-bit timestamp `a` comes after `b`."""
    return a != b and ((a - b) & 0xFFFFFFFF) < 0x80000000
