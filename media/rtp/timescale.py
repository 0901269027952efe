"""Makes a frame shorter or longer by one period of its voice, at its own pitch.

So the ear's clock follows the sender's, and the buffer its target, without a click or another key.
"""

from __future__ import annotations

import numpy as np

from media.rtp.pitch import Wave, energies
from media.tracks.level import Samples

#: Lags in seconds: a frame of 20 ms holds two of the longest.
_SHORTEST, _LONGEST = 0.0025, 0.010
#: A period must fit so well that its seam is not heard.
_FITS = 0.9
#: Below this a sample more or less is not heard anyway: the mean square of some -60 dBov.
_QUIET = 900.0


def shorter(frame: Samples, rate: int) -> Samples:
    """The frame without one period; as it is when it has none."""
    wave = frame.astype(np.float32)
    lag = _period(wave, rate)
    if lag is None:
        return frame
    down = np.linspace(1, 0, lag, dtype=np.float32)
    seam = wave[:lag] * down + wave[lag : 2 * lag] * (1 - down)
    return np.concatenate((np.rint(seam).astype(np.int16), frame[2 * lag :]))


def longer(frame: Samples, rate: int) -> Samples:
    """The frame with one period more; as it is when it has none."""
    wave = frame.astype(np.float32)
    lag = _period(wave, rate)
    if lag is None:
        return frame
    down = np.linspace(1, 0, lag, dtype=np.float32)
    seam = wave[lag : 2 * lag] * down + wave[:lag] * (1 - down)
    return np.concatenate((frame[:lag], np.rint(seam).astype(np.int16), frame[lag:]))


def _period(wave: Wave, rate: int) -> int | None:
    """The lag at which the beginning of the frame comes again."""
    least, most = round(_SHORTEST * rate), min(round(_LONGEST * rate), wave.size // 2)
    if most <= least:
        return None
    if float(wave @ wave) < _QUIET * wave.size:
        return most
    first, rest = wave[:most], wave[least : 2 * most]
    own = float(first @ first) + 1.0
    fits = np.correlate(rest, first, "valid") / np.sqrt(energies(rest, most) * own + 1.0)
    place = int(np.argmax(fits))
    return least + place if fits[place] >= _FITS else None
