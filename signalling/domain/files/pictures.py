"""How wide and high a picture is, by its own account: PNG, JPEG, GIF and WebP.

Who is sent a picture unpacks all of it to show it, so one that would take gigabytes is not let in.
"""

from __future__ import annotations

from collections.abc import Callable

from signalling.domain.files.archive import Read

#: More points than any camera takes.
MOST_POINTS = 120_000_000

_PNG, _GIF, _JPEG = b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a"), b"\xff\xd8\xff"
#: Frames of a JPEG file begin with one of these markers; the others of their row are tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Markers that stand alone.
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
#: Segments before the frame of a JPEG file; cameras write some dozen.
_MOST_SEGMENTS = 1000


Size = tuple[int, int]


def size_of(read: Read, type: str) -> Size | None:
    """Width and height of what is declared as `type`; None when it is no such picture."""
    measure = _MEASURES[type]
    return measure(read)


def _png(read: Read) -> Size | None:
    head = read(0, 24)
    if not head.startswith(_PNG) or head[12:16] != b"IHDR" or len(head) < 24:
        return None
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


def _gif(read: Read) -> Size | None:
    head = read(0, 10)
    if not head.startswith(_GIF) or len(head) < 10:
        return None
    return int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")


def _jpeg(read: Read) -> Size | None:
    """Walk over the segments to the frame, whose head has the size."""
    if not read(0, 3).startswith(_JPEG):
        return None
    at = 2
    for _ in range(_MOST_SEGMENTS):
        head = read(at, 9)
        if len(head) < 9 or head[0] != 0xFF:
            return None
        if head[1] == 0xFF:  # a byte that fills up
            at += 1
        elif head[1] in _FRAMES:
            return int.from_bytes(head[7:9]), int.from_bytes(head[5:7])
        else:
            at += 2 if head[1] in _BARE else 2 + int.from_bytes(head[2:4])
    return None


def _webp(read: Read) -> Size | None:
    """RFC 9649: lossy, lossless, or with a head that tells the size of the whole."""
    head = read(0, 30)
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or len(head) < 30:
        return None
    match head[12:16]:
        case b"VP8X":
            wide, high = head[24:27], head[27:30]
            return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
        case b"VP8L" if head[20] == 0x2F:
            bits = int.from_bytes(head[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 " if head[23:26] == b"\x9d\x01\x2a":
            wide, high = head[26:28], head[28:30]
            return (
                int.from_bytes(wide, "little") & 0x3FFF,
                int.from_bytes(high, "little") & 0x3FFF,
            )
        case _:
            return None


_MEASURES: dict[str, Callable[[Read], Size | None]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
}
