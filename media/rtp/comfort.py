"""Comfort noise: what is heard while nothing is said (RFC 3389)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from media.tracks.level import FULL_SCALE, Samples, dbov

PAYLOAD_TYPE = 13
#: dBov of the noise before anything was heard, and the bounds of what is made.
QUIET, LOUDEST, SOFTEST = -70, -40, -80
#: How long the noise is before it begins again, in seconds; nobody hears it come round.
_LOOP = 1.024
#: Reflection coefficients that are looked at; more shape nothing.
_ORDER = 16
#: Every so many frames one is looked at, and lets the noise rise by so many dB at most.
_LOOKED_AT, _RISE = 4, 0.2


@dataclass(frozen=True, slots=True)
class NoiseShape:
    """A payload of comfort noise: its level in -dBov, 0 to 127, and reflection coefficients."""

    level: int
    reflections: tuple[float, ...] = ()

    @classmethod
    def parse(cls, payload: bytes) -> NoiseShape | None:
        """Read a payload (RFC 3389, 3); None when it is empty."""
        if not payload:
            return None
        shape = tuple((min(byte, 254) - 127) / 128 for byte in payload[1 : 1 + _ORDER])
        return cls(payload[0] & 0x7F, shape)

    def __bytes__(self) -> bytes:
        shape = (max(0, min(254, round(k * 128) + 127)) for k in self.reflections)
        return bytes((self.level, *shape))


class ComfortNoise:
    """An endless noise of the level and colour last asked for. The seed makes it repeatable."""

    __slots__ = ("_at", "_followed", "_heard", "_loop", "_shape", "_white")

    def __init__(self, rate: int, seed: int = 0) -> None:
        white = np.random.default_rng(seed).standard_normal(round(_LOOP * rate))
        self._white: NDArray[np.complex128] = np.fft.rfft(white)
        self._at = self._followed = 0
        self._heard: float = QUIET
        self._shape: NoiseShape | None = None
        self._loop: Samples | None = None

    def become(self, shape: NoiseShape) -> None:
        """Sound as the sender says from now on."""
        if shape != self._shape:
            self._shape, self._loop = shape, None

    def follow(self, heard: Samples) -> None:
        """Learn the other end's own background from its quietest frames; until it tells us."""
        self._followed += 1
        if self._followed % _LOOKED_AT:
            return
        level = max(float(SOFTEST), dbov(heard))
        before = self._heard
        self._heard = min(level, before + _RISE, LOUDEST)
        if round(self._heard) != round(before) and self._shape is None:
            self._loop = None

    def make(self, count: int) -> Samples:
        """The next `count` samples."""
        if self._loop is None:
            self._loop = self._colour()
        places = np.arange(self._at, self._at + count)
        self._at = (self._at + count) % self._loop.size
        return self._loop.take(places, mode="wrap")

    def _colour(self) -> Samples:
        shape = self._shape or NoiseShape(-round(self._heard))
        spectrum = self._white / np.abs(_whitening(shape.reflections, self._white.size))
        wave = np.fft.irfft(spectrum)
        height = (
            FULL_SCALE * 10 ** (-shape.level / 20) / max(1e-9, float(np.sqrt(np.mean(wave**2))))
        )
        return np.rint(np.clip(wave * height, -32768, 32767)).astype(np.int16)


def _whitening(reflections: tuple[float, ...], bins: int) -> NDArray[np.complex128]:
    """The frequency response of the predictor's error filter (RFC 3389, 3.2: step-up)."""
    taps = np.ones(1)
    for k in reflections:
        longer = np.concatenate((taps, [0.0]))
        taps = longer + k * longer[::-1]
    response: NDArray[np.complex128] = np.fft.rfft(taps, 2 * (bins - 1))
    response[np.abs(response) < 1e-3] = 1e-3
    return response
