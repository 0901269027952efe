"""The period of a sound: by how much it is shifted when it is most like itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]

#: Lags that are looked at, in seconds: voices from 66 to 200 Hz (G.711, appendix I).
SHORTEST, LONGEST = 0.005, 0.015
#: Correlation is taken at this rate; finer lags are looked for around the best one.
_COARSE = 8000


def period(wave: Wave, rate: int) -> tuple[int, float]:
    """The lag in samples and how well it fits, 0 to 1, at the end of `wave`.

    Needs 20 ms and the longest lag before them.
    """
    step = rate // _COARSE
    lag, fit = _best(wave[::-1][::step][::-1], round(SHORTEST * _COARSE), round(LONGEST * _COARSE))
    if step == 1:
        return lag, fit
    return _best(wave, max(1, (lag - 1) * step), (lag + 1) * step)


def _best(wave: Wave, least: int, most: int) -> tuple[int, float]:
    """The lag with the highest normalised correlation of the last samples."""
    last = wave[most:]
    own = float(last @ last)
    if own <= 0:
        return least, 0.0
    before = wave[: wave.size - least]
    fits = np.correlate(before, last, "valid") / np.sqrt(energies(before, last.size) * own + 1.0)
    place = int(np.argmax(fits))
    return most - place, max(0.0, float(fits[place]))


def energies(wave: Wave, size: int) -> NDArray[np.float64]:
    """The sum of the squares of each stretch of `size` samples."""
    sums = np.concatenate(([0.0], np.cumsum(wave * wave, dtype=np.float64)))
    stretches: NDArray[np.float64] = sums[size:] - sums[:-size]
    return stretches
