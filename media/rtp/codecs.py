"""The codecs of phone legs by their names in SDP; G.722 and Opus are libav's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.error import FFmpegError

from media.rtp.codec import Codec, CodecError
from media.rtp.g711 import PCMA, PCMU
from media.tracks.level import Samples
from offhook.core.errors import InvalidInput

#: Bits a second of speech at full band; the effort, of 10, that phones are worth.
_OPUS_RATE, _OPUS_EFFORT = 24_000, "5"
#: Ticks of one Opus frame by its configuration: 2.5 to 60 ms of 48 kHz (RFC 6716, 3.1).
_SILK, _CELT = (480, 960, 1920, 2880), (120, 240, 480, 960)
_OPUS_LONGEST = 5760


class _Libav:
    """One encoder and one decoder of libav for one stream of one channel."""

    __slots__ = ("_decoder", "_encoder", "_pts", "_rate")

    def __init__(
        self, encoder: str, decoder: str, rate: int, options: dict[str, str], bit_rate: int
    ) -> None:
        self._rate, self._pts = rate, 0
        self._encoder = _context(encoder, "w", rate)
        self._encoder.bit_rate = bit_rate
        self._encoder.options = options
        self._decoder = _context(decoder, "r", rate)

    def encode(self, samples: Samples) -> bytes:
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = self._rate, self._pts
        self._pts += samples.size
        return b"".join(bytes(packet) for packet in self._encoder.encode(frame))

    def decode(self, payload: bytes) -> Samples:
        try:
            frames = self._decoder.decode(av.Packet(payload))
        except FFmpegError as error:
            raise CodecError(f"libav cannot decode it: {error}") from error
        if not frames:
            raise CodecError("a payload without samples")
        return np.concatenate([_mono(frame) for frame in frames])


def _context(name: str, mode: Literal["r", "w"], rate: int) -> AudioCodecContext:
    context = av.CodecContext.create(name, mode)
    if not isinstance(context, AudioCodecContext):
        raise TypeError(f"{name} is no codec of sound")
    context.sample_rate = rate
    context.layout = "mono"
    context.format = "s16"
    return context


def _mono(frame: av.AudioFrame) -> Samples:
    """One channel of 16 bits, whatever libav chose."""
    samples = frame.to_ndarray()
    if samples.dtype != np.int16:
        samples = np.rint(np.clip(samples, -1, 1) * 32767).astype(np.int16)
    return np.ascontiguousarray(samples.reshape(-1), np.int16)


class G722:
    """G.722 at 64 kbit/s: 16 kHz sound whose clock says 8000 (RFC 3551, 4.5.2)."""

    __slots__ = ("_libav",)
    name: Final = "G722"
    clock_rate: Final = 8000
    sample_rate: Final = 16_000

    def __init__(self) -> None:
        self._libav = _Libav("g722", "g722", self.sample_rate, {}, 64_000)

    def encode(self, frame: Samples) -> bytes:
        """160 bytes for the 320 samples of a frame."""
        return self._libav.encode(frame)

    def decode(self, payload: bytes) -> Samples:
        """Two samples for each byte."""
        if not payload:
            raise CodecError("a payload without samples")
        return self._libav.decode(payload)

    def ticks(self, payload: bytes) -> int:
        """As many as it has bytes."""
        return len(payload)


class Opus:
    """Opus for speech, one channel of 48 kHz; it is always called `opus/48000/2` (RFC 7587)."""

    __slots__ = ("_libav",)
    name: Final = "opus"
    clock_rate: Final = 48_000
    sample_rate: Final = 48_000

    def __init__(self) -> None:
        options = {
            "application": "voip",
            "frame_duration": "20",
            "compression_level": _OPUS_EFFORT,
        }
        self._libav = _Libav("libopus", "libopus", self.sample_rate, options, _OPUS_RATE)

    def encode(self, frame: Samples) -> bytes:
        """Some 60 bytes for the 960 samples of a frame."""
        return self._libav.encode(frame)

    def decode(self, payload: bytes) -> Samples:
        """The samples of one packet, 120 to 5760."""
        if not self.ticks(payload):
            raise CodecError("no Opus packet")
        return self._libav.decode(payload)

    def ticks(self, payload: bytes) -> int:
        """The duration that its first bytes say (RFC 6716, 3.1); 0 when they contradict it."""
        if not payload:
            return 0
        configuration, form = payload[0] >> 3, payload[0] & 3
        if form == 3 and len(payload) < 2:
            return 0
        frames = (1, 2, 2, payload[1] & 63 if form == 3 else 0)[form]
        ticks = frames * _opus_frame(configuration)
        return ticks if ticks <= _OPUS_LONGEST else 0


def _opus_frame(configuration: int) -> int:
    if configuration < 12:
        return _SILK[configuration & 3]
    if configuration < 16:
        return _SILK[configuration & 1]
    return _CELT[configuration & 3]


_CODECS: dict[str, Callable[[], Codec]] = {
    "PCMU": lambda: PCMU,
    "PCMA": lambda: PCMA,
    "G722": G722,
    "OPUS": Opus,
}
#: The names as SDP has them, best known first.
NAMES = ("PCMU", "PCMA", "G722", "opus")


def codec(name: str) -> Codec:
    """A codec for one leg; raise `InvalidInput` when there is none of this name."""
    make = _CODECS.get(name.upper())
    if make is None:
        raise InvalidInput(f"there is no codec {name}", code="unknown_codec", field="codec")
    return make()
