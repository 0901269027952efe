"""What light participants send instead of sound and pictures: the right sizes, at the right times.

Pure. The server reads descriptors and keyframe headers, so these are true; the rest is filler.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from media.load.outgoing import Outgoing
from media.load.stamp import SIZE, Stamp
from media.sfu.datapath.rtp import U16
from offhook.core.clock import SECOND

Kind = Literal["audio", "video"]

#: Opus, CELT-only, full band, one frame of 20 ms (RFC 6716, section 3.1).
_OPUS_HEAD = b"\xf8"
_OPUS_SIZE = 160
_OPUS_INTERVAL = 20_000
_OPUS_CLOCK = 48_000
#: Voice at 30 dB below full scale (RFC 6464).
_VOICE = bytes((0x80 | 30,))

#: Bytes of a video packet before SRTP, header and extensions among them.
PACKET = 1200
_OVERHEAD = 12 + 16
_VIDEO_CLOCK = 90_000
_FRAMES_PER_SECOND = 30
#: Keyframe: frame tag, start code, 640x480 (RFC 6386, section 9.1).
_KEYFRAME = b"\x10\x02\x00\x9d\x01\x2a" + (640).to_bytes(2, "little") + (480).to_bytes(2, "little")
#: The same tag of a frame that is no keyframe.
_DELTA = b"\x11\x02\x00"


@dataclass(frozen=True, slots=True)
class Profile:
    """What each publisher sends."""

    audio: bool = True
    video: bool = True
    #: Of video.
    packets_per_second: float = 100.0

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of its tracks."""
        wanted: tuple[tuple[Kind, bool], ...] = (("audio", self.audio), ("video", self.video))
        return tuple(kind for kind, sent in wanted if sent)


class Source(Protocol):
    """Something that sends a few packets every `interval` microseconds."""

    stream: Outgoing

    @property
    def interval(self) -> int:
        """Microseconds from one time to the next."""
        ...

    def make(self, now: int) -> list[bytes]:
        """The packets of this time."""
        ...


class Sound:
    """Opus packets of 160 bytes, fifty a second."""

    interval = _OPUS_INTERVAL

    def __init__(self, stream: Outgoing, level_id: int | None = None) -> None:
        self.stream = stream
        self._extensions = {} if level_id is None else {level_id: _VOICE}
        self._filler = _OPUS_HEAD + bytes(_OPUS_SIZE - len(_OPUS_HEAD) - SIZE)

    def make(self, now: int) -> list[bytes]:
        """One packet."""
        stream = self.stream
        timestamp = stream.packets * (_OPUS_CLOCK * _OPUS_INTERVAL // SECOND)
        payload = self._filler + bytes(Stamp(stream.packets, now))
        return [stream.packet(payload, timestamp, now, extensions=self._extensions)]


class Pictures:
    """VP8 frames of equal packets, thirty a second at most."""

    def __init__(self, stream: Outgoing, packets_per_second: float) -> None:
        self.stream = stream
        frames = min(_FRAMES_PER_SECOND, packets_per_second)
        self.interval = round(SECOND / frames)
        self._per_frame = packets_per_second / frames
        self._owed = 0.0
        self._frames = 0
        self._keyframe = True
        self._began: int | None = None

    def refresh(self) -> None:
        """The next frame is a keyframe."""
        self._keyframe = True

    def make(self, now: int) -> list[bytes]:
        """The packets of the next frame; fractions are carried over to later ones."""
        self._owed += self._per_frame
        count = max(1, int(self._owed))
        self._owed -= count
        if self._began is None:
            self._began = now
        timestamp = (now - self._began) * _VIDEO_CLOCK // SECOND
        begin = _KEYFRAME if self._keyframe else _DELTA
        self._keyframe = False
        packets = [
            self._part(begin if part == 0 else b"", timestamp, now, last=part == count - 1)
            for part in range(count)
        ]
        self._frames += 1
        return packets

    def _part(self, begin: bytes, timestamp: int, now: int, *, last: bool) -> bytes:
        """A packet; its descriptor has a 15-bit picture id and a TL0 index (RFC 7741)."""
        stream, frame = self.stream, self._frames
        picture = U16.pack(0x8000 | frame & 0x7FFF)
        head = bytes((0x90 if begin else 0x80, 0xE0)) + picture + bytes((frame & 0xFF, 0)) + begin
        filler = bytes(PACKET - _OVERHEAD - len(head) - SIZE)
        payload = head + filler + bytes(Stamp(stream.packets, now))
        return stream.packet(payload, timestamp, now, marker=last)
