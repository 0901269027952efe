"""G.711, both laws: 8 bits a sample by table, with the thresholds of ITU-T G.191."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from media.rtp.codec import CodecError
from media.tracks.level import Samples

RATE = 8000
_Codes = NDArray[np.uint8]


def _ulaw_values() -> Samples:
    """What each µ-law code stands for (G.711, table 2)."""
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    height = (((code & 15) << 3) + 132 << (code >> 4 & 7)) - 132
    values: Samples = np.where(code & 0x80, -height, height).astype(np.int16)
    return values


def _alaw_values() -> Samples:
    """What each A-law code stands for (G.711, table 1)."""
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent = code >> 4 & 7
    step = ((code & 15) << 4) + 8 + np.where(exponent > 0, 256, 0)
    height = step << np.maximum(exponent - 1, 0)
    values: Samples = np.where(code & 0x80, height, -height).astype(np.int16)
    return values


def _bits(value: NDArray[np.int32]) -> NDArray[np.int32]:
    """How many bits each number needs."""
    return np.frexp(value.astype(np.float64))[1].astype(np.int32)


def _every_sample() -> NDArray[np.int32]:
    """All samples in the order of their two's complement, which is that of the encode tables."""
    return np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)


def _ulaw_codes() -> _Codes:
    """The code of each sample; the lowest two bits do not count."""
    sample = _every_sample()
    height = np.minimum((np.where(sample < 0, ~sample, sample) >> 2) + 33, 0x1FFF)
    segment = _bits(height >> 6) + 1
    code = 8 - segment << 4 | 15 - (height >> segment & 15)
    codes: _Codes = np.where(sample < 0, code, code | 0x80).astype(np.uint8)
    return codes


def _alaw_codes() -> _Codes:
    """The code of each sample; the lowest four bits do not count below segment 2."""
    sample = _every_sample()
    height = np.where(sample < 0, ~sample, sample) >> 4
    segment = np.maximum(_bits(height) - 4, 0)
    code = segment << 4 | height >> np.maximum(segment - 1, 0) & 15
    codes: _Codes = (np.where(sample < 0, code, code | 0x80) ^ 0x55).astype(np.uint8)
    return codes


class G711:
    """One law, PCMU or PCMA: a byte is a sample and a tick (RFC 3551, 4.5.14). It has no state."""

    __slots__ = ("_codes", "_values", "name")

    clock_rate: Final = RATE
    sample_rate: Final = RATE

    def __init__(self, name: str, values: Samples, codes: _Codes) -> None:
        self.name = name
        self._values = values
        self._codes = codes

    def encode(self, frame: Samples) -> bytes:
        """One byte for each sample."""
        return self._codes[frame.view(np.uint16)].tobytes()

    def decode(self, payload: bytes) -> Samples:
        """One sample for each byte."""
        if not payload:
            raise CodecError("a payload without samples")
        return self._values[np.frombuffer(payload, np.uint8)]

    def ticks(self, payload: bytes) -> int:
        """As many as it has bytes."""
        return len(payload)


PCMU = G711("PCMU", _ulaw_values(), _ulaw_codes())
PCMA = G711("PCMA", _alaw_values(), _alaw_codes())
