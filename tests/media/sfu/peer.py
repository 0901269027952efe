"""A browser made of aiortc: two peer connections, driven over the bus as signalling would."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamTrack

from offhook.core.bus.bus import Bus
from offhook.core.contracts.media import (
    MEDIA_TOPIC,
    Answered,
    AnswerSubscribe,
    Enter,
    Exit,
    MediaCommand,
    MediaNews,
    MediaReply,
    Publish,
    PublishedTrack,
    SubscribeOffer,
    TrackSource,
)

N = TypeVar("N", bound=MediaNews)


class Heard:
    """All news of a bus so far, and waiting for the one that matters."""

    def __init__(self) -> None:
        self.all: list[MediaNews] = []
        self._changed = asyncio.Condition()

    async def take(self, news: MediaNews) -> None:
        """Listener of the bus."""
        async with self._changed:
            self.all.append(news)
            self._changed.notify_all()

    def of(self, kind: type[N], **wanted: object) -> list[N]:
        """The news of this kind with these fields so far."""
        fits = (news for news in self.all if isinstance(news, kind))
        return [n for n in fits if all(getattr(n, k) == v for k, v in wanted.items())]

    async def wait(self, kind: type[N], within: float = 8.0, **wanted: object) -> N:
        """The first news of this kind with these fields, now or to come."""
        async with asyncio.timeout(within), self._changed:
            while not (found := self.of(kind, **wanted)):
                await self._changed.wait()
            return found[0]


class Peer:
    """One participant; `received` are its incoming tracks by track id."""

    def __init__(self, bus: Bus, node: str, room: str, name: str) -> None:
        self.bus = bus
        self.node = node
        self.room = room
        self.name = name
        self.news = Heard()
        self.publish = _connection()
        self.subscribe: RTCPeerConnection | None = None
        self.received: dict[str, MediaStreamTrack] = {}
        self.offers: list[SubscribeOffer] = []
        self._tracks: list[tuple[RTCRtpSender, str, TrackSource]] = []
        self._arrived = asyncio.Condition()

    async def enter(self) -> None:
        """Enter the room, and answer every offer from now on."""
        self._listening = await self.bus.subscribe(MEDIA_TOPIC, self._on_news)
        await self.bus.request(self.node, Enter(room=self.room, participant=self.name))

    async def _on_news(self, news: MediaNews) -> None:
        await self.news.take(news)
        if isinstance(news, SubscribeOffer) and news.participant == self.name:
            await self.answer(news)

    async def answer(self, offer: SubscribeOffer) -> None:
        """Answer a subscribe offer as a browser would."""
        self.offers.append(offer)
        if offer.fresh and self.subscribe is not None:
            await self.subscribe.close()
            self.subscribe = None
        if self.subscribe is None:
            self.subscribe = _connection()
        await self.subscribe.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
        await self.subscribe.setLocalDescription(await self.subscribe.createAnswer())
        await self._ask(
            AnswerSubscribe(
                room=self.room,
                participant=self.name,
                version=offer.version,
                sdp=self.subscribe.localDescription.sdp,
            )
        )
        by_mid = {t.mid: t.receiver.track for t in self.subscribe.getTransceivers()}
        async with self._arrived:
            for track in offer.tracks:
                self.received[track.track] = by_mid[track.mid]
            self._arrived.notify_all()

    async def track(self, name: str, within: float = 8.0) -> MediaStreamTrack:
        """The incoming track of this id, once it was offered."""
        async with asyncio.timeout(within), self._arrived:
            await self._arrived.wait_for(lambda: name in self.received)
            return self.received[name]

    def add(self, track: MediaStreamTrack, name: str, source: TrackSource) -> RTCRtpSender:
        """Send a track from the next offer on."""
        sender = self.publish.addTrack(track)
        self._tracks.append((sender, name, source))
        return sender

    async def offer(self) -> None:
        """Offer the publish connection and take the answer."""
        await self.publish.setLocalDescription(await self.publish.createOffer())
        reply = await self._ask(
            Publish(
                room=self.room,
                participant=self.name,
                sdp=self.publish.localDescription.sdp,
                tracks=tuple(self.published()),
            )
        )
        assert isinstance(reply, Answered)
        await self.publish.setRemoteDescription(RTCSessionDescription(reply.sdp, "answer"))

    def published(self) -> list[PublishedTrack]:
        """The live tracks by mid."""
        mids = {t.sender: t.mid or "" for t in self.publish.getTransceivers()}
        return [
            PublishedTrack(mid=mids[sender], track=name, source=source)
            for sender, name, source in self._tracks
        ]

    async def _ask(self, command: MediaCommand) -> MediaReply:
        return await self.bus.request(self.node, command)

    async def exit(self) -> None:
        """Leave the room and close everything."""
        await self._listening.close()
        await self._ask(Exit(room=self.room, participant=self.name))
        await self.close()

    async def close(self) -> None:
        """Close both peer connections, as a page that goes away."""
        await self.publish.close()
        if self.subscribe is not None:
            await self.subscribe.close()


def _connection() -> RTCPeerConnection:
    return RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )
