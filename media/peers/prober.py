"""The probe, as it works in its child process: it sends a tone and a picture, and measures what it
hears and sees of the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import assert_never

from av import AudioFrame, VideoFrame
from av.frame import Frame

from media.peers.control import (
    AnyCommand,
    Done,
    Heard,
    HeardTrack,
    Listen,
    PictureWish,
    ProbeWish,
    Publish,
    Ready,
    SetMuted,
    Start,
    Stop,
    ToneWish,
    Unpublish,
)
from media.peers.participant import Participant
from media.peers.protocol import Left
from media.peers.publisher import MakeTrack
from media.peers.room_socket import RoomSocket
from media.tracks.listen import Listener
from media.tracks.picture import PictureTrack
from media.tracks.tone import ToneTrack
from media.tracks.watch import Watcher
from offhook.core.contracts.media import KIND_OF_SOURCE, OfferedTrack, TrackSource
from offhook.core.errors import Conflict, InvalidInput
from offhook.core.tasks import Tasks

#: The longest that one measurement may take, in seconds.
_LONGEST = 30.0


class Prober:
    """One probe in one room."""

    def __init__(self, start: Start, wish: ProbeWish, tasks: Tasks) -> None:
        socket = RoomSocket(start.url, start.token, verify_tls=start.verify_tls)
        self._wish = wish
        self._participant = Participant(socket, tasks, self._hear if wish.listens else None)
        self._ears: dict[str, Listener | Watcher] = {}

    async def open(self) -> Ready:
        """Join and publish what was wished for."""
        joined = await self._participant.join()
        for wish in (self._wish.tone, self._wish.picture):
            if wish is not None:
                await self._publish(wish)
        return Ready(
            participant=joined.participant,
            hidden=joined.grants.hidden,
            tracks=self._participant.publisher.sids(),
        )

    async def run(self) -> Left:
        """Take part until out of the room."""
        return await self._participant.run()

    async def obey(self, command: AnyCommand) -> Done | Heard:
        """Carry out one command; raise what is wrong with it."""
        match command:
            case Listen():
                return await self._listen(command)
            case SetMuted():
                await self._participant.publisher.mute(command.source, command.muted)
            case Publish():
                await self._publish(command.wish)
            case Unpublish():
                await self._participant.publisher.unpublish(command.source)
            case Stop():
                await self._participant.close()
            case _:
                assert_never(command)
        return Done(id=command.id)

    async def close(self) -> None:
        """Leave."""
        await self._participant.close()

    async def _publish(self, wish: ToneWish | PictureWish) -> None:
        source, make = _source(wish)
        await self._participant.publisher.publish(source, make)

    def _hear(self, offered: OfferedTrack, frame: Frame) -> None:
        """Take a decoded frame of somebody else's track."""
        if isinstance(frame, AudioFrame):
            ear = self._ears.setdefault(offered.track, Listener())
            if isinstance(ear, Listener):
                ear.feed(frame)
        elif isinstance(frame, VideoFrame):
            eye = self._ears.setdefault(offered.track, Watcher())
            if isinstance(eye, Watcher):
                eye.feed(frame)

    async def _listen(self, command: Listen) -> Heard:
        if not self._wish.listens:
            raise Conflict("this probe does not listen", code="deaf")
        if not 0 <= command.seconds <= _LONGEST:
            raise InvalidInput(f"listen for 0 to {_LONGEST:.0f} seconds", field="seconds")
        self._take()
        began, spent = time.monotonic(), time.process_time()
        await asyncio.sleep(command.seconds)
        return Heard(
            id=command.id,
            seconds=round(time.monotonic() - began, 6),
            cpu=round(time.process_time() - spent, 6),
            people=tuple(sorted(self._participant.roster.identities())),
            tracks=self._take(),
        )

    def _take(self) -> tuple[HeardTrack, ...]:
        """What every offered track brought since the last time; others are forgotten."""
        offered = {track.track: track for track in self._participant.subscriber.offered()}
        self._ears = {sid: ear for sid, ear in self._ears.items() if sid in offered}
        return tuple(self._report(track, self._ears) for track in offered.values())

    def _report(self, offered: OfferedTrack, ears: Mapping[str, Listener | Watcher]) -> HeardTrack:
        roster = self._participant.roster
        known = roster.track(offered.track)
        source = None if known is None else known.track.source
        ear = ears.get(offered.track)
        is_video = source is not None and KIND_OF_SOURCE[source] == "video"
        if ear is None:
            ear = Watcher() if is_video else Listener()
        listens = isinstance(ear, Listener)
        return HeardTrack(
            track=offered.track,
            participant=offered.participant,
            identity=roster.identity(offered.participant),
            source=source,
            kind="audio" if listens else "video",
            sound=ear.take() if isinstance(ear, Listener) else None,
            sight=ear.take() if isinstance(ear, Watcher) else None,
        )


def _source(wish: ToneWish | PictureWish) -> tuple[TrackSource, MakeTrack]:
    """What a wish is published as, and what makes its track; raise `InvalidInput` when it cannot
    be made."""
    try:
        if isinstance(wish, ToneWish):
            ToneTrack(wish.hz, wish.level)
            return "microphone", lambda: ToneTrack(wish.hz, wish.level)
        size = {"width": wish.width, "height": wish.height, "fps": wish.fps}
        PictureTrack(wish.number, **size)
    except ValueError as error:
        raise InvalidInput(str(error)) from error
    return "camera", lambda: PictureTrack(wish.number, **size)
