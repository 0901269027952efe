"""What a video shows: its size, whether it moves, and which test picture it is."""

from __future__ import annotations

import numpy as np
from av import VideoFrame
from numpy.typing import NDArray

from media.tracks.picture import Mark, plane_of, recognise
from media.tracks.report import Sight

#: The mean step of brightness (of 256) between two frames that counts as movement.
_MOVED = 0.2


class Watcher:
    """Takes frame after frame, and tells what was seen since it was asked last."""

    def __init__(self) -> None:
        self._before: NDArray[np.int16] | None = None
        self._size = (0, 0)
        self._start()

    def _start(self) -> None:
        self._frames = 0
        self._moved = 0
        self._recognised = 0
        self._first: Mark | None = None
        self._last: Mark | None = None
        self._skipped = 0

    def feed(self, frame: VideoFrame) -> None:
        """Look at one frame."""
        self._frames += 1
        self._size = (frame.width, frame.height)
        self._note_movement(frame)
        mark = recognise(frame)
        if mark is not None:
            self._note_mark(mark)

    def take(self) -> Sight:
        """What was seen since the last time."""
        sight = Sight(
            frames=self._frames,
            width=self._size[0],
            height=self._size[1],
            moved=self._moved,
            recognised=self._recognised,
            picture=None if self._last is None else self._last.number,
            first=None if self._first is None else self._first.counter,
            last=None if self._last is None else self._last.counter,
            skipped=self._skipped,
        )
        self._start()
        return sight

    def _note_movement(self, frame: VideoFrame) -> None:
        coarse = plane_of(frame, 0)[::8, ::8].astype(np.int16)
        before, self._before = self._before, coarse
        if before is not None and before.shape == coarse.shape:
            self._moved += bool(np.abs(coarse - before).mean() > _MOVED)

    def _note_mark(self, mark: Mark) -> None:
        self._recognised += 1
        last = self._last
        if last is None or last.number != mark.number:
            self._first, self._skipped = mark, 0
        else:
            self._skipped += max(0, ((mark.counter - last.counter) & 0xFFFF) - 1)
        self._last = mark
