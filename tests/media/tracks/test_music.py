"""The hold music: how long, how loud, without a seam, in chords, the same every time."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.codeccontext import AudioCodecContext

from media.sfu.datapath.plans import Clip
from media.tracks import music
from media.tracks.level import Samples, dbov
from media.tracks.sound_file import read_sound
from media.tracks.spectrum import peaks
from media.tracks.tone import sine
from offhook.core.errors import InvalidInput

pytestmark = pytest.mark.unit

RATE = music.OPUS_RATE


@pytest.fixture(scope="module")
def loop() -> Samples:
    """The loop at 48 kHz."""
    return music.loop(RATE)


@pytest.fixture(scope="module")
def clip() -> Clip:
    """The loop, encoded."""
    return music.clip()


def halves(samples: Samples, rate: int) -> list[Samples]:
    """Pieces of half a second."""
    return [samples[at : at + rate // 2] for at in range(0, samples.size - rate // 2, rate // 2)]


def decoded(clip: Clip, form: str, numbers: list[int]) -> Samples:
    """What these packets of a form sound like, one after another."""
    codec, rate = {"opus": ("libopus", RATE), "pcmu": ("pcm_mulaw", music.PHONE_RATE)}[form]
    context = av.CodecContext.create(codec, "r")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate, context.layout = rate, "mono"
    payloads = next(f.payloads for f in clip.forms if f.format == form)
    heard = [
        frame.to_ndarray().ravel()
        for number in numbers
        for frame in context.decode(av.Packet(payloads[number]))
    ]
    whole = np.concatenate(heard)
    if whole.dtype.kind == "f":
        whole = np.rint(whole * 32767)
    return whole.astype(np.int16)


def steepest(samples: Samples) -> int:
    """The largest step from one sample to the next."""
    return int(np.abs(np.diff(samples.astype(np.int32))).max())


def test_it_is_long_enough_not_to_tire_and_soft(loop: Samples) -> None:
    assert loop.size >= 16 * RATE
    assert dbov(loop) == pytest.approx(-20, abs=0.1)
    assert np.abs(loop.astype(int)).max() < 20_000
    levels = [dbov(piece) for piece in halves(loop, RATE)]
    assert min(levels) > -26, "it never goes away"
    assert max(levels) < -15, "and never startles"


def test_the_end_runs_into_the_beginning(loop: Samples) -> None:
    seam = np.concatenate((loop[-10:], loop[:10]))
    assert steepest(seam) <= steepest(loop)
    assert np.abs(loop[:2000].astype(int)).max() > 500, "it does not begin in silence"


def test_it_is_music_and_no_beep(loop: Samples) -> None:
    notes = np.array(music.frequencies())
    loudest = [peaks(piece, RATE)[0].hz for piece in halves(loop, RATE)]
    assert all(np.abs(notes - hz).min() < 1 for hz in loudest)
    assert len({round(hz / 5) for hz in loudest}) >= 5
    together = [len(peaks(piece, RATE, limit=4, floor=-45)) for piece in halves(loop, RATE)]
    assert min(together) >= 3, "always several notes at once"


def test_the_narrow_form_is_the_same_piece() -> None:
    narrow = music.loop(music.PHONE_RATE)
    assert dbov(narrow) == pytest.approx(-20, abs=0.1)
    assert narrow.size * 6 == music.loop(RATE).size


def test_every_form_has_a_packet_for_every_twenty_milliseconds(clip: Clip) -> None:
    assert clip.step == 20_000
    assert [form.format for form in clip.forms] == ["opus", "pcmu", "pcma"]
    assert {len(form.payloads) for form in clip.forms} == {round(music.SECONDS / 0.02)}
    assert {len(payload) for payload in clip.forms[1].payloads} == {160}


@pytest.mark.parametrize("form", ["opus", "pcmu"])
def test_what_is_decoded_has_no_seam_either(clip: Clip, form: str) -> None:
    count = len(clip.forms[0].payloads)
    heard = decoded(clip, form, [*range(count - 100, count), *range(100)])
    middle, rate = heard.size // 2, heard.size // 4
    around = heard[middle - rate // 20 : middle + rate // 20]
    assert steepest(around) <= steepest(heard[rate // 5 : middle - rate // 20]) * 1.2
    assert dbov(around) == pytest.approx(dbov(heard), abs=3)


def test_it_is_the_same_every_time(clip: Clip) -> None:
    assert music.clip() == clip


# a file of the operator's


def tone_file(
    path: Path, hz: float, seconds: float, level: float = -6.0, rate: int = 22_050
) -> str:
    """A WAV file with a tone on two channels."""
    mono = sine(hz, level, 0, round(seconds * rate), rate)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(mono, 2).tobytes())
    return str(path)


def test_a_file_is_played_at_the_same_loudness(tmp_path: Path) -> None:
    made = music.clip(tone_file(tmp_path / "tone.wav", 700, 3.05))
    assert {len(form.payloads) for form in made.forms} == {152}
    for form in ("opus", "pcmu"):
        heard = decoded(made, form, list(range(10, 110)))
        rate = RATE if form == "opus" else music.PHONE_RATE
        assert peaks(heard, rate)[0].hz == pytest.approx(700, abs=2)
        assert dbov(heard) == pytest.approx(music.LEVEL, abs=1)


def test_a_quiet_file_with_a_loud_moment_is_not_clipped(tmp_path: Path) -> None:
    loud = sine(700, -4, 0, RATE // 100)
    quiet = sine(700, -60, 0, 3 * RATE)
    path = tmp_path / "bang.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(np.concatenate((quiet, loud, quiet)).tobytes())
    read = read_sound(str(path), RATE, longest=10, level=-20)
    assert 0.8 < np.abs(read.astype(int)).max() / 32767 <= 0.91


def test_only_its_beginning_is_read(tmp_path: Path) -> None:
    path = tone_file(tmp_path / "tone.wav", 700, 3)
    assert read_sound(path, 8000, longest=1.5, level=-20).size == 12_000


@pytest.mark.parametrize("content", [b"", b"no sound at all", bytes(4000)])
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.wav"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        music.clip(str(path))
    assert refused.value.code == "no_sound"


def test_silence_is_no_sound(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no sound to speak of"):
        music.clip(tone_file(tmp_path / "tone.wav", 700, 3, level=-90))
