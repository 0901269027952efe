"""The test picture: painted, coded, scaled, and recognised."""

from __future__ import annotations

import numpy as np
import pytest
from aiortc.codecs.vpx import Vp8Decoder, Vp8Encoder, vp8_depayload
from aiortc.jitterbuffer import JitterFrame
from av import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from media.tracks.picture import Mark, PictureTrack, paint, recognise
from media.tracks.watch import Watcher

pytestmark = pytest.mark.unit

marks = st.builds(Mark, st.integers(0, 255), st.integers(0, 65535))


@given(marks, st.sampled_from([(64, 64), (160, 90), (320, 240), (640, 360)]))
def test_a_painted_picture_is_recognised_at_any_size(mark: Mark, size: tuple[int, int]) -> None:
    assert recognise(paint(mark, *size)) == mark


@given(marks, st.sampled_from([(80, 60), (160, 120), (200, 150), (640, 480)]))
def test_a_scaled_picture_is_recognised(mark: Mark, size: tuple[int, int]) -> None:
    scaled = paint(mark, 320, 240).reformat(width=size[0], height=size[1])
    assert recognise(scaled) == mark


@given(st.binary(min_size=64 * 96, max_size=64 * 96))
def test_noise_is_not_taken_for_a_picture_of_the_right_colour(noise: bytes) -> None:
    array = np.frombuffer(noise, np.uint8).reshape(96, 64)
    found = recognise(VideoFrame.from_ndarray(array, format="yuv420p"))
    assert found is None or isinstance(found, Mark)


@pytest.mark.parametrize("shade", [0, 16, 128, 235, 255])
def test_a_plain_picture_has_no_mark(shade: int) -> None:
    array = np.full((360, 320), shade, np.uint8)
    assert recognise(VideoFrame.from_ndarray(array, format="yuv420p")) is None


def test_the_right_code_in_the_wrong_colour_is_not_recognised() -> None:
    frame = paint(Mark(3, 7), 320, 240).to_ndarray(format="yuv420p")
    frame[240:] = 128
    assert recognise(VideoFrame.from_ndarray(frame, format="yuv420p")) is None


def through_vp8(frames: list[VideoFrame], bits: int) -> list[VideoFrame]:
    """What a VP8 coder at a low rate leaves of some frames."""
    encoder, decoder = Vp8Encoder(), Vp8Decoder()
    encoder.target_bitrate = bits
    out: list[VideoFrame] = []
    for frame in frames:
        payloads, timestamp = encoder.encode(frame)
        data = b"".join(vp8_depayload(payload) for payload in payloads)
        decoded = decoder.decode(JitterFrame(data=data, timestamp=timestamp))
        out += [each for each in decoded if isinstance(each, VideoFrame)]
    return out


async def test_every_frame_survives_vp8_at_a_low_rate() -> None:
    track = PictureTrack(17, width=320, height=240, fps=60)
    watcher = Watcher()
    for frame in through_vp8([await track.recv() for _ in range(20)], 250_000):
        watcher.feed(frame)
    seen = watcher.take()
    assert (seen.frames, seen.recognised, seen.skipped) == (20, 20, 0)
    assert (seen.width, seen.height, seen.first, seen.last) == (320, 240, 0, 19)
    assert seen.shows(17)
    assert seen.moved == 19


def test_frames_left_out_are_counted() -> None:
    watcher = Watcher()
    for counter in (65533, 65534, 1, 2):
        watcher.feed(paint(Mark(5, counter), 160, 120))
    assert watcher.take().skipped == 2


def test_a_still_picture_does_not_move() -> None:
    watcher = Watcher()
    for _ in range(5):
        watcher.feed(VideoFrame.from_ndarray(np.full((360, 320), 90, np.uint8), format="yuv420p"))
    seen = watcher.take()
    assert (seen.frames, seen.moved, seen.picture) == (5, 0, None)


def test_nothing_seen_is_a_sight_of_no_frames() -> None:
    nothing = Watcher().take()
    assert nothing.frames == 0
    assert not nothing.shows(5)


@pytest.mark.parametrize(
    "wish", [{"number": 256}, {"number": 1, "width": 33}, {"number": 1, "fps": 0}]
)
def test_a_picture_that_cannot_be_painted_is_refused(wish: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="test picture"):
        PictureTrack(**wish)
