"""Who is speaking in a room, from windows of audio levels. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

from offhook.core.contracts.media import Speaker

#: Part of a window that must be louder than the threshold to count as speech.
SHARE = 0.4
#: Weight of the newest window: two windows of smoothing.
_WEIGHT = 2 / 3
#: -35 dBov as amplitude.
_QUIETEST = 10 ** (-35 / 20)
_STEPS = 8


class Speakers:
    """Smooths levels so that a pause for breath is no silence and a cough no speech."""

    def __init__(self) -> None:
        self._smoothed: dict[str, float] = {}
        self.current: tuple[Speaker, ...] = ()

    def observe(self, window: Mapping[str, tuple[int, float]]) -> bool:
        """Take a window: per participant its loudest level (dBov below zero) and speech share.

        Whoever is missing was silent. Returns whether the speakers changed.
        """
        for participant in self._smoothed.keys() | window.keys():
            before = self._smoothed.get(participant, 0.0)
            level = _amplitude(*window.get(participant, (127, 0.0)))
            smoothed = before + (level - before) * _WEIGHT
            if smoothed >= _QUIETEST:
                self._smoothed[participant] = smoothed
            else:
                self._smoothed.pop(participant, None)
        return self._settle()

    def forget(self, participant: str) -> bool:
        """Somebody left or was muted; whether the speakers changed."""
        self._smoothed.pop(participant, None)
        return self._settle()

    def _settle(self) -> bool:
        loudest = sorted(self._smoothed.items(), key=lambda item: (-item[1], item[0]))
        speakers = tuple(
            Speaker(participant=name, level=_step(_heard(level))) for name, level in loudest
        )
        changed = speakers != self.current
        self.current = speakers
        return changed


def _amplitude(loudest: int, share: float) -> float:
    """The level of speech: the loudest packet, less when speech was only a part of the window."""
    if share < SHARE:
        return 0.0
    return float(10 ** ((-loudest + 20 * math.log10(share)) / 20))


def _heard(amplitude: float) -> float:
    """Loudness from 0 to 1, linear in decibels between the threshold and full scale."""
    return max(0.0, min(1.0, 1 - 20 * math.log10(amplitude) / -35))


def _step(level: float) -> float:
    """In eighths, so that small changes are no news."""
    return max(1, math.ceil(level * _STEPS)) / _STEPS
