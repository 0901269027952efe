"""Frames made shorter or longer by one period: no seam is heard, and nothing of the pitch lost."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from media.rtp.timescale import longer, shorter
from media.tracks.level import Samples
from media.tracks.spectrum import peaks
from media.tracks.tone import sine
from tests.media.rtp.line import steepest

pytestmark = pytest.mark.unit


def voice(number: int, rate: int = 8000) -> Samples:
    """A frame of a tone that grows, so that no two of its periods are the same."""
    size = rate // 50
    wave = sine(233.0, -20, size * number, size, rate) * np.linspace(0.8, 1.0, size)
    out: Samples = np.rint(wave).astype(np.int16)
    return out


@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
def test_a_shorter_frame_begins_and_ends_as_it_did(rate: int) -> None:
    frame = voice(3, rate)
    out = shorter(frame, rate)
    lag = frame.size - out.size
    assert 0.0025 * rate <= lag <= 0.010 * rate
    assert (out[0], out[lag - 1]) == (frame[0], frame[2 * lag - 1])
    assert np.array_equal(out[lag:], frame[2 * lag :])


@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
def test_a_longer_frame_begins_and_ends_as_it_did(rate: int) -> None:
    frame = voice(3, rate)
    out = longer(frame, rate)
    lag = out.size - frame.size
    assert 0.0025 * rate <= lag <= 0.010 * rate
    assert np.array_equal(out[:lag], frame[:lag])
    assert (out[lag], out[2 * lag - 1]) == (frame[lag], frame[lag - 1])
    assert np.array_equal(out[2 * lag :], frame[lag:])


@pytest.mark.parametrize("change", [shorter, longer])
def test_a_tone_keeps_its_pitch(change: Callable[[Samples, int], Samples]) -> None:
    frames = [sine(440, -20, 160 * number, 160, 8000) for number in range(100)]
    heard = np.concatenate([change(f, 8000) if n % 10 == 0 else f for n, f in enumerate(frames)])
    assert heard.size != 16_000
    assert abs(peaks(heard, 8000)[0].hz - 440) < 1.5
    assert steepest(heard) < 2600


def test_what_has_no_period_is_left_as_it_is() -> None:
    noise = np.random.default_rng(2).normal(0, 3000, 160).astype(np.int16)
    assert shorter(noise, 8000) is noise
    assert longer(noise, 8000) is noise


def test_of_silence_the_most_is_taken() -> None:
    silence = np.zeros(160, np.int16)
    assert shorter(silence, 8000).size == 80
    assert longer(silence, 8000).size == 240
