"""Another sample rate, 20 ms in and 20 ms out: a polyphase filter with 3 ms of delay.

The rates of phones and of Opus are multiples of each other, so every frame has its frame exactly.
A general streaming resampler gives its sound in bursts: soxr needs 92 ms in front to feed a frame
every 20 ms at its medium quality, 49 ms at its low one, which a conversation cannot spare.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from media.rtp.codec import FRAMES
from media.tracks.level import Samples

_Wave = NDArray[np.float32]
#: Samples of the lower rate that each output sample is made from.
_TAPS = 48
#: Samples of the lower rate that one product of matrices makes or takes: long enough to be quick.
_BLOCK = 16
#: The corner against the lower rate's Nyquist frequency, and the window's shape: 70 dB.
_CORNER, _SHAPE = 0.925, 6.5


class Resampler:
    """One direction of one stream: frames of one rate in, frames of the other out."""

    __slots__ = ("_bank", "_blocks", "_history", "_step", "_taken")

    def __init__(self, source: int, target: int) -> None:
        low, high = sorted((source, target))
        if low % (FRAMES * _BLOCK) or high % low:
            raise ValueError(f"no filter leads from {source} to {target} Hz")
        factor = high // low
        self._taken = source // FRAMES
        self._blocks = low // FRAMES // _BLOCK
        self._step = _BLOCK * (1 if target > source else factor)
        self._bank = _finer(factor) if target > source else _coarser(factor)
        if factor == 1:
            self._blocks = 0
        self._history: _Wave = np.zeros(self._bank.shape[0] - self._step, np.float32)

    def __call__(self, frame: Samples) -> Samples:
        """One frame of 20 ms; raise ValueError for another length."""
        if frame.size != self._taken:
            raise ValueError(f"a frame has {self._taken} samples, not {frame.size}")
        if not self._blocks:
            return frame
        wave = np.concatenate((self._history, frame), dtype=np.float32)
        self._history = wave[-self._history.size :]
        shape, steps = (self._blocks, self._bank.shape[0]), (4 * self._step, 4)
        blocks: _Wave = np.ndarray(shape, np.float32, wave.data, 0, steps)
        out = np.ascontiguousarray(blocks) @ self._bank
        np.rint(out, out)
        np.clip(out, -32768, 32767, out)
        return out.astype(np.int16).ravel()


def _finer(factor: int) -> _Wave:
    """From 16 samples and those before them to all the finer ones, as one matrix."""
    taps = _low_pass(factor) * factor
    bank = np.zeros((_BLOCK + _TAPS - 1, _BLOCK, factor), np.float32)
    for place in range(_BLOCK):
        bank[place : place + _TAPS, place] = taps.reshape(_TAPS, factor)[::-1]
    return bank.reshape(_BLOCK + _TAPS - 1, _BLOCK * factor)


def _coarser(factor: int) -> _Wave:
    """From the fine samples and those before them to 16 of the coarse rate, as one matrix."""
    taps = _low_pass(factor)[::-1]
    bank = np.zeros(((_BLOCK + _TAPS - 1) * factor, _BLOCK), np.float32)
    for place in range(_BLOCK):
        bank[place * factor : (place + _TAPS) * factor, place] = taps
    return bank


def _low_pass(factor: int) -> _Wave:
    """The filter at the high rate, newest sample first."""
    size = _TAPS * factor
    time = np.arange(size) - (size - 1) / 2
    taps = np.sinc(time * _CORNER / factor) * np.kaiser(size, _SHAPE)
    return np.asarray(taps / taps.sum(), np.float32)
