"""The frames that our own sources of sound make: 48 kHz, 16 bits, two channels, 20 ms."""

from __future__ import annotations

from abc import abstractmethod
from fractions import Fraction

import numpy as np
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame

from media.tracks.level import Samples
from media.tracks.pace import Pace

RATE = 48_000
FRAME = 960
_TIME_BASE = Fraction(1, RATE)


def stereo_frame(mono: Samples, pts: int) -> AudioFrame:
    """One frame with the same samples on both channels; `pts` counts samples."""
    packed = np.repeat(mono, 2).reshape(1, -1)
    frame = AudioFrame.from_ndarray(packed, format="s16", layout="stereo")
    frame.sample_rate = RATE
    frame.pts = pts
    frame.time_base = _TIME_BASE
    return frame


class SoundTrack(MediaStreamTrack):
    """A source of sound: a subclass says what the samples are, this class when they are due."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._pace = Pace(FRAME / RATE)
        self._sent = 0

    @abstractmethod
    def samples(self, first: int, count: int) -> Samples:
        """The samples `first` to `first + count` of this sound, one channel."""

    async def recv(self) -> AudioFrame:
        """The next frame, when it is due."""
        if self.readyState != "live":
            raise MediaStreamError
        await self._pace.beat()
        first = self._sent
        self._sent += FRAME
        return stereo_frame(self.samples(first, FRAME), first)
