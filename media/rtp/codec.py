"""What every codec of a phone leg is: frames of 20 ms to payloads, payloads to samples."""

from __future__ import annotations

from typing import Protocol

from media.tracks.level import Samples

#: Frames a second; all sound goes in frames of 20 ms.
FRAMES = 50


class CodecError(ValueError):
    """A payload cannot be decoded."""


class Codec(Protocol):
    """One direction or both of one stream: a codec may keep state from frame to frame.

    `clock_rate` counts RTP timestamps, `sample_rate` the samples of a frame; they differ for
    G.722 (RFC 3551, 4.5.2).
    """

    @property
    def name(self) -> str:
        """Its encoding name as SDP has it, such as `PCMU`."""
        ...

    @property
    def clock_rate(self) -> int:
        """Timestamp units a second."""
        ...

    @property
    def sample_rate(self) -> int:
        """Samples a second, one channel."""
        ...

    def encode(self, frame: Samples) -> bytes:
        """The payload of one frame of 20 ms."""
        ...

    def decode(self, payload: bytes) -> Samples:
        """The samples of one payload, of any length; raise `CodecError` when it has none."""
        ...

    def ticks(self, payload: bytes) -> int:
        """How far the timestamp goes on over this payload; 0 when it cannot be read."""
        ...


def frame_size(codec: Codec) -> int:
    """The samples of one frame."""
    return codec.sample_rate // FRAMES
