"""The hold music of a media node: one clip, made when it is first needed, and one track for all."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from media.sfu.datapath.plans import Clip, TrackNumber
from media.sfu.datapath.port import Datapath
from media.sfu.publication import Audience, Publication
from offhook.core.contracts.media import MUSIC
from offhook.core.errors import Unavailable
from offhook.core.tasks import Tasks

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: The formats in which it is there, the best first.
FORMS = ("opus", "pcmu", "pcma")
#: Makes the clip.
MakeClip = Callable[[], Awaitable[Clip]]


async def make_clip(file: str = "") -> Clip:
    """The clip of `media.tracks.music`, or that of a sound file; a file that cannot be read is
    logged, and our own music played instead. Raises `Unavailable` when there is none at all."""
    if file:
        try:
            return await _made("--file", file)
        except Unavailable as error:
            log.error("our own hold music instead of the file", file=file, why=error.detail)
    return await _made()


async def _made(*arguments: str) -> Clip:
    """In a child process: codecs hold the interpreter's lock, and cost memory that a node without
    music need not have."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "media.tracks.music", *arguments), stdout=asyncio.subprocess.PIPE
    )
    try:
        made, _ = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        raise Unavailable(f"the hold music was not made: exit code {child.returncode}")
    return msgspec.msgpack.decode(made, type=Clip)


class Music:
    """`track` is followed by all listeners of all rooms; nothing is sent until the clip is made."""

    def __init__(self, datapath: Datapath, track: TrackNumber, make: MakeClip) -> None:
        self._datapath = datapath
        self._track = track
        self._make = make
        self._tasks = Tasks()
        self._known = False
        self._making: asyncio.Task[None] | None = None

    def publication(self, audience: Audience) -> Publication:
        """The music as a track of a room; from the first time on it is being made."""
        if not self._known:
            self._known = True
            self._datapath.add_track(self._track, "audio")
        if self._making is None:
            self._making = self._tasks.spawn(self._begin(), "make the hold music")
        return Publication(
            track=MUSIC,
            participant=MUSIC,
            source="microphone",
            number=self._track,
            codec=FORMS[0],
            audience=audience,
            forms=FORMS,
        )

    async def _begin(self) -> None:
        """Make it; after a failure the next who needs it has it tried again."""
        try:
            clip = await self._make()
        except (OSError, Unavailable, msgspec.DecodeError) as error:
            log.exception("no hold music", why=str(error))
            self._making = None
        else:
            self._datapath.play(self._track, clip)

    async def close(self) -> None:
        """Stop making it; the track is the datapath's to forget."""
        await self._tasks.close()
