"""The hold music: a loop that this file composes, free of anybody's rights, and its encoded forms.

`python -m media.tracks.music` writes it as a clip for the datapath; with `--wav FILE` to listen to.
Every note is laid on a ring, so that the end runs into the beginning without a seam.
"""

from __future__ import annotations

import argparse
import sys
import wave
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

import av
import msgspec
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from numpy.typing import NDArray

from media.sfu.datapath.plans import Clip, Form
from media.tracks.level import FULL_SCALE, Samples
from media.tracks.sound_file import read_sound
from offhook.core.clock import SECOND
from offhook.core.errors import InvalidInput

#: Seconds of a bar, of the whole loop, and of one packet.
BAR = 2.4
SECONDS = 8 * BAR
STEP = 0.02
#: So many seconds of a file are played.
LONGEST = 300.0
#: Root mean square of the whole, dBov.
LEVEL = -20.0
OPUS_RATE = 48_000
PHONE_RATE = 8_000
#: A telephone carries nothing above it, and soft music needs no more.
_HIGHEST = 3400.0
#: Bits per second of the Opus form: one voice of soft sound needs no more.
_BITRATE = 32_000
#: Packets of the loop's end that warm the encoder up, so that its state runs round the ring too.
_WARM_UP = 50

Wave = NDArray[np.float64]


class Chord(NamedTuple):
    """What sounds in one bar, as MIDI note numbers; `line` is the melody, two notes long."""

    bass: int
    pad: tuple[int, ...]
    line: tuple[int, int]


#: I vi IV V, and again by another way.
CHORDS = (
    Chord(36, (55, 60, 64, 67), (76, 79)),
    Chord(33, (55, 57, 60, 64), (76, 72)),
    Chord(41, (53, 57, 60, 64), (72, 69)),
    Chord(43, (50, 55, 59, 62), (71, 74)),
    Chord(40, (52, 55, 59, 62), (74, 79)),
    Chord(33, (52, 57, 60, 67), (76, 72)),
    Chord(38, (53, 57, 60, 65), (69, 77)),
    Chord(43, (53, 55, 60, 62), (74, 71)),
)
#: In which order a bar's chord is broken, an eighth each, and how loud each of them is.
_BROKEN = (0, 2, 1, 3, 2, 1, 3, 2)
_ACCENTS = (1.0, 0.6, 0.75, 0.6, 0.9, 0.6, 0.75, 0.5)


class Voice(NamedTuple):
    """An instrument: the strength of its harmonics, how it begins and fades, in seconds."""

    harmonics: tuple[float, ...]
    attack: float
    hold: float
    fade: float
    loudness: float


PAD = Voice((1.0, 0.3, 0.1), 0.7, BAR - 0.4, 0.9, 0.30)
BASS = Voice((1.0, 0.5, 0.2), 0.08, 1.4, 0.6, 0.45)
KEYS = Voice((1.0, 0.22, 0.08), 0.012, 0.05, 0.55, 0.38)
FLUTE = Voice((1.0, 0.12), 0.15, 0.75, 0.35, 0.30)


class Note(NamedTuple):
    """One note: who plays it, when (seconds), its MIDI number, and how loud."""

    voice: Voice
    at: float
    number: int
    loudness: float = 1.0


def score() -> Iterator[Note]:
    """The piece."""
    for bar, chord in enumerate(CHORDS):
        begin = bar * BAR
        yield Note(BASS, begin, chord.bass + 12)
        for number in chord.pad:
            yield Note(PAD, begin, number)
        for eighth, (place, accent) in enumerate(zip(_BROKEN, _ACCENTS, strict=True)):
            yield Note(KEYS, begin + eighth * BAR / 8, chord.pad[place] + 12, accent)
        for half, number in enumerate(chord.line):
            yield Note(FLUTE, begin + half * BAR / 2, number)


def hertz(number: int) -> float:
    """The frequency of a MIDI note."""
    return float(440.0 * 2 ** ((number - 69) / 12))


def frequencies() -> tuple[float, ...]:
    """The fundamentals that sound in it, lowest first."""
    return tuple(sorted({hertz(note.number) for note in score()}))


