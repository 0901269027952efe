"""Sources of sound, and what is heard of them."""

from __future__ import annotations

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError
from hypothesis import given
from hypothesis import strategies as st

from media.tracks.level import Samples, samples_of
from media.tracks.listen import Listener
from media.tracks.silence import SilenceTrack
from media.tracks.sound import FRAME, RATE, stereo_frame
from media.tracks.spectrum import peaks
from media.tracks.tone import ToneTrack, sine

pytestmark = pytest.mark.unit


def heard_of(mono: Samples, *, without: tuple[int, ...] = ()) -> Listener:
    """A listener who got a sound in frames of 20 ms, but for those left out."""
    listener = Listener()
    for index in range(len(mono) // FRAME):
        if index not in without:
            first = index * FRAME
            listener.feed(stereo_frame(mono[first : first + FRAME], first))
    return listener


@given(st.floats(20, 20_000), st.integers(0, 10**9), st.integers(1, 959))
def test_a_tone_is_the_same_however_it_is_cut(hz: float, first: int, cut: int) -> None:
    whole = sine(hz, -20, first, 960).astype(int)
    parts = np.concatenate([sine(hz, -20, first, cut), sine(hz, -20, first + cut, 960 - cut)])
    assert np.abs(whole - parts.astype(int)).max() <= 1


@given(st.floats(100, 8000), st.floats(-50, -4))
def test_a_tone_is_found_at_its_frequency_and_level(hz: float, level: float) -> None:
    (peak,) = peaks(sine(hz, level, 0, RATE // 2), RATE)
    assert peak.hz == pytest.approx(hz, abs=0.05)
    assert peak.level == pytest.approx(level, abs=0.5)


def test_two_tones_are_both_found_loudest_first() -> None:
    mixed = sine(440, -30, 0, RATE) + sine(880, -20, 0, RATE)
    assert [round(peak.hz) for peak in peaks(mixed, RATE, limit=4)] == [880, 440]


def test_silence_has_no_peak() -> None:
    assert peaks(np.zeros(RATE, np.int16), RATE) == []
    assert peaks(np.zeros(0, np.int16), RATE) == []


def test_a_whole_tone_is_heard_without_a_gap() -> None:
    sound = heard_of(sine(440, -20, 0, RATE)).take()
    assert (sound.frames, sound.seconds, sound.gaps, sound.missing) == (50, 1.0, 0, 0.0)
    assert sound.is_tone(440, within=0.1)
    assert sound.level == pytest.approx(-20, abs=0.1)


def test_lost_frames_are_gaps_by_their_presentation_times() -> None:
    sound = heard_of(sine(440, -20, 0, RATE), without=(10, 11, 30)).take()
    assert sound.gaps == 2
    assert sound.missing == pytest.approx(0.06)
    assert sound.is_tone(440)


def test_what_was_taken_is_not_heard_again() -> None:
    listener = heard_of(sine(440, -20, 0, RATE))
    listener.take()
    nothing = listener.take()
    assert nothing.frames == 0
    assert nothing.is_silent()
    assert not nothing.is_tone(440)


def test_time_running_backwards_is_a_new_sound_and_no_gap() -> None:
    listener = heard_of(sine(440, -20, 0, RATE))
    listener.feed(stereo_frame(sine(440, -20, 0, FRAME), 0))
    listener.feed(stereo_frame(sine(440, -20, FRAME, FRAME), FRAME))
    assert listener.take().gaps == 0


async def test_a_tone_track_gives_a_frame_every_twenty_milliseconds() -> None:
    track = ToneTrack(440)
    frames = [await track.recv() for _ in range(4)]
    assert [frame.pts for frame in frames] == [0, 960, 1920, 2880]
    assert {frame.sample_rate for frame in frames} == {RATE}
    joined = np.concatenate([samples_of(frame)[:, 1] for frame in frames])
    assert np.array_equal(joined, sine(440, -20, 0, 4 * FRAME))
    track.stop()
    with pytest.raises(MediaStreamError):
        await track.recv()


async def test_a_silence_track_is_silent_and_keeps_time() -> None:
    track = SilenceTrack()
    frames = [await track.recv() for _ in range(3)]
    assert not any(samples_of(frame).any() for frame in frames)
    assert [frame.pts for frame in frames] == [0, FRAME, 2 * FRAME]


@pytest.mark.parametrize("hz", [0, -1, 24_000])
def test_a_tone_that_cannot_be_sampled_is_refused(hz: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 24000"):
        ToneTrack(hz)
