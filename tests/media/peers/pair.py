"""Two peer connections in one process: one sends, the other listens, both on the loopback."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, VideoFrame

from media.peers.aiortc_fixes import peer_connection
from media.peers.connection import PeerConnection
from media.tracks.listen import Listener
from media.tracks.report import Sight, Sound
from media.tracks.watch import Watcher
from offhook.core.tasks import Tasks

Rewrite = Callable[[str], str]


def candidates_once(sdp: str) -> str:
    """The description as a server of bundles writes it: candidates on the first m-line only."""
    head, *lines = re.split(r"(?=^m=)", sdp, flags=re.MULTILINE)
    bare = [re.sub(r"a=(candidate:.*|end-of-candidates)\r\n", "", line) for line in lines[1:]]
    return "".join([head, lines[0], *bare])


class Ear:
    """Reads one remote track to its end."""

    def __init__(self, track: MediaStreamTrack) -> None:
        self.track = track
        self.listener = Listener()
        self.watcher = Watcher()
        self._news = asyncio.Event()

    async def read(self) -> None:
        """Take every frame."""
        while True:
            try:
                frame = await self.track.recv()
            except MediaStreamError:
                return
            if isinstance(frame, AudioFrame):
                self.listener.feed(frame)
            elif isinstance(frame, VideoFrame):
                self.watcher.feed(frame)
            self._news.set()

    async def hear(self, frames: int) -> Sound:
        """The next so many frames of sound."""
        self.listener.take()
        await self._wait(frames)
        return self.listener.take()

    async def see(self, frames: int) -> Sight:
        """The next so many frames of video."""
        self.watcher.take()
        await self._wait(frames)
        return self.watcher.take()

    async def _wait(self, frames: int) -> None:
        async with asyncio.timeout(30):
            for _ in range(frames):
                self._news.clear()
                await self._news.wait()


class Pair:
    """One connection that offers what it sends, one that answers and reads."""

    def __init__(self, tasks: Tasks, rewrite: Rewrite) -> None:
        self.sender: PeerConnection = peer_connection()
        self.receiver: PeerConnection = peer_connection()
        self.ears: list[Ear] = []
        self.answer = ""
        self._rewrite = rewrite
        self._tasks = tasks
        self.receiver.on("track", self._listen)

    def _listen(self, track: MediaStreamTrack) -> None:
        ear = Ear(track)
        self.ears.append(ear)
        self._tasks.spawn(ear.read(), "ear")

    def send(self, *tracks: MediaStreamTrack) -> None:
        """Put tracks on new m-lines; `negotiate` tells the other side."""
        for track in tracks:
            self.sender.addTransceiver(track, direction="sendonly")

    async def negotiate(self) -> None:
        """One offer, one answer."""
        self.answer = await self.receiver.answer(self._rewrite(await self.sender.offer()))
        await self.sender.accept(self.answer)

    async def connected(self) -> None:
        """Return when both sides are."""
        async with asyncio.timeout(30):
            for connection in (self.sender, self.receiver):
                changed = asyncio.Event()
                connection.on("connectionstatechange", changed.set)
                while connection.connectionState != "connected":
                    await changed.wait()
                    changed.clear()


@asynccontextmanager
async def pair(
    *tracks: MediaStreamTrack, rewrite: Rewrite = candidates_once
) -> AsyncIterator[Pair]:
    """A pair that sends `tracks`, connected, and closed at the end."""
    async with Tasks() as tasks:
        both = Pair(tasks, rewrite)
        both.send(*tracks)
        try:
            if tracks:
                await both.negotiate()
                await both.connected()
            yield both
        finally:
            await both.sender.close()
            await both.receiver.close()
