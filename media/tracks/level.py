"""How loud sound is: dBov (RFC 6464), by numpy."""

from __future__ import annotations

import math

import numpy as np
from av import AudioFrame
from numpy.typing import NDArray

#: The samples of one sound, any shape.
Samples = NDArray[np.int16]

#: The overload point of 16-bit sound; a square wave of this height is 0 dBov.
FULL_SCALE = 32767

#: What silence measures; RFC 6464 has no smaller value.
SILENCE = -127.0


def samples_of(frame: AudioFrame) -> Samples:
    """The samples of a 16-bit frame as (samples, channels), without copying a packed one.

    libav's planes are longer than the sound in them: what lies behind it belongs to older frames.
    """
    channels = len(frame.layout.channels)
    if frame.format.name == "s16":
        packed = np.frombuffer(memoryview(frame.planes[0]), np.int16, frame.samples * channels)
        return packed.reshape(frame.samples, channels)
    if frame.format.name == "s16p":
        planes = [np.frombuffer(memoryview(p), np.int16, frame.samples) for p in frame.planes]
        return np.stack(planes, axis=1)
    raise ValueError(f"sound must be 16-bit, not {frame.format.name}")


def mono(samples: Samples) -> Samples:
    """The mean of the channels of (samples, channels), as one channel."""
    total: NDArray[np.int32] = samples[:, 0].astype(np.int32)
    for channel in range(1, samples.shape[1]):
        total += samples[:, channel]
    mean: NDArray[np.int32] = total // samples.shape[1]
    return mean.astype(np.int16)


def dbov(samples: Samples) -> float:
    """The root mean square against overload in dB, -127 (silence) to 0 (RFC 6465, appendix A)."""
    if samples.size == 0:
        return SILENCE
    wave = samples.ravel().astype(np.float32)
    power = float(np.dot(wave, wave)) / (wave.size * FULL_SCALE * FULL_SCALE)
    if power <= 0:
        return SILENCE
    return min(0.0, max(SILENCE, 10 * math.log10(power)))


def amplitude(level: float) -> float:
    """The height of a sine that measures `level` dBov; above -3.01 it would overload."""
    height = FULL_SCALE * math.sqrt(2) * 10 ** (level / 20)
    if height > FULL_SCALE + 0.5:
        raise ValueError(f"a sine of {level} dBov overloads; the loudest is -3.01")
    return min(height, float(FULL_SCALE))


def frame_level(frame: AudioFrame) -> int:
    """The level of a frame as the header extension carries it, with its sign (RFC 6464): dBov."""
    return round(dbov(samples_of(frame)))
