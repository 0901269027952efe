"""How loud: reference values of RFC 6464."""

from __future__ import annotations

import numpy as np
import pytest
from av import AudioFrame

from media.tracks.level import amplitude, dbov, frame_level, mono, samples_of
from media.tracks.tone import sine

pytestmark = pytest.mark.unit


def test_a_full_square_wave_is_the_overload_point() -> None:
    assert dbov(np.full(960, 32767, np.int16)) == pytest.approx(0.0, abs=0.001)


def test_a_full_sine_is_three_decibels_below_the_overload_point() -> None:
    assert dbov(sine(1000, -3.0103, 0, 48_000)) == pytest.approx(-3.01, abs=0.01)


@pytest.mark.parametrize("level", [-6.0, -20.0, -40.0, -60.0])
def test_a_sine_measures_the_level_it_was_made_with(level: float) -> None:
    assert dbov(sine(997, level, 0, 48_000)) == pytest.approx(level, abs=0.2)


def test_silence_and_nothing_are_minus_127() -> None:
    assert dbov(np.zeros(960, np.int16)) == -127
    assert dbov(np.zeros(0, np.int16)) == -127


def test_the_loudest_negative_sample_does_not_overflow() -> None:
    assert dbov(np.full(960, -32768, np.int16)) == 0


def test_a_sine_that_would_overload_is_refused() -> None:
    with pytest.raises(ValueError, match="overloads"):
        amplitude(-2.0)


@pytest.mark.parametrize(("format_name", "rows"), [("s16", 1), ("s16p", 2)])
def test_packed_and_planar_frames_have_the_same_samples(format_name: str, rows: int) -> None:
    left, right = sine(440, -10, 0, 960), sine(880, -30, 0, 960)
    both = np.stack([left, right], axis=1)
    array = both.reshape(1, -1) if rows == 1 else np.ascontiguousarray(both.T)
    frame = AudioFrame.from_ndarray(array, format=format_name, layout="stereo")
    assert np.array_equal(samples_of(frame), both)
    assert frame_level(frame) == -13


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_one_channel_is_the_mean_of_all(channels: int) -> None:
    loudest = np.full((10, channels), -32768, np.int16)
    assert np.array_equal(mono(loudest), loudest[:, 0])
    rising = np.arange(10 * channels, dtype=np.int16).reshape(10, channels)
    assert np.abs(mono(rising) - rising.mean(axis=1)).max() < 1


def test_floating_point_sound_is_refused_by_name() -> None:
    frame = AudioFrame.from_ndarray(np.zeros((1, 960), np.float32), format="flt", layout="mono")
    with pytest.raises(ValueError, match="flt"):
        samples_of(frame)
