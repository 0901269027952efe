"""News about one participant of a room, as signalling hears it."""

from __future__ import annotations

from media.sfu.host import Host
from media.sfu.leg import LostReason
from offhook.core.contracts.media import (
    Direction,
    LegConnected,
    LegLost,
    OfferedTrack,
    StreamsPaused,
    SubscribeOffer,
)


class Telling:
    """Fills in the node, the room and the participant."""

    def __init__(self, host: Host, room: str, participant: str) -> None:
        self._host = host
        self._room = room
        self._participant = participant

    def connected(self, direction: Direction) -> None:
        """ICE and DTLS of a leg are done."""
        self._host.tell(
            LegConnected(
                node=self._host.node,
                room=self._room,
                participant=self._participant,
                direction=direction,
            )
        )

    def lost(self, direction: Direction, reason: LostReason) -> None:
        """A leg has ended without anybody asking for it."""
        self._host.tell(
            LegLost(
                node=self._host.node,
                room=self._room,
                participant=self._participant,
                direction=direction,
                reason=reason,
            )
        )

    def offer(
        self, version: int, sdp: str, tracks: tuple[OfferedTrack, ...], *, fresh: bool
    ) -> None:
        """There is an offer to answer."""
        self._host.tell(
            SubscribeOffer(
                node=self._host.node,
                room=self._room,
                participant=self._participant,
                version=version,
                sdp=sdp,
                tracks=tracks,
                fresh=fresh,
            )
        )

    def paused(self, tracks: tuple[str, ...], paused: bool) -> None:
        """Video is not sent for want of bandwidth, or sent again."""
        self._host.tell(
            StreamsPaused(
                node=self._host.node,
                room=self._room,
                participant=self._participant,
                tracks=tracks,
                paused=paused,
            )
        )
