"""Which frequencies are in a sound: the peaks of a windowed Fourier transform."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media.tracks.level import FULL_SCALE, SILENCE, Samples


@dataclass(frozen=True)
class Peak:
    """One sine in a sound: its frequency, and its own level in dBov."""

    hz: float
    level: float


def peaks(samples: Samples, rate: int, *, limit: int = 1, floor: float = -60.0) -> list[Peak]:
    """The strongest sines of one channel, loudest first; none below `floor` dBov.

    A half-second of a steady tone gives its frequency within 0.05 Hz.
    """
    power = _power(samples)
    found: list[Peak] = []
    width = 6
    while power.size > 2 * width and len(found) < limit:
        top = int(np.argmax(power[1:-1])) + 1
        peak = _interpolate(power, top, rate, samples.size)
        if peak.level < floor:
            break
        found.append(peak)
        power[max(0, top - width) : top + width + 1] = 0.0
    return found


def _power(samples: Samples) -> NDArray[np.float64]:
    """The power of each bin under a Hann window, 1.0 for a sine of 0 dBov in the middle of it."""
    if samples.size < 64:
        return np.zeros(0)
    window = np.hanning(samples.size)
    spectrum = np.fft.rfft(samples * window) / (FULL_SCALE * window.sum() / math.sqrt(2))
    return np.asarray(np.abs(spectrum) ** 2)


def _interpolate(power: NDArray[np.float64], top: int, rate: int, size: int) -> Peak:
    """Lay a parabola through the logarithms of the three highest bins."""
    left, middle, right = (math.log(max(float(p), 1e-30)) for p in power[top - 1 : top + 2])
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend else 0.0
    height = middle - 0.25 * (left - right) * shift
    level = 10 * height / math.log(10)
    return Peak((top + shift) * rate / size, max(SILENCE, level))
