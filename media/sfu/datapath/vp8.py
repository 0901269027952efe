"""The VP8 payload descriptor (RFC 7741): read it, and move its numbers at a layer switch."""

from __future__ import annotations

from dataclasses import dataclass

from media.sfu.datapath.rtp import U16


class Vp8Error(ValueError):
    """A payload is shorter than its descriptor says."""


@dataclass(frozen=True, slots=True)
class Vp8:
    """What the descriptor says, and where its numbers stand in the payload."""

    size: int
    starts_frame: bool
    keyframe: bool
    picture_id: int | None
    picture_at: int
    picture_wide: bool
    tl0: int | None
    tl0_at: int
    temporal_layer: int


def parse(payload: bytes) -> Vp8:
    """Read a descriptor; raise `Vp8Error` when it is cut short."""
    try:
        return _parse(payload)
    except IndexError:
        raise Vp8Error("the descriptor is cut short") from None


def _parse(payload: bytes) -> Vp8:
    first = payload[0]
    position = 1
    picture: int | None = None
    tl0: int | None = None
    picture_at = tl0_at = layer = 0
    wide = False
    if first & 0x80:
        flags = payload[1]
        position = 2
        if flags & 0x80:
            picture_at, picture = position, payload[position]
            wide = picture > 127
            if wide:
                picture = (picture & 0x7F) << 8 | payload[position + 1]
            position += 2 if wide else 1
        if flags & 0x40:
            tl0, tl0_at = payload[position], position
            position += 1
        if flags & 0x30:
            layer = payload[position] >> 6 if flags & 0x20 else 0
            position += 1
    starts = bool(first & 0x10) and not first & 0x07
    keyframe = starts and len(payload) > position and not payload[position] & 1
    return Vp8(position, starts, keyframe, picture, picture_at, wide, tl0, tl0_at, layer)


def frame_size(payload: bytes, descriptor: Vp8) -> tuple[int, int] | None:
    """Width and height out of a keyframe's header (RFC 6386, section 9.1)."""
    at = descriptor.size
    if not descriptor.keyframe or len(payload) < at + 10:
        return None
    width = payload[at + 6] | payload[at + 7] << 8
    height = payload[at + 8] | payload[at + 9] << 8
    return width & 0x3FFF, height & 0x3FFF


def shift(payload: bytes, descriptor: Vp8, picture_shift: int, tl0_shift: int) -> bytes:
    """The payload with its picture id and tl0 index moved, so that a switch leaves no jump."""
    head = bytearray(payload[: descriptor.size])
    if descriptor.picture_id is not None:
        at = descriptor.picture_at
        if descriptor.picture_wide:
            U16.pack_into(head, at, 0x8000 | (descriptor.picture_id + picture_shift) & 0x7FFF)
        else:
            head[at] = (descriptor.picture_id + picture_shift) & 0x7F
    if descriptor.tl0 is not None:
        head[descriptor.tl0_at] = (descriptor.tl0 + tl0_shift) & 0xFF
    return bytes(head) + payload[descriptor.size :]
