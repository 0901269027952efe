"""Digits as the tones they are: a detector for sound without telephone events, and the tones.

The measures are those of ITU-T Q.24: a digit of 40 ms is heard, one of 20 ms is not, a break of
10 ms is passed over, the groups may differ by some decibels, and speech is not taken for digits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media.rtp.dtmf import DURATION, GAP
from media.tracks.level import FULL_SCALE, Samples, amplitude
from offhook.core.clock import SECOND
from offhook.core.errors import InvalidInput

#: Low and high group in Hz (ITU-T Q.23).
LOW = (697, 770, 852, 941)
HIGH = (1209, 1336, 1477, 1633)
KEYS = ("123A", "456B", "789C", "*0#D")
RATE = 8000
#: A block of 20 ms is looked at every 10 ms; two must agree.
BLOCK, HOP = 160, 80
#: So many blocks without it end a digit: two are touched by a break of 10 ms.
_ENDED = 3
#: The weakest tone that counts, dBov.
WEAKEST = -33.0
#: How much stronger the high group may be than the low one, and the low than the high: ratios.
FORWARD, REVERSE = 10**0.6, 10**0.9
#: Each tone is looked for here and so far beside it: 1.5 % off is heard, 3.5 % is not.
_OFF = 0.011
#: How much of a block's energy the two tones must hold.
_PURE = 0.78
#: How much stronger a tone must be than the others of its group.
_ABOVE = 6.0


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """A digit that was heard in band, when its tone has begun."""

    digit: str


def _probes() -> NDArray[np.complex64]:
    time = np.arange(BLOCK) / RATE
    places = np.outer(LOW + HIGH, (1 - _OFF, 1.0, 1 + _OFF)).ravel()
    bins = places[:, None] * time[None, :]
    probes: NDArray[np.complex64] = np.exp(-2j * np.pi * bins).astype(np.complex64)
    return probes


class ToneDetector:
    """Takes 8 kHz sound of any length; says each digit once, when two blocks agree."""

    __slots__ = ("_before", "_misses", "_probes", "_rest", "_sounding")

    def __init__(self) -> None:
        self._probes = _probes()
        self._rest: NDArray[np.float32] = np.zeros(0, np.float32)
        self._before: str | None = None
        self._sounding: str | None = None
        self._misses = 0

    @property
    def sounding(self) -> bool:
        """Whether a digit's tone sounds now: it is to be taken out when it goes on as an event."""
        return self._sounding is not None

    def hear(self, samples: Samples) -> list[ToneHeard]:
        """The digits that began in this sound."""
        wave = np.concatenate((self._rest, samples.astype(np.float32)))
        out = []
        at = 0
        while at + BLOCK <= wave.size:
            digit = self._take(self._digit(wave[at : at + BLOCK]))
            if digit is not None:
                out.append(ToneHeard(digit))
            at += HOP
        self._rest = wave[at:]
        return out

    def _take(self, digit: str | None) -> str | None:
        """Two blocks of the same begin a digit, three without it end it."""
        agrees, self._before = digit == self._before, digit
        if digit == self._sounding:
            self._misses = 0
            return None
        if digit is not None and agrees:
            self._sounding, self._misses = digit, 0
            return digit
        self._misses += 1
        if self._misses >= _ENDED:
            self._sounding = None
        return None

    def _digit(self, block: NDArray[np.float32]) -> str | None:
        """The digit of one block: level, twist, purity, and the rest of each group."""
        energy = float(block @ block)
        if energy < BLOCK * (FULL_SCALE * 10 ** (WEAKEST / 20)) ** 2:
            return None
        power = (np.abs(self._probes @ block) ** 2).reshape(8, 3).max(axis=1)
        low, high = int(np.argmax(power[:4])), int(np.argmax(power[4:]))
        row, column = float(power[low]), float(power[4 + high])
        if column > row * FORWARD or row > column * REVERSE:
            return None
        if 2 * (row + column) < _PURE * BLOCK * energy:
            return None
        if _rivals(power[:4], low) * _ABOVE > row or _rivals(power[4:], high) * _ABOVE > column:
            return None
        return KEYS[low][high]


def _rivals(group: NDArray[np.float32], best: int) -> float:
    return float(np.max(np.delete(group, best)))


def tones(
    digits: str,
    *,
    rate: int = RATE,
    duration: int = DURATION,
    gap: int = GAP,
    level: float = -13.0,
    twist: float = 2.0,
) -> Samples:
    """The sound of digits: `level` is dBov of the low tone, the high one is `twist` dB above.

    Durations in microseconds. Raises `InvalidInput` for what is no digit.
    """
    silence = np.zeros(gap * rate // SECOND)
    pieces = [np.zeros(0)]
    for position, digit in enumerate(digits.upper(), 1):
        pieces += [_tone(digit, position, rate, duration, level, twist), silence]
    return np.rint(np.concatenate(pieces)).astype(np.int16)


def _tone(
    digit: str, position: int, rate: int, duration: int, level: float, twist: float
) -> NDArray[np.float64]:
    row = next((n for n, keys in enumerate(KEYS) if digit in keys), None)
    if row is None:
        raise InvalidInput(
            f"{digit!r} has no tones", code="invalid_digits", field="digits", position=position
        )
    time = np.arange(duration * rate // SECOND) * (2 * np.pi / rate)
    column = HIGH[KEYS[row].index(digit)]
    wave: NDArray[np.float64] = amplitude(level) * np.sin(LOW[row] * time)
    wave += amplitude(level + twist) * np.sin(column * time)
    return wave
