"""One incoming packet as all its subscribers share it, and the ring from which it is repeated."""

from __future__ import annotations

from struct import Struct

from media.sfu.datapath import keyframes, vp8
from media.sfu.datapath.rtp import ONE_BYTE, U16, RtpPacket
from media.sfu.sdp.codecs import EXTENSION_IDS
from media.sfu.sdp.types import TRANSPORT_CC

RING = 1024
#: Nobody asks again for what is older (microseconds).
KEEP = 2_000_000
_TRANSPORT_CC_ELEMENT = EXTENSION_IDS[TRANSPORT_CC] << 4 | 1
#: RTP header, extension header, the transport-cc element.
_HEAD = Struct("!BBHIIHHBH")


class SharedPacket:
    """What all subscribers of a packet have in common; only its numbers differ.

    `others` are the forwarded extension elements and the padding behind the transport-cc element
    that stands first; `tail` is everything behind that element.
    """

    __slots__ = (
        "arrived",
        "format",
        "index",
        "keyframe",
        "marker",
        "others",
        "payload",
        "tail",
        "timestamp",
        "vp8",
        "words",
    )

    def __init__(
        self, packet: RtpPacket, index: int, form: str, forwarded: dict[int, int], now: int
    ) -> None:
        self.index = index
        self.arrived = now
        self.timestamp = packet.timestamp
        self.marker = packet.marker
        self.format = form
        self.payload = packet.payload
        others = b""
        for theirs, value in packet.extensions.items():
            ours = forwarded.get(theirs)
            if ours is not None and 0 < len(value) <= 16:
                others += bytes((ours << 4 | len(value) - 1,)) + value
        self.words = len(others) + 6 >> 2
        self.others = others + bytes(4 * self.words - 3 - len(others))
        self.tail = self.others + packet.payload
        self.vp8: vp8.Vp8 | None = None
        if form == "vp8":
            try:
                self.vp8 = vp8.parse(packet.payload)
            except vp8.Vp8Error:
                self.keyframe = False
            else:
                self.keyframe = self.vp8.keyframe
        else:
            self.keyframe = keyframes.starts_keyframe(form, packet.payload)

    def write(
        self, payload_type: int, index: int, timestamp: int, ssrc: int, transport: int
    ) -> bytes:
        """The packet with a subscriber's numbers."""
        second = payload_type | self.marker
        return (
            _HEAD.pack(
                0x90,
                second,
                index & 0xFFFF,
                timestamp,
                ssrc,
                ONE_BYTE,
                self.words,
                _TRANSPORT_CC_ELEMENT,
                transport,
            )
            + self.tail
        )

    def write_shifted(
        self,
        payload_type: int,
        index: int,
        timestamp: int,
        ssrc: int,
        transport: int,
        shifts: tuple[int, int],
    ) -> bytes:
        """The same, with its VP8 picture id and tl0 index moved."""
        head = self.write(payload_type, index, timestamp, ssrc, transport)
        if self.vp8 is None:
            return head
        moved = vp8.shift(self.payload, self.vp8, *shifts)
        return head[: len(head) - len(self.payload)] + moved

    def write_rtx(
        self,
        payload_type: int,
        index: int,
        timestamp: int,
        ssrc: int,
        transport: int,
        shifts: tuple[int, int],
        original: int,
    ) -> bytes:
        """A retransmission of it: the original sequence number stands before the payload."""
        plain = self.write_shifted(payload_type, index, timestamp, ssrc, transport, shifts)
        at = len(plain) - len(self.payload)
        return plain[:at] + U16.pack(original & 0xFFFF) + plain[at:]


class History:
    """The last packets of one layer by index; nothing is kept longer than it can be asked for."""

    __slots__ = ("_oldest", "_ring", "_size")

    def __init__(self) -> None:
        self._ring: list[SharedPacket | None] = []
        self._oldest = -1

    def add(self, packet: SharedPacket) -> None:
        """Keep a packet, let go of those that are too old."""
        ring = self._ring
        if not ring:
            self._ring = ring = [None] * RING
            self._oldest = packet.index
        ring[packet.index % RING] = packet
        limit = packet.arrived - KEEP
        oldest = max(self._oldest, packet.index - RING + 1)
        while oldest < packet.index:
            held = ring[oldest % RING]
            if held is not None and held.arrived >= limit:
                break
            ring[oldest % RING] = None
            oldest += 1
        self._oldest = oldest

    def get(self, index: int) -> SharedPacket | None:
        """The packet of this index, if it is still here."""
        found = self._ring[index % RING] if self._ring else None
        return found if found is not None and found.index == index else None

    def clear(self) -> None:
        """Let go of everything: the layer rests."""
        self._ring = []
