"""What a sound is like: its loudest frequency, its level, and the holes in it."""

from __future__ import annotations

from collections import deque

import numpy as np
from av import AudioFrame

from media.tracks.level import SILENCE, Samples, dbov, mono, samples_of
from media.tracks.report import Sound
from media.tracks.spectrum import peaks

#: Frames of the newest sound that are kept to be judged: 30 seconds of 20 ms.
_KEPT = 1500

#: A step of the presentation time smaller than this is rounding, not a hole. Seconds.
_ROUNDING = 0.002


class Listener:
    """Takes frame after frame, and tells what was heard since it was asked last."""

    def __init__(self) -> None:
        self._heard: deque[Samples] = deque(maxlen=_KEPT)
        self._rate = 48_000
        self._end: float | None = None
        self._frames = 0
        self._gaps = 0
        self._missing = 0.0

    def __len__(self) -> int:
        """How many frames were heard since it was asked last."""
        return self._frames

    def feed(self, frame: AudioFrame) -> None:
        """Listen to one frame; `pts` running backwards begins a new sound."""
        self._note_gap(frame)
        self._rate = frame.sample_rate
        self._frames += 1
        self._heard.append(mono(samples_of(frame)))

    def take(self) -> Sound:
        """What was heard since the last time, at most the newest half-minute of it."""
        heard = np.concatenate(self._heard) if self._heard else np.zeros(0, np.int16)
        loudest = peaks(heard, self._rate)
        sound = Sound(
            frames=self._frames,
            seconds=round(heard.size / self._rate, 6),
            level=round(dbov(heard), 2) if heard.size else SILENCE,
            hz=round(loudest[0].hz, 3) if loudest else None,
            gaps=self._gaps,
            missing=round(self._missing, 6),
        )
        self._heard.clear()
        self._frames, self._gaps, self._missing = 0, 0, 0.0
        return sound

    def _note_gap(self, frame: AudioFrame) -> None:
        if frame.pts is None or frame.time_base is None:
            return
        start = float(frame.pts * frame.time_base)
        if self._end is not None and start > self._end + _ROUNDING:
            self._gaps += 1
            self._missing += start - self._end
        self._end = start + frame.samples / frame.sample_rate
