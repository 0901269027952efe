"""Silence that is sent: it keeps a track alive and its clock running."""

from __future__ import annotations

import numpy as np

from media.tracks.level import Samples
from media.tracks.sound import SoundTrack


class SilenceTrack(SoundTrack):
    """Nothing to hear, fifty times a second."""

    def samples(self, first: int, count: int) -> Samples:
        """Zeros."""
        return np.zeros(count, np.int16)
