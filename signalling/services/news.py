"""Hears what media nodes tell, and passes it to the rooms and people it is about."""

from __future__ import annotations

from typing import assert_never

import structlog
from msgspec import Struct

from offhook.core.contracts import media
from offhook.core.contracts.media import MediaNews
from signalling.domain import views
from signalling.domain.events import Left, LegConnected, LegLost
from signalling.services.owner import RoomOwner
from signalling.services.parts import Parts
from signalling.services.rooms import Rooms

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class MediaNewsDesk:
    """The listener on the media topic. News of a node that the room is not pinned to is old."""

    def __init__(self, parts: Parts, rooms: Rooms) -> None:
        self._parts = parts
        self._rooms = rooms

    async def hear(self, news: MediaNews) -> None:
        """Take in one piece of news."""
        if isinstance(news, media.NodeAlive | media.NodeGone):
            self._parts.directory.heard(news)
            return
        owner = self._rooms.by_id(news.room)
        if owner is not None and owner.media.is_at(news.node):
            await self._about_room(owner, news)

    async def _about_room(
        self,
        owner: RoomOwner,
        news: media.SubscribeOffer
        | media.LegConnected
        | media.LegLost
        | media.SpeakersChanged
        | media.QualityChanged
        | media.StreamsPaused,
    ) -> None:
        match news:
            case media.SubscribeOffer():
                await owner.media.offer(news, owner.tracks)
            case media.LegConnected(participant=who, direction=direction):
                self._post(owner, who, LegConnected(who, direction))
            case media.LegLost(participant=who, direction=direction):
                log.info("media leg lost", participant=who, leg=direction, reason=news.reason)
                if news.reason == "flooding":
                    self._post(owner, who, Left(who, "flooding"))
                    return
                goodbye = news.reason == "closed_by_peer"
                self._post(owner, who, LegLost(who, direction, goodbye))
            case media.SpeakersChanged(speakers=speakers):
                owner.speaking.current = speakers
                await owner.tell_speakers()
            case media.QualityChanged(qualities=qualities):
                await self._qualities(owner, qualities)
            case media.StreamsPaused(participant=who, tracks=tracks, paused=paused):
                message = views.StreamsPaused(tracks=list(tracks), paused=paused)
                await self._to(who, "streams_paused", message)
            case _:
                assert_never(news)

    def _post(self, owner: RoomOwner, participant: str, event: object) -> None:
        if participant in owner.room.participants:
            owner.post(event)

    async def _to(self, participant: str, event: str, message: Struct) -> None:
        seat = self._parts.audience.of_participant(participant)
        if seat is not None:
            await self._parts.audience.notice([seat], event, message)

    async def _qualities(self, owner: RoomOwner, qualities: tuple[media.QualityOf, ...]) -> None:
        shown = {participant.id for participant in owner.room.present()}
        for seat in self._parts.audience.in_room(owner.room.id):
            known = [q for q in qualities if q.participant in shown | {seat.participant}]
            if known:
                message = views.ConnectionQuality(qualities=known)
                await self._parts.audience.notice([seat], "connection_quality", message)
