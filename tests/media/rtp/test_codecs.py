"""Codecs and sample rates: a tone goes through each and is the same tone."""

from __future__ import annotations

import numpy as np
import pytest

from media.rtp.codec import CodecError
from media.rtp.codecs import NAMES, codec
from media.rtp.playout import Playout
from media.rtp.resample import Resampler
from media.tracks.spectrum import peaks
from media.tracks.tone import sine
from offhook.core.errors import InvalidInput
from tests.media.rtp.line import Ear, Network, arrivals, tone_payload

pytestmark = pytest.mark.unit

RATES = [(8000, 48_000), (48_000, 8000), (16_000, 48_000), (48_000, 16_000), (8000, 16_000)]


@pytest.mark.parametrize("name", NAMES)
def test_a_tone_goes_through_a_codec(name: str) -> None:
    made = codec(name)
    size, heard = made.sample_rate // 50, []
    for number in range(100):
        payload = tone_payload(number, 1000.0, made)
        assert made.ticks(payload) == made.clock_rate // 50
        heard.append(made.decode(payload))
    assert {frame.size for frame in heard} == {size}
    (peak,) = peaks(np.concatenate(heard[20:]), made.sample_rate)
    assert abs(peak.hz - 1000) < 0.5
    assert abs(peak.level + 20) < 1


@pytest.mark.parametrize("name", ["G722", "opus"])
def test_a_tone_goes_through_loss_and_jitter_in_wide_band(name: str) -> None:
    made = codec(name)
    network = Network(loss=0.03, jitter=20)
    came = arrivals(network, 250, lambda n: tone_payload(n, 440.0, made), made.clock_rate // 50)
    heard = Ear(Playout(made)).listen(came, 250)
    (peak,) = peaks(heard[made.sample_rate :], made.sample_rate)
    assert abs(peak.hz - 440) < 0.5
    assert peak.level > -21


def test_an_unknown_codec_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="G729"):
        codec("G729")


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_payload_is_no_sound(name: str) -> None:
    with pytest.raises(CodecError):
        codec(name).decode(b"")


@pytest.mark.parametrize(
    ("payload", "ticks"),
    [
        (b"", 0),
        (b"\x08aa", 960),
        (b"\x18aa", 2880),
        (b"\x69aa", 1920),
        (b"\xe3\x02aaaa", 240),
        (b"\xfb\x06aaaa", 5760),
        (b"\xfb\x07aaaa", 0),
        (b"\x03", 0),
    ],
)
def test_an_opus_packet_says_how_long_it_is(payload: bytes, ticks: int) -> None:
    """RFC 6716 3.1, 3.2."""
    assert codec("opus").ticks(payload) == ticks


@pytest.mark.parametrize(("source", "target"), RATES)
def test_every_frame_has_its_frame_and_its_tone(source: int, target: int) -> None:
    resample, size = Resampler(source, target), source // 50
    out = [resample(sine(1000, -20, size * n, size, source)) for n in range(50)]
    assert {frame.size for frame in out} == {target // 50}
    (peak,) = peaks(np.concatenate(out)[target // 10 :], target)
    assert abs(peak.hz - 1000) < 0.05
    assert abs(peak.level + 20) < 0.05


@pytest.mark.parametrize("hz", [4300, 5000, 7000, 9000, 15_000])
def test_what_a_phone_cannot_carry_does_not_come_back_as_another_tone(hz: int) -> None:
    resample = Resampler(48_000, 8000)
    out = [resample(sine(hz, -10, 960 * n, 960, 48_000)) for n in range(50)]
    assert peaks(np.concatenate(out)[800:], 8000, floor=-75) == []


def test_no_images_are_heard_above_the_telephone_band() -> None:
    resample = Resampler(8000, 48_000)
    out = [resample(sine(3000, -10, 160 * n, 160, 8000)) for n in range(50)]
    found = peaks(np.concatenate(out)[4800:], 48_000, limit=3, floor=-80)
    assert [round(peak.hz) for peak in found] == [3000]


def test_the_filter_delays_by_three_milliseconds() -> None:
    resample = Resampler(8000, 48_000)
    click = np.zeros(160, np.int16)
    click[0] = 20_000
    out = np.concatenate((resample(click), resample(np.zeros(160, np.int16))))
    assert abs(int(np.argmax(np.abs(out))) / 48 - 3.0) < 0.1


def test_a_full_scale_sound_is_clipped_and_never_wraps() -> None:
    square = np.where(np.arange(160) // 20 % 2, -32768, 32767).astype(np.int16)
    resample = Resampler(8000, 48_000)
    resample(square)
    out = resample(square)
    assert np.mean(out[200:220]) < -20_000 or np.mean(out[200:220]) > 20_000
    assert np.max(np.abs(np.diff(out.astype(np.int32)))) < 25_000


def test_other_lengths_and_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="160"):
        Resampler(8000, 48_000)(np.zeros(161, np.int16))
    with pytest.raises(ValueError, match="44100"):
        Resampler(8000, 44_100)
    same = np.arange(160, dtype=np.int16)
    assert Resampler(8000, 8000)(same) is same
