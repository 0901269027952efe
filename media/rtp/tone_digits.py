"""Digits as tones on a leg without telephone events: heard and sent frame by frame."""

from __future__ import annotations

import numpy as np

from media.rtp.codec import FRAMES
from media.rtp.dtmf_receiver import DigitEvent, DigitPressed, DigitReleased
from media.rtp.inband import RATE, ToneDetector, tones
from media.rtp.resample import Resampler
from media.tracks.level import Samples
from offhook.core.clock import SECOND

_FRAME = SECOND // FRAMES


class ToneDigits:
    """Hears the digits of one stream of frames at any of our rates."""

    __slots__ = ("_detector", "_digit", "_frames", "_narrow")

    def __init__(self, rate: int) -> None:
        self._narrow = Resampler(rate, RATE)
        self._detector = ToneDetector()
        self._digit: str | None = None
        self._frames = 0

    @property
    def sounding(self) -> bool:
        """Whether a tone sounds now."""
        return self._detector.sounding

    def hear(self, frame: Samples) -> list[DigitEvent]:
        """Take the next frame; say what began and ended in it."""
        out: list[DigitEvent] = []
        self._frames += 1
        for heard in self._detector.hear(self._narrow(frame)):
            out += self._release()
            self._digit, self._frames = heard.digit, 1
            out.append(DigitPressed(heard.digit))
        return out if self._detector.sounding else out + self._release()

    def _release(self) -> list[DigitEvent]:
        digit, self._digit = self._digit, None
        return [] if digit is None else [DigitReleased(digit, self._frames * _FRAME)]


class ToneSender:
    """Puts the tones of digits in the place of the sound."""

    __slots__ = ("_rate", "_rest")

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._rest: Samples = np.zeros(0, np.int16)

    def send(self, digits: str, *, duration: int = 100_000, gap: int = 60_000) -> None:
        """Queue digits; durations in microseconds. Raises `InvalidInput` for what has no tones."""
        sound = tones(digits, rate=self._rate, duration=duration, gap=gap)
        self._rest = np.concatenate((self._rest, sound))

    def next(self, frame: Samples | None) -> Samples | None:
        """The frame to send instead of this one while digits are left."""
        if not self._rest.size:
            return frame
        size = self._rate // FRAMES
        sung, self._rest = self._rest[:size], self._rest[size:]
        return np.pad(sung, (0, size - sung.size))
