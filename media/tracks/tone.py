"""A sine of one frequency and level: what a test sends to find it again at the other end."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from media.tracks.level import Samples, amplitude
from media.tracks.sound import RATE, SoundTrack


def sine(hz: float, level: float, first: int, count: int, rate: int = RATE) -> Samples:
    """Samples `first` to `first + count` of a sine of `level` dBov.

    The phase is that of the sample's number, so pieces fit together however they are cut.
    """
    start = (hz * first / rate) % 1.0
    cycles = start + np.arange(count) * (hz / rate)
    wave: NDArray[np.float64] = np.rint(amplitude(level) * np.sin(2 * np.pi * cycles))
    return wave.astype(np.int16)


class ToneTrack(SoundTrack):
    """A lasting tone."""

    def __init__(self, hz: float, level: float = -20.0) -> None:
        super().__init__()
        if not 0 < hz < RATE / 2:
            raise ValueError(f"a tone lies between 0 and {RATE // 2} Hz, not at {hz}")
        amplitude(level)
        self.hz = hz
        self.level = level

    def samples(self, first: int, count: int) -> Samples:
        """The part of the tone that begins at sample `first`."""
        return sine(self.hz, self.level, first, count)
