"""From packets to the ear: order, decode, conceal, follow the sender's clock, 20 ms at a time."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from media.rtp import timescale
from media.rtp.codec import Codec, CodecError, frame_size
from media.rtp.comfort import ComfortNoise, NoiseShape
from media.rtp.delay import MS
from media.rtp.due import Lost, Pause, Sound, Starved
from media.rtp.jitter import JitterBuffer
from media.rtp.plc import Concealer
from media.sfu.datapath.rtp import RtpPacket
from media.tracks.level import Samples
from offhook.core.clock import SECOND, Micros

#: The buffer is let be while it is this near its target.
_SLACK = 12 * MS
#: Frames between two changes of length, so that none is heard.
_BETWEEN = 3
#: How slowly the buffer's excess is believed.
_SMOOTH = 8
#: A buffer that holds this much more than it need is emptied at once in a quiet moment.
_MUCH = 20 * MS
#: Mean square of what counts as silence: about -50 dBov.
_QUIET = 10_000.0
#: Seconds in which sound comes up out of a pause.
_FADED_IN = 0.004
#: The longest payload that is believed, in seconds.
_LONGEST = 0.2


@dataclass(slots=True)
class Played:
    """Frames given to the ear, and how they came about."""

    frames: int = 0
    concealed: int = 0
    noise: int = 0
    shortened: int = 0
    lengthened: int = 0
    undecodable: int = 0


class Playout:
    """The receiving half of a leg's sound. `pull` gives exactly one frame whatever the network did.

    The consumer calls `pull` every 20 ms of its own clock; the sender's clock may differ. `others`
    are what the sender may change to from one packet to the next, by payload type: codecs of the
    same rates (a sender of PCMU may send PCMA); the rest is decoded by `codec`.
    """

    def __init__(
        self, codec: Codec, others: Mapping[int, Codec] | None = None, *, seed: int = 0
    ) -> None:
        self.codec = codec
        self._others = dict(others or {})
        self.buffer = JitterBuffer(codec.clock_rate, self._ticks)
        self.played = Played()
        self._rate = codec.sample_rate
        self._size = frame_size(codec)
        self._concealer = Concealer(self._rate)
        self._noise = ComfortNoise(self._rate, seed)
        self._rest: Samples = np.zeros(0, np.int16)
        self._excess = 0.0
        self._since = 0
        self._paused = False

    def push(self, packet: RtpPacket, now: Micros) -> None:
        """Take a packet of sound."""
        self.buffer.push(packet, now)

    def push_noise(self, packet: RtpPacket, now: Micros) -> None:
        """Take a packet of comfort noise: the sender pauses, and says what to hear meanwhile."""
        self.buffer.push(packet, now, silent=True)
        shape = NoiseShape.parse(packet.payload)
        if shape is not None:
            self._noise.become(shape)

    def push_silent(self, packet: RtpPacket, now: Micros) -> None:
        """Take a packet that is no sound, such as a digit: its number is not missing."""
        self.buffer.push(packet, now, silent=True)

    def pull(self, now: Micros) -> Samples:
        """The next frame of 20 ms."""
        self._since += 1
        while self._rest.size < self._size:
            more = self._more(now)
            self._rest = np.concatenate((self._rest, more)) if self._rest.size else more
        frame, self._rest = self._rest[: self._size], self._rest[self._size :]
        self.played.frames += 1
        return frame

    def noise(self) -> Samples:
        """A frame of faint noise, for what is not to be heard."""
        return self._noise.make(self._size)

    def _more(self, now: Micros) -> Samples:
        excess = self.buffer.excess(now)
        match self.buffer.pull(now):
            case Sound(packet=packet, ticks=ticks):
                return self._sound(packet, ticks, excess)
            case Lost(ticks=ticks):
                return self._concealed(self._samples(ticks))
            case Starved():
                return self._concealed(self._size)
            case Pause():
                return self._pause()

    def _samples(self, ticks: int) -> int:
        longest = round(_LONGEST * self._rate)
        return max(1, min(longest, ticks * self._rate // self.codec.clock_rate))

    def _codec(self, packet: RtpPacket) -> Codec:
        return self._others.get(packet.payload_type, self.codec)

    def _ticks(self, packet: RtpPacket) -> int:
        return self._codec(packet).ticks(packet.payload)

    def _sound(self, packet: RtpPacket, ticks: int, excess: int) -> Samples:
        decoded: Samples | None = None
        with contextlib.suppress(CodecError):
            decoded = self._codec(packet).decode(packet.payload)
        if decoded is None or not decoded.size:
            self.played.undecodable += 1
            return self._concealed(self._samples(ticks))
        heard = self._concealer.heard(decoded[: round(_LONGEST * self._rate)])
        self._noise.follow(heard)
        if self._paused:
            heard = self._faded_in(heard)
        return self._fitted(heard, excess)

    def _faded_in(self, heard: Samples) -> Samples:
        """From the noise of a pause into what may be the middle of a word."""
        self._paused = False
        size = min(round(_FADED_IN * self._rate), heard.size)
        weight = np.linspace(0, 1, size, dtype=np.float32)
        joined = heard.copy()
        mixed = heard[:size] * weight + self._noise.make(size) * (1 - weight)
        joined[:size] = np.rint(mixed).astype(np.int16)
        return joined

    def _concealed(self, count: int) -> Samples:
        """What goes on of the voice, and the noise that comes up as it fades."""
        self.played.concealed += 1
        voice = self._concealer.conceal(count)
        faded = self._concealer.faded
        if faded <= 0:
            return voice
        mixed = voice + self._noise.make(count) * faded
        out: Samples = np.rint(np.clip(mixed, -32768, 32767)).astype(np.int16)
        return out

    def _pause(self) -> Samples:
        self.played.noise += 1
        self._paused = True
        noise = self._noise.make(self._size)
        return self._concealer.heard(noise) if self._concealer.faded else noise

    # --- the two clocks ------------------------------------------------------------------------

    def _fitted(self, heard: Samples, excess: int) -> Samples:
        """Shorter or longer when the buffer holds more or less than it should for a while."""
        waiting = excess + self._rest.size * SECOND // self._rate
        self._excess += (waiting - self._excess) / _SMOOTH
        if self._since < _BETWEEN or abs(self._excess) < _SLACK:
            return heard
        fitted, self._since = self._changed(heard), 0
        if fitted.size != heard.size:
            self.played.shortened += fitted.size < heard.size
            self.played.lengthened += fitted.size > heard.size
            self._excess += (fitted.size - heard.size) * SECOND / self._rate
        return fitted

    def _changed(self, heard: Samples) -> Samples:
        quiet = _is_quiet(heard)
        if self._excess < 0 and quiet:
            return np.concatenate((heard, self._noise.make(heard.size)))
        if self._excess < 0:
            return timescale.longer(heard, self._rate)
        if quiet and self._excess >= _MUCH:
            return heard[:0]
        return timescale.shorter(heard, self._rate)


def _is_quiet(samples: Samples) -> bool:
    wave = samples.astype(np.float32)
    return float(wave @ wave) < _QUIET * wave.size
