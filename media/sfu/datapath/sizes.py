"""The picture size that a keyframe tells, by codec: VP8, H.264 (SPS), VP9 (scalability structure).

Where it is not told, as in AV1, layers are ordered by their bit rates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from media.sfu.datapath import vp8

Size = tuple[int, int]
_SPS = 7
#: Profiles whose SPS carries a chroma format (H.264, section 7.3.2.1.1).
_HIGH_PROFILES = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})

#: Pixels of one step of cropping, across and down, by chroma format.
_CROP = ((1, 1), (2, 2), (2, 1), (1, 1))


class _Bits:
    """Reads bits of a raw byte sequence payload; IndexError at its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def bit(self) -> int:
        value = self._data[self._at >> 3] >> (7 - (self._at & 7)) & 1
        self._at += 1
        return value

    def number(self, bits: int) -> int:
        value = 0
        for _ in range(bits):
            value = value << 1 | self.bit()
        return value

    def golomb(self) -> int:
        """ue(v): unsigned Exp-Golomb; a prefix over 31 bits is nonsense."""
        zeros = 0
        while not self.bit():
            zeros += 1
            if zeros > 31:
                raise IndexError
        return (1 << zeros) - 1 + self.number(zeros)

    def signed(self) -> int:
        """se(v)."""
        value = self.golomb()
        return (value + 1) // 2 if value & 1 else -(value // 2)


def _vp8(payload: bytes) -> Size | None:
    return vp8.frame_size(payload, vp8.parse(payload))


def _vp9(payload: bytes) -> Size | None:
    """The largest layer of the scalability structure (RFC 9628, section 4.2.1)."""
    first = payload[0]
    if not first & 0x02:
        return None
    position = 1
    if first & 0x80:
        position += 2 if payload[position] & 0x80 else 1
    if first & 0x20:
        position += 1 if first & 0x10 else 2
    structure = payload[position]
    if not structure & 0x10:
        return None
    at = position + 1 + 4 * (structure >> 5)
    width, height = payload[at] << 8 | payload[at + 1], payload[at + 2] << 8 | payload[at + 3]
    return (width, height) if width and height else None


def _h264(payload: bytes) -> Size | None:
    sps = next((unit for unit in _units(payload) if unit[0] & 31 == _SPS), None)
    return _sps_size(sps) if sps else None


def _units(payload: bytes) -> Iterator[bytes]:
    """The NAL units of a packet: the only one, or those of a STAP-A (RFC 6184, section 5.7.1)."""
    if payload[0] & 31 != 24:
        yield payload
        return
    position = 1
    while position + 2 < len(payload):
        end = position + 2 + (payload[position] << 8 | payload[position + 1])
        yield payload[position + 2 : end]
        position = max(end, position + 3)


def _sps_size(unit: bytes) -> Size | None:
    """Width and height after cropping (H.264, section 7.3.2.1.1)."""
    bits = _Bits(unit[1:].replace(b"\x00\x00\x03", b"\x00\x00"))
    profile = bits.number(8)
    bits.number(16)
    bits.golomb()
    chroma = _chroma(bits) if profile in _HIGH_PROFILES else 1
    bits.golomb()
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.bit()
        bits.signed()
        bits.signed()
        for _ in range(min(bits.golomb(), 255)):
            bits.signed()
    bits.golomb()
    bits.bit()
    width, rows = 16 * (bits.golomb() + 1), 16 * (bits.golomb() + 1)
    frame_only = bits.bit()
    if not frame_only:
        bits.bit()
    bits.bit()
    height = rows * (2 - frame_only)
    if bits.bit():
        across, down = _CROP[chroma]
        width -= across * (bits.golomb() + bits.golomb())
        height -= down * (2 - frame_only) * (bits.golomb() + bits.golomb())
    return (width, height) if 0 < width <= 16384 and 0 < height <= 16384 else None


def _chroma(bits: _Bits) -> int:
    """chroma_format_idc, passing over the bit depths and scaling lists behind it."""
    chroma = bits.golomb()
    if chroma > 3:
        raise IndexError
    if chroma == 3:
        bits.bit()
    bits.golomb()
    bits.golomb()
    bits.bit()
    if bits.bit():
        for index in range(12 if chroma == 3 else 8):
            if bits.bit():
                _pass_scaling_list(bits, 16 if index < 6 else 64)
    return chroma


def _pass_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


_SIZE: dict[str, Callable[[bytes], Size | None]] = {"vp8": _vp8, "vp9": _vp9, "h264": _h264}


def frame_size(codec: str, payload: bytes) -> Size | None:
    """Width and height, when this packet of a keyframe tells them."""
    read = _SIZE.get(codec)
    if read is None:
        return None
    try:
        return read(payload)
    except (IndexError, vp8.Vp8Error):
        return None
