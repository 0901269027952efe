"""A moving test picture that carries its own number and a frame counter, and the eye that reads
them back, so that video is proven by what is in it.

The upper part is a grid of 8 x 4 light and dark cells: the picture's number (8 bits), the counter
(16 bits) and a CRC-8 of both. Below is a plain colour that belongs to the number, with a bar that
moves one step per frame. It survives coding at low rates and any scaling.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import VideoFrame
from numpy.typing import NDArray

from media.tracks.pace import Pace

Plane = NDArray[np.uint8]

_COLUMNS, _ROWS = 8, 4
_BITS = _COLUMNS * _ROWS
_CODE_SHARE = 0.6
_DARK, _LIGHT, _BAR, _FIELD = 40, 210, 230, 120
_CLOCK = 90_000

#: How far a decoded colour may be from the one that was sent, of 256.
_COLOUR_TOLERANCE = 24


@dataclass(frozen=True)
class Mark:
    """What a test picture says: which one it is, and its how-many-eth frame this is (of 65536)."""

    number: int
    counter: int


def paint(mark: Mark, width: int, height: int) -> VideoFrame:
    """One frame of the test picture; `width` and `height` are even."""
    luma = np.full((height, width), _FIELD, np.uint8)
    split = _split(height)
    cells = np.where(_bits(mark), _LIGHT, _DARK).astype(np.uint8)
    rows = np.arange(split) * _ROWS // split
    columns = np.arange(width) * _COLUMNS // width
    luma[:split] = cells[np.ix_(rows, columns)]
    step = max(2, width // 32)
    left = mark.counter * step % (width - step + 1)
    luma[split:, left : left + step] = _BAR
    chroma = np.empty((2, height // 2, width // 2), np.uint8)
    chroma[0], chroma[1] = colour(mark.number)
    planar = np.concatenate([luma.ravel(), chroma.ravel()]).reshape(height * 3 // 2, width)
    return VideoFrame.from_ndarray(planar, format="yuv420p")


def recognise(frame: VideoFrame) -> Mark | None:
    """The mark of a decoded test picture of any size; None for anything else."""
    if frame.format.name != "yuv420p":
        frame = frame.reformat(format="yuv420p")
    cells = _sample(plane_of(frame, 0), frame.width, frame.height)
    mark = _read(cells > (_DARK + _LIGHT) / 2)
    if mark is None or not _has_colour(frame, mark.number):
        return None
    return mark


def colour(number: int) -> tuple[int, int]:
    """The two chroma values of picture `number`: sixteen hues round the circle."""
    angle = 2 * np.pi * (number % 16) / 16
    return round(128 + 70 * float(np.cos(angle))), round(128 + 70 * float(np.sin(angle)))


def plane_of(frame: VideoFrame, index: int) -> Plane:
    """One plane of a frame without the padding at the end of its lines."""
    plane = frame.planes[index]
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return lines[: plane.height, : plane.width]


class PictureTrack(MediaStreamTrack):
    """A source of the test picture `number`."""

    kind = "video"

    def __init__(self, number: int, *, width: int = 320, height: int = 240, fps: int = 15) -> None:
        super().__init__()
        if not 0 <= number < 256:
            raise ValueError(f"a test picture has a number from 0 to 255, not {number}")
        if min(width, height) < 64 or width % 2 or height % 2 or not 0 < fps <= 60:
            raise ValueError(f"no test picture is {width}x{height} at {fps} frames a second")
        self.number, self.width, self.height, self.fps = number, width, height, fps
        self._pace = Pace(1 / fps)
        self._sent = 0

    async def recv(self) -> VideoFrame:
        """The next frame, when it is due."""
        if self.readyState != "live":
            raise MediaStreamError
        await self._pace.beat()
        frame = paint(Mark(self.number, self._sent & 0xFFFF), self.width, self.height)
        frame.pts = self._sent * _CLOCK // self.fps
        frame.time_base = Fraction(1, _CLOCK)
        self._sent += 1
        return frame


def _split(height: int) -> int:
    """The line at which the code ends."""
    return round(height * _CODE_SHARE)


def _bits(mark: Mark) -> NDArray[np.bool_]:
    """The cells of a mark, True for light."""
    payload = bytes((mark.number, mark.counter >> 8, mark.counter & 0xFF))
    octets = np.frombuffer(payload + bytes((_crc8(payload),)), np.uint8)
    return np.unpackbits(octets).reshape(_ROWS, _COLUMNS).astype(np.bool_)


def _read(bits: NDArray[np.bool_]) -> Mark | None:
    octets = np.packbits(bits.ravel()).tobytes()
    if _crc8(octets[:3]) != octets[3]:
        return None
    return Mark(octets[0], octets[1] << 8 | octets[2])


def _sample(luma: Plane, width: int, height: int) -> NDArray[np.float64]:
    """The mean of a few points in the middle of every cell."""
    offsets = np.array([0.35, 0.45, 0.55, 0.65])
    rows = ((np.arange(_ROWS)[:, None] + offsets) * _split(height) / _ROWS).astype(int).ravel()
    columns = ((np.arange(_COLUMNS)[:, None] + offsets) * width / _COLUMNS).astype(int).ravel()
    points = luma[np.ix_(rows, columns)].reshape(_ROWS, len(offsets), _COLUMNS, len(offsets))
    return np.asarray(points.mean(axis=(1, 3)))


def _has_colour(frame: VideoFrame, number: int) -> bool:
    """Whether the field below the code has the colour of picture `number`."""
    top = (_split(frame.height) + 8) // 2
    return all(
        abs(float(plane_of(frame, index)[top:].mean()) - wanted) <= _COLOUR_TOLERANCE
        for index, wanted in zip((1, 2), colour(number), strict=True)
    )


def _crc8(data: bytes) -> int:
    """CRC-8 with the polynomial 0x07, started at 0xFF so that a black picture has no valid mark."""
    value = 0xFF
    for octet in data:
        value ^= octet
        for _ in range(8):
            value = (value << 1 ^ 0x07) & 0xFF if value & 0x80 else value << 1
    return value
