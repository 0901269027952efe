"""Hides lost packets: the voice's last periods go on and fade over 60 ms (G.711, appendix I)."""

from __future__ import annotations

import numpy as np

from media.rtp.pitch import LONGEST, Wave, period
from media.tracks.level import Samples

#: Seconds: full height for the first, then down to nothing.
FULL, FADED = 0.010, 0.060
#: Seconds that the best lag is searched over.
_SEARCHED = 0.020
#: Seconds in which a step between what was heard and what is made up is levelled.
_LEVELLED = 0.002
#: Seconds of overlap when sound comes back: at first, at most.
_MERGED, _MERGED_MOST = 0.004, 0.010


class Concealer:
    """Keeps what was heard last, makes up what is missing, and joins it to what comes next."""

    __slots__ = ("_history", "_made", "_out", "_rate")

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._history: Samples = np.zeros(round(rate * (3 * LONGEST + _SEARCHED)), np.int16)
        self._made: Wave | None = None
        self._out = 0

    @property
    def faded(self) -> float:
        """How much of the voice is gone from what is made up next: 0 while nothing is, to 1."""
        if self._made is None:
            return 0.0
        begun, end = FULL * self._rate, FADED * self._rate
        return min(1.0, max(0.0, (self._out - begun) / (end - begun)))

    def heard(self, samples: Samples) -> Samples:
        """Take what was decoded; return it joined to what was made up before, if anything was."""
        if self._made is not None:
            samples = self._merge(self._made, samples)
        self._remember(samples)
        return samples

    def conceal(self, count: int) -> Samples:
        """The next `count` samples of what is missing."""
        if self._made is None:
            self._made, self._out = self._go_on(), 0
        piece = self._next(self._made, count)
        self._remember(piece)
        return piece

    def _next(self, made: Wave, count: int) -> Samples:
        piece = np.zeros(count, np.float32)
        rest = made[self._out : self._out + count]
        piece[: rest.size] = rest
        self._out += count
        return np.rint(piece).astype(np.int16)

    def _remember(self, samples: Samples) -> None:
        size = self._history.size
        if samples.size >= size:
            self._history = samples[-size:]
        else:
            self._history = np.concatenate((self._history[samples.size :], samples))

    def _merge(self, made: Wave, samples: Samples) -> Samples:
        """Cross-fade from what would have been made up next; the longer the gap the longer."""
        longest = round(_MERGED_MOST * self._rate)
        size = min(round(_MERGED * self._rate) + self._out // 8, longest, samples.size)
        before = self._next(made, size).astype(np.float32)
        weight = np.linspace(0, 1, size, dtype=np.float32)
        joined = samples.copy()
        joined[:size] = np.rint(before * (1 - weight) + samples[:size] * weight).astype(np.int16)
        self._made = None
        return joined

    def _go_on(self) -> Wave:
        """What would follow: one period, later two, then three, so that it does not hum."""
        rate = self._rate
        heard = self._history.astype(np.float32)
        lag, _ = period(heard[-round(rate * (LONGEST + _SEARCHED)) :], rate)
        size = round(FADED * rate)
        made = np.zeros(0, np.float32)
        for periods in (1, 2, 3):
            until = round(rate * 0.010 * periods) if periods < 3 else size
            while made.size < until:
                made = _append(made, heard, lag * periods, lag // 4)
        return self._level_start(made[:size], heard, lag) * _fade(size, rate)

    def _level_start(self, made: Wave, heard: Wave, lag: int) -> Wave:
        """Take out the step between the last sample heard and the one that led to the period."""
        size = round(_LEVELLED * self._rate)
        step = float(heard[-1] - heard[-lag - 1])
        out = made.copy()
        out[:size] += step * np.linspace(1, 0, size, dtype=np.float32)
        return np.clip(out, -32768, 32767)


def _append(made: Wave, heard: Wave, length: int, overlap: int) -> Wave:
    """Lay the last `length` heard samples after what is made, over a quarter of a period."""
    piece = heard[-length:]
    if not made.size:
        return piece
    lead = heard[-length - overlap : -length]
    weight = np.linspace(0, 1, overlap, dtype=np.float32)
    joined = made[-overlap:] * (1 - weight) + lead * weight
    return np.concatenate((made[:-overlap], joined, piece))


def _fade(size: int, rate: int) -> Wave:
    """Full height for 10 ms, then straight down to nothing."""
    full = round(FULL * rate)
    down = np.linspace(1, 0, size - full, dtype=np.float32)
    return np.concatenate((np.ones(full, np.float32), down))
