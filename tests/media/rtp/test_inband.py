"""Digits as tones: heard at the edges of the standard, and never in speech."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from media.rtp.inband import HIGH, KEYS, LOW, ToneDetector, tones
from media.rtp.info import PLAIN, RELAY, InfoDigit
from media.tracks.level import Samples
from media.tracks.spectrum import peaks
from offhook.core.errors import InvalidInput, MalformedInput, UnsupportedMedia
from tests.media.rtp.line import MS

pytestmark = pytest.mark.unit

ALL = "0123456789*#ABCD"


def digits_in(samples: Samples) -> str:
    """What a detector hears in frames of 20 ms."""
    detector = ToneDetector()
    heard = [detector.hear(samples[at : at + 160]) for at in range(0, samples.size, 160)]
    return "".join(one.digit for frame in heard for one in frame)


def with_noise(samples: Samples, below: float, seed: int = 5) -> Samples:
    """The sound with noise so many dB below it."""
    wave = samples.astype(np.float64)
    level = np.sqrt(np.mean(wave[wave != 0] ** 2)) * 10 ** (-below / 20)
    noise = np.random.default_rng(seed).normal(0, level, wave.size)
    noisy: Samples = np.clip(np.rint(wave + noise), -32768, 32767).astype(np.int16)
    return noisy


def speech(seconds: int, seed: int) -> Samples:
    """Voiced and hissed syllables with gliding pitch and formants, as loud as talk is."""
    luck, rate = np.random.default_rng(seed), 8000
    out: list[NDArray[np.float64]] = []
    while sum(piece.size for piece in out) < seconds * rate:
        time = np.arange(int(luck.uniform(0.08, 0.3) * rate)) / rate
        pitch = luck.uniform(80, 260) * (1 + luck.uniform(-0.3, 0.3) * time)
        phase = 2 * np.pi * np.cumsum(pitch) / rate
        formants = luck.uniform((250, 800, 1800), (900, 2200, 3200))
        voice = np.zeros(time.size)
        for harmonic in range(1, int(3600 / pitch.max())):
            at = harmonic * pitch.mean()
            height = sum(1 / (1 + ((at - formant) / 90) ** 2) for formant in formants)
            voice += height * np.sin(harmonic * phase + luck.uniform(0, 6.28))
        voice += luck.normal(0, luck.choice([0.02, 1.0]), time.size)
        shape = np.sin(np.pi * np.arange(time.size) / time.size) ** 0.5
        out += [shape * voice / np.abs(voice).max() * luck.uniform(3000, 20_000)]
        out += [np.zeros(int(luck.uniform(0, 0.15) * rate))]
    sound: Samples = np.rint(np.concatenate(out)).astype(np.int16)
    return sound


@pytest.mark.parametrize("offset", [0, 37, 80, 111])
def test_the_shortest_digits_are_heard_wherever_they_begin(offset: int) -> None:
    """40 ms of tone and 40 ms of pause (ITU-T Q.24)."""
    sound = tones(ALL, duration=40 * MS, gap=40 * MS)
    assert digits_in(np.concatenate((np.zeros(offset, np.int16), sound))) == ALL


def test_what_is_too_short_is_no_digit() -> None:
    assert digits_in(tones(ALL, duration=20 * MS, gap=60 * MS)) == ""


@pytest.mark.parametrize("twist", [-8.0, -4.0, 0.0, 4.0, 5.0])
def test_one_group_may_be_stronger_than_the_other(twist: float) -> None:
    assert digits_in(tones(ALL, level=-16, twist=twist)) == ALL


@pytest.mark.parametrize("twist", [-12.0, 9.0])
def test_too_much_twist_is_refused(twist: float) -> None:
    assert digits_in(tones(ALL, level=-16, twist=twist)) == ""


@pytest.mark.parametrize(("level", "expected"), [(-31.0, ALL), (-45.0, "")])
def test_weak_digits_are_heard_down_to_a_floor(level: float, expected: str) -> None:
    assert digits_in(tones(ALL, level=level)) == expected


@pytest.mark.parametrize("off", [0.985, 1.015])
def test_frequencies_may_be_off_by_one_and_a_half_percent(off: float) -> None:
    rate = round(8000 / off)
    assert digits_in(tones(ALL, rate=rate)) == ALL


@pytest.mark.parametrize("off", [0.96, 1.04])
def test_frequencies_further_off_are_no_digits(off: float) -> None:
    assert digits_in(tones("3690#ABCD", rate=round(8000 / off))) == ""


def test_digits_are_heard_in_noise() -> None:
    assert digits_in(with_noise(tones(ALL), 15)) == ALL


def test_a_short_break_does_not_make_two_digits() -> None:
    sound = tones("5", duration=200 * MS)
    sound[800:880] = 0
    assert digits_in(sound) == "5"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_speech_is_not_taken_for_digits(seed: int) -> None:
    assert digits_in(speech(60, seed)) == "", f"seed {seed}"


def test_noise_and_single_tones_are_no_digits() -> None:
    noise = np.random.default_rng(1).normal(0, 4000, 80_000).astype(np.int16)
    assert digits_in(noise) == ""
    time = np.arange(8000) / 8000
    for hz in (*LOW, *HIGH):
        assert digits_in((10_000 * np.sin(2 * np.pi * hz * time)).astype(np.int16)) == ""


@pytest.mark.parametrize("digit", ALL)
def test_the_generator_makes_the_two_tones_of_a_digit(digit: str) -> None:
    row = next(number for number, keys in enumerate(KEYS) if digit in keys)
    found = {
        round(peak.hz) for peak in peaks(tones(digit, duration=500 * MS, gap=0), 8000, limit=2)
    }
    assert found == {LOW[row], HIGH[KEYS[row].index(digit)]}


def test_the_generator_refuses_what_has_no_tones() -> None:
    with pytest.raises(InvalidInput):
        tones("F")


# SIP INFO


@pytest.mark.parametrize(
    ("kind", "body", "digit", "duration"),
    [
        (RELAY, b"Signal=5\r\nDuration=160\r\n", "5", 160 * MS),
        (RELAY, b"Signal= #\nDuration= 250", "#", 250 * MS),
        (RELAY, b"signal=11\r\n", "#", 100 * MS),
        (RELAY + "; charset=x", b"Duration=0\r\nSignal=d\r\n", "D", 100 * MS),
        (PLAIN, b"7", "7", 100 * MS),
        (PLAIN, b" * \r\n", "*", 100 * MS),
    ],
)
def test_the_bodies_of_info_are_read(kind: str, body: bytes, digit: str, duration: int) -> None:
    assert InfoDigit.parse(kind, body) == InfoDigit(digit, duration)


@pytest.mark.parametrize("kind", [RELAY, PLAIN])
@pytest.mark.parametrize("digit", ALL)
def test_a_body_is_read_as_it_was_written(kind: str, digit: str) -> None:
    assert InfoDigit.parse(kind, InfoDigit(digit).body(kind)) == InfoDigit(digit)


@pytest.mark.parametrize(
    "body", [b"", b"Signal=\r\n", b"Signal=55\r\n", b"Duration=100", b"Signal=5\r\nDuration=long"]
)
def test_a_body_without_a_digit_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedInput):
        InfoDigit.parse(RELAY, body)


def test_another_type_is_refused() -> None:
    with pytest.raises(UnsupportedMedia):
        InfoDigit.parse("text/plain", b"5")
