"""Sound from a file of the operator's, in any format that FFmpeg reads, as one channel."""

from __future__ import annotations

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from media.tracks.level import FULL_SCALE, Samples, dbov
from offhook.core.errors import InvalidInput

#: No peak goes higher, as a part of full scale.
_HIGHEST = 0.9


def read_sound(path: str, rate: int, *, longest: float, level: float) -> Samples:
    """The first `longest` seconds at this sample rate, brought to `level` dBov, or as near to it as
    its peaks allow.

    Raises `InvalidInput` for what is no sound, or silence.
    """
    samples = _decoded(path, rate, round(longest * rate))
    loudness = dbov(samples)
    if samples.size < rate or loudness < -70:
        raise InvalidInput(f"{path} holds no sound to speak of", code="no_sound")
    peak = int(np.abs(samples.astype(np.int32)).max())
    gain = min(10 ** ((level - loudness) / 20), _HIGHEST * FULL_SCALE / peak)
    scaled: NDArray[np.float64] = np.rint(samples * gain)
    return scaled.astype(np.int16)


def _decoded(path: str, rate: int, most: int) -> Samples:
    pieces: list[Samples] = []
    count = 0
    try:
        with av.open(path) as container:
            resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
            for frame in container.decode(audio=0):
                for made in resampler.resample(frame):
                    pieces.append(made.to_ndarray().ravel().astype(np.int16))
                    count += pieces[-1].size
                if count >= most:
                    break
    except (FFmpegError, IndexError) as error:
        raise InvalidInput(f"{path} cannot be read as sound: {error}", code="no_sound") from error
    whole: Samples = np.concatenate([np.zeros(0, np.int16), *pieces])
    return whole[:most]
