"""A tone sent by an aiortc track, and the tone that is found in what arrives."""

from __future__ import annotations

import asyncio
import fractions

import numpy as np
from aiortc.mediastreams import MediaStreamTrack
from av import AudioFrame, VideoFrame

RATE = 48000
_FRAME = 960


class Tone(MediaStreamTrack):
    """A steady sine, 20 ms at a time, in real time."""

    kind = "audio"

    def __init__(self, hz: float, level: float = 0.3) -> None:
        super().__init__()
        self._hz = hz
        self._level = level
        self._sent = 0
        self._start: float | None = None

    async def recv(self) -> AudioFrame:
        """The next 20 ms, not before their time."""
        loop = asyncio.get_running_loop()
        if self._start is None:
            self._start = loop.time()
        await asyncio.sleep(self._start + self._sent / RATE - loop.time())
        n = np.arange(self._sent, self._sent + _FRAME)
        samples = np.sin(2 * np.pi * self._hz * n / RATE) * self._level * 32767
        frame = AudioFrame.from_ndarray(samples.astype(np.int16).reshape(1, -1), layout="mono")
        frame.sample_rate, frame.pts = RATE, self._sent
        frame.time_base = fractions.Fraction(1, RATE)
        self._sent += _FRAME
        return frame


class Picture(MediaStreamTrack):
    """A moving grey ramp at ten frames a second."""

    kind = "video"

    def __init__(self, width: int = 320, height: int = 240, fps: int = 10) -> None:
        super().__init__()
        self._size = (height, width)
        self._fps = fps
        self._count = 0
        self._start: float | None = None

    async def recv(self) -> VideoFrame:
        """The next picture, not before its time."""
        loop = asyncio.get_running_loop()
        if self._start is None:
            self._start = loop.time()
        await asyncio.sleep(self._start + self._count / self._fps - loop.time())
        height, width = self._size
        ramp = (np.arange(width) + 5 * self._count).astype(np.uint8)
        grey = np.broadcast_to(ramp[None, :, None], (height, width, 3))
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(grey), format="rgb24")
        frame.pts = self._count * 90000 // self._fps
        frame.time_base = fractions.Fraction(1, 90000)
        self._count += 1
        return frame


async def hear(track: MediaStreamTrack, seconds: float = 1.0) -> float:
    """The strongest frequency of what a track receives in some seconds, in Hz."""
    heard: list[np.ndarray] = []
    rate = RATE
    while sum(map(len, heard)) < seconds * rate:
        frame = await track.recv()
        assert isinstance(frame, AudioFrame)
        rate = frame.sample_rate
        samples = frame.to_ndarray().reshape(-1)
        heard.append(samples.reshape(-1, len(frame.layout.channels)).mean(axis=1))
    joined = np.concatenate(heard)[-int(seconds * rate * 0.7) :]
    spectrum = np.abs(np.fft.rfft(joined * np.hanning(len(joined))))
    spectrum[:10] = 0
    return float(np.argmax(spectrum) * rate / len(joined))
