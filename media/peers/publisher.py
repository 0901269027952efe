"""The connection on which a peer sends: it offers, with the whole list of its live tracks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiortc.mediastreams import MediaStreamTrack

from media.peers.aiortc_fixes import peer_connection
from media.peers.connection import PeerConnection
from media.peers.protocol import Answer, PublishTrack
from media.peers.room_socket import RoomSocket
from offhook.core.contracts.media import TrackSource
from offhook.core.errors import Conflict, NotFound, OffhookError

#: Makes the track that a source sends; called again when the connection has to be made again.
MakeTrack = Callable[[], MediaStreamTrack]


@dataclass
class Publication:
    """One track we send; `sid` is the id that the room knows it by."""

    make: MakeTrack
    mid: str = ""
    sid: str = ""
    muted: bool = False


class Publisher:
    """Our tracks by source, and the peer connection that carries them."""

    def __init__(self, socket: RoomSocket, lost: Callable[[], None]) -> None:
        self._socket = socket
        self._lost = lost
        self._connection: PeerConnection | None = None
        self._published: dict[TrackSource, Publication] = {}
        self._one_at_a_time = asyncio.Lock()

    @property
    def alive(self) -> bool:
        """Whether its connection stands, or is on its way."""
        return self._connection is not None and self._connection.stands

    def sids(self) -> dict[TrackSource, str]:
        """The ids of our tracks."""
        return {source: publication.sid for source, publication in self._published.items()}

    async def publish(self, source: TrackSource, make: MakeTrack) -> str:
        """Send one more track; return its id. When it is refused, the others go on without it."""
        async with self._one_at_a_time:
            if source in self._published:
                raise Conflict(f"a {source} is published already", field="source")
            self._published[source] = Publication(make)
            try:
                await self._offer()
            except OffhookError:
                del self._published[source]
                await self._start_anew()
                raise
            return self._published[source].sid

    async def unpublish(self, source: TrackSource) -> None:
        """End one track; its m-line stays, inactive."""
        async with self._one_at_a_time:
            publication = self._published.pop(source, None)
            if publication is None or self._connection is None:
                raise NotFound(f"no {source} is published", field="source")
            for transceiver in self._connection.getTransceivers():
                if transceiver.mid == publication.mid:
                    transceiver.direction = "inactive"
                    transceiver.sender.track.stop()
            await self._offer()

    async def mute(self, source: TrackSource, muted: bool) -> None:
        """Tell the room that a track is muted, or not any more."""
        publication = self._published.get(source)
        if publication is None:
            raise NotFound(f"no {source} is published", field="source")
        request: dict[str, object] = {"sid": publication.sid, "muted": muted}
        await self._socket.ask("mute", request, type(None))
        publication.muted = muted

    async def rebuild(self) -> None:
        """Publish everything again on a new connection."""
        async with self._one_at_a_time:
            await self._start_anew()

    async def close(self) -> None:
        """End the connection and its tracks."""
        await self._abandon()

    async def _start_anew(self) -> None:
        await self._abandon()
        if self._published:
            await self._offer()

    async def _abandon(self) -> None:
        """Close the connection; the next offer is made on a new one, with every track anew."""
        connection, self._connection = self._connection, None
        for publication in self._published.values():
            publication.mid = ""
        if connection is not None:
            await connection.close()

    async def _offer(self) -> None:
        connection = self._connection or self._connect()
        fresh = [publication for publication in self._published.values() if not publication.mid]
        lines = [
            connection.addTransceiver(publication.make(), direction="sendonly")
            for publication in fresh
        ]
        sdp = await connection.offer()
        for publication, line in zip(fresh, lines, strict=True):
            publication.mid = line.mid or ""
        live = [
            PublishTrack(mid=publication.mid, source=source, muted=publication.muted)
            for source, publication in self._published.items()
        ]
        answer = await self._socket.ask("offer", {"sdp": sdp, "tracks": live}, Answer)
        sids = {track.mid: track.sid for track in answer.tracks}
        for publication in self._published.values():
            publication.sid = sids.get(publication.mid, publication.sid)
        await connection.accept(answer.sdp)

    def _connect(self) -> PeerConnection:
        connection = self._connection = peer_connection()

        def changed() -> None:
            if self._connection is connection and not connection.stands:
                self._lost()

        connection.on("connectionstatechange", changed)
        return connection
