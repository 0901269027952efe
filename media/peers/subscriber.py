"""The connection on which a peer hears: the server offers, the peer answers and reads frames."""

from __future__ import annotations

from collections.abc import Callable

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av.frame import Frame

from media.peers.aiortc_fixes import peer_connection
from media.peers.connection import PeerConnection
from media.peers.protocol import SubscribeOffer
from offhook.core.contracts.media import OfferedTrack
from offhook.core.tasks import Tasks

#: Takes every decoded frame with the track it belongs to.
Sink = Callable[[OfferedTrack, Frame], None]


class Subscriber:
    """Answers the server's offers; every m-line is read to its end, whatever track is on it.

    Without a `sink` the peer is deaf: its answers are inactive, and nothing is sent to it.
    """

    def __init__(self, tasks: Tasks, sink: Sink | None, lost: Callable[[], None]) -> None:
        self._tasks = tasks
        self._sink = sink
        self._lost = lost
        self._connection: PeerConnection | None = None
        self._lines: dict[str, OfferedTrack] = {}

    @property
    def alive(self) -> bool:
        """Whether its connection stands, or is on its way."""
        return self._connection is not None and self._connection.stands

    def offered(self) -> list[OfferedTrack]:
        """The tracks of the newest offer."""
        return list(self._lines.values())

    async def answer(self, offer: SubscribeOffer) -> str:
        """Take an offer; return the answer's description."""
        if offer.fresh or self._connection is None:
            await self.close()
            self._connection = self._connect()
        self._lines = {track.mid: track for track in offer.tracks}
        return await self._connection.answer(offer.sdp, receive=self._sink is not None)

    async def close(self) -> None:
        """End the connection; the next offer begins a new one."""
        connection, self._connection = self._connection, None
        self._lines = {}
        if connection is not None:
            await connection.close()

    def _connect(self) -> PeerConnection:
        connection = peer_connection()

        def changed() -> None:
            if self._connection is connection and not connection.stands:
                self._lost()

        def heard(track: MediaStreamTrack) -> None:
            self._tasks.spawn(self._read(connection, track), f"read {track.kind}")

        connection.on("connectionstatechange", changed)
        connection.on("track", heard)
        return connection

    async def _read(self, connection: PeerConnection, track: MediaStreamTrack) -> None:
        lines = connection.getTransceivers()
        mid = next(line.mid for line in lines if line.receiver.track is track)
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            offered = self._lines.get(mid or "") if connection is self._connection else None
            if offered is not None and self._sink is not None and isinstance(frame, Frame):
                self._sink(offered, frame)