def loop(rate: int) -> Samples:
    """The whole loop at this sample rate, the telephone's or a multiple of it; one channel."""
    return np.rint(_finer(_ring(), rate // PHONE_RATE)).astype(np.int16)


@cache
def _ring() -> Wave:
    ring = np.zeros(round(SECONDS * PHONE_RATE))
    for note in score():
        sound = _sound(note.voice, note.number) * note.loudness
        _lay(ring, round(note.at * PHONE_RATE), sound)
    ring = _in_a_room(ring)
    scaled: Wave = ring * (FULL_SCALE * 10 ** (LEVEL / 20) / np.sqrt(np.mean(ring**2)))
    return scaled


def _finer(ring: Wave, times: int) -> Wave:
    """The same ring with so many times the samples: exact, for nothing in it is above the band."""
    spectrum = np.fft.rfft(ring) * times
    finer: Wave = np.fft.irfft(spectrum, ring.size * times)
    return finer


@cache
def _sound(voice: Voice, number: int) -> Wave:
    base = hertz(number)
    length = voice.attack + voice.hold + 5 * voice.fade
    time = np.arange(round(length * PHONE_RATE)) / PHONE_RATE
    sound = np.zeros(time.size)
    for harmonic, strength in enumerate(voice.harmonics, 1):
        if base * harmonic < _HIGHEST:
            sound += strength * np.sin(2 * np.pi * base * harmonic * time)
    rise = np.minimum(1.0, time / voice.attack)
    fall = np.exp(-np.maximum(0.0, time - voice.attack - voice.hold) / voice.fade)
    # The last tenth of a second goes to nothing, so that not even a whisper is cut off.
    end = np.minimum(1.0, (time[-1] - time) / 0.1)
    shape: Wave = np.sin(rise * np.pi / 2) ** 2 * fall * end
    return sound * shape * voice.loudness


def _lay(ring: Wave, start: int, sound: Wave) -> None:
    """Add a sound; what goes over the end goes on at the beginning."""
    for first in range(0, sound.size, ring.size):
        part = sound[first : first + ring.size]
        straight = min(part.size, ring.size - start)
        ring[start : start + straight] += part[:straight]
        ring[: part.size - straight] += part[straight:]


def _in_a_room(ring: Wave) -> Wave:
    """Soft reflections, also round the ring."""
    echoes = ((0.089, 0.25), (0.149, 0.18), (0.233, 0.12), (0.379, 0.07))
    heard = ring.copy()
    for delay, strength in echoes:
        heard += strength * np.roll(ring, round(delay * PHONE_RATE))
    return heard


# --- encoded -------------------------------------------------------------------------------------


def clip(path: str = "") -> Clip:
    """The loop in all its forms, or the sound of a file in its place.

    Raises `InvalidInput` for a file that is no sound.
    """
    if not path:
        return _clip(loop(OPUS_RATE), loop(PHONE_RATE))
    wide, narrow = (
        read_sound(path, rate, longest=LONGEST, level=LEVEL) for rate in (OPUS_RATE, PHONE_RATE)
    )
    packets = min(wide.size * PHONE_RATE // OPUS_RATE, narrow.size) // round(STEP * PHONE_RATE)
    seconds = packets * STEP
    return _clip(wide[: round(seconds * OPUS_RATE)], narrow[: round(seconds * PHONE_RATE)])


def _clip(wide: Samples, narrow: Samples) -> Clip:
    return Clip(
        round(STEP * SECOND),
        (
            Form("opus", OPUS_RATE, _opus(wide)),
            Form("pcmu", PHONE_RATE, _encoded("pcm_mulaw", narrow)),
            Form("pcma", PHONE_RATE, _encoded("pcm_alaw", narrow)),
        ),
    )


def _opus(samples: Samples) -> tuple[bytes, ...]:
    context = _context("libopus", OPUS_RATE)
    context.bit_rate = _BITRATE
    context.options = {"application": "audio", "frame_duration": "20"}
    size = round(STEP * OPUS_RATE)
    warm = samples[-_WARM_UP * size :]
    payloads = list(_packets(context, np.concatenate((warm, samples)), OPUS_RATE))
    return tuple(payloads[_WARM_UP : _WARM_UP + samples.size // size])


def _encoded(codec: str, samples: Samples) -> tuple[bytes, ...]:
    return tuple(_packets(_context(codec, PHONE_RATE), samples, PHONE_RATE))


def _context(codec: str, rate: int) -> AudioCodecContext:
    context = av.CodecContext.create(codec, "w")
    if not isinstance(context, AudioCodecContext):
        raise TypeError(f"{codec} is no codec of sound")
    context.sample_rate = rate
    context.layout = "mono"
    context.format = "s16"
    return context


def _packets(context: AudioCodecContext, samples: Samples, rate: int) -> Iterator[bytes]:
    size = round(STEP * rate)
    for start in range(0, samples.size, size):
        frame = av.AudioFrame.from_ndarray(
            samples[start : start + size].reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate, frame.pts = rate, start
        for packet in context.encode(frame):
            yield bytes(packet)


def main(given: Sequence[str] | None = None) -> int:
    """Write the clip to the standard output, or the loop to a WAV file."""
    parser = argparse.ArgumentParser(prog="python -m media.tracks.music")
    parser.add_argument("--wav", help="write the loop here instead, to listen to")
    parser.add_argument("--file", default="", help="the sound to encode in place of our own")
    arguments = parser.parse_args(given)
    if arguments.wav is None:
        try:
            sys.stdout.buffer.write(msgspec.msgpack.encode(clip(arguments.file)))
        except InvalidInput as error:
            sys.stderr.write(f"{error.detail}\n")
            return 1
        return 0
    with wave.open(arguments.wav, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(OPUS_RATE)
        file.writeframes(loop(OPUS_RATE).tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
