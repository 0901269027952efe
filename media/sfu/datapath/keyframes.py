"""Where a decoder can begin, by codec: VP8, H.264 (RFC 6184), VP9 (RFC 9628), AV1."""

from __future__ import annotations

from collections.abc import Callable

from media.sfu.datapath import vp8


def _vp8(payload: bytes) -> bool:
    """Only a packet that starts the first partition can be one."""
    return payload[0] & 0x17 == 0x10 and vp8.parse(payload).keyframe


def _h264(payload: bytes) -> bool:
    """A parameter set or IDR slice, alone, in a STAP-A, or at the start of a FU-A."""
    kind = payload[0] & 31
    if kind == 24:
        return payload[3] & 31 in (5, 7)
    if kind == 28:
        return payload[1] & 0x80 != 0 and payload[1] & 31 in (5, 7)
    return kind in (5, 7)


def _vp9(payload: bytes) -> bool:
    """Not inter-predicted, the first packet of its frame, the lowest spatial layer."""
    first = payload[0]
    if first & 0x40 or not first & 0x08:
        return False
    position = 1
    if first & 0x80:
        position += 2 if payload[1] > 127 else 1
    return not first & 0x20 or not payload[position] >> 1 & 7


def _av1(payload: bytes) -> bool:
    """The N bit of the aggregation header: the first packet of a new coded video sequence."""
    return bool(payload[0] & 0x08)


_KEYFRAME: dict[str, Callable[[bytes], bool]] = {
    "vp8": _vp8,
    "h264": _h264,
    "vp9": _vp9,
    "av1": _av1,
}


def starts_keyframe(codec: str, payload: bytes) -> bool:
    """Whether a decoder can begin with this packet; of audio it always can."""
    detect = _KEYFRAME.get(codec)
    if detect is None:
        return True
    try:
        return detect(payload)
    except (IndexError, vp8.Vp8Error):
        return False
