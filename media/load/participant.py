"""A light participant: it joins over the public protocol as a browser does, and counts packets.

It sends filler instead of sound and pictures, takes everything it is offered, and never comes
back by itself: what ends its stay is for the load test to tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import structlog

from media.load import descriptions
from media.load.connection import Connection, Means
from media.load.histogram import Histogram
from media.load.impairment import Impairment
from media.load.outgoing import Outgoing, StreamPlan
from media.load.receiver import Receiver
from media.load.sources import Kind, Pictures, Profile, Sound, Source
from media.load.transmitter import Transmitter
from media.peers.protocol import Answer, Joined, Left, PublishTrack, SubscribeOffer, read
from media.peers.room_socket import LOST, News, RoomSocket
from media.sfu import sdp
from media.sfu.ice_lite import Credentials
from offhook.core.contracts.media import TrackSource
from offhook.core.errors import Conflict, OffhookError, Unavailable
from offhook.core.tasks import Tasks

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Seconds from the first packet of the socket until media flow, at most.
JOIN_LIMIT = 20.0
#: Seconds that saying goodbye may take.
_GOODBYE = 2.0

_SOURCES: dict[Kind, TrackSource] = {"audio": "microphone", "video": "camera"}


@dataclass(frozen=True, slots=True)
class Measures:
    """Times that all participants of a load test count together, in microseconds."""

    delays: Histogram = field(default_factory=Histogram)
    late: Histogram = field(default_factory=Histogram)


class LightParticipant:
    """One place in one room; without a `profile` it only listens. `ended` tells why it is out."""

    def __init__(
        self,
        socket: RoomSocket,
        means: Means,
        tasks: Tasks,
        measures: Measures,
        profile: Profile | None = None,
        loss: float = 0.0,
    ) -> None:
        self.ended: str | None = None
        self.join_time: int | None = None
        self.transmitter: Transmitter | None = None
        self.receiver = Receiver(self._send_feedback, means.timers, measures.delays)
        self.impairment = Impairment(loss, means.randomness)
        self._socket = socket
        self._means = means
        self._tasks = tasks
        self._measures = measures
        self._profile = profile
        self._out: Connection | None = None
        self._into: Connection | None = None
        self._expects_media = False
        self._closing = False
        self._changed = asyncio.Event()

    # joining

    async def join(self) -> None:
        """Connect, take the place, publish, and wait until media flow both ways.

        Raises what the server refuses with, or `Unavailable` with the code `no_media` when the
        connections do not come up.
        """
        began = self._means.timers.now()
        try:
            async with asyncio.timeout(JOIN_LIMIT):
                await self._join()
        except TimeoutError as error:
            raise Unavailable(self._missing(), code="no_media") from error
        self.join_time = self._means.timers.now() - began

    async def _join(self) -> None:
        await self._socket.open()
        joined = await self._socket.ask("join", {}, Joined)
        self._expects_media = any(person.tracks for person in joined.snapshot.participants)
        self._tasks.spawn(self._follow(), "follow the room")
        if self._profile is not None:
            await self._publish(self._profile)
        while not self._flows:
            if self.ended is not None:
                raise Unavailable(f"it ended while joining: {self.ended}", code=self.ended)
            self._changed.clear()
            await self._changed.wait()

    @property
    def _flows(self) -> bool:
        publishes = self._profile is None or (self._out is not None and self._out.up)
        return publishes and (not self._expects_media or self.receiver.hears)

    def _missing(self) -> str:
        """What a join still waited for."""
        if self._profile is not None and not (self._out is not None and self._out.up):
            return f"the publish connection was not up after {JOIN_LIMIT:.0f} s"
        if self._into is None or not self._into.up:
            return f"the subscribe connection was not up after {JOIN_LIMIT:.0f} s"
        return f"no packet came within {JOIN_LIMIT:.0f} s"

    # publishing

    async def _publish(self, profile: Profile) -> None:
        lines = [
            descriptions.sending(kind, str(index), self._ssrcs(kind))
            for index, kind in enumerate(profile.kinds)
        ]
        connection = self._out = self._connect(self._start_sending)
        tracks = [
            PublishTrack(mid=str(index), source=_SOURCES[kind])
            for index, kind in enumerate(profile.kinds)
        ]
        offer = descriptions.offer(lines, connection.transport("actpass"))
        reply = await self._socket.ask("offer", {"sdp": offer, "tracks": tracks}, Answer)
        answered = sdp.parse(reply.sdp)
        transmitter = self.transmitter = Transmitter(
            connection.send_rtp, connection.send_rtcp, self._means.timers, self._measures.late
        )
        connection.take_rtcp = transmitter.on_rtcp
        transmitter.sources = self._sources(profile, lines, answered)
        await connection.start(answered.transport)

    def _ssrcs(self, kind: Kind) -> list[int]:
        random = self._means.randomness
        return [random.randrange(1 << 20, 1 << 32) for _ in range(2 if kind == "video" else 1)]

    def _sources(
        self, profile: Profile, lines: list[sdp.Media], answered: sdp.Description
    ) -> list[Source]:
        numbers = count()
        sources: list[Source] = []
        for line in lines:
            agreed = answered.by_mid(line.mid)
            if agreed is None or not agreed.receives:
                raise Unavailable(f"the server does not take {line.kind}", code="not_taken")
            plan = descriptions.negotiated(line, agreed)
            stream = self._stream(plan, lambda: next(numbers))
            if line.kind == "audio":
                sources.append(Sound(stream, descriptions.level_number(agreed)))
            else:
                sources.append(Pictures(stream, profile.packets_per_second))
        return sources

    def _stream(self, plan: StreamPlan, number: Callable[[], int]) -> Outgoing:
        return Outgoing(plan, number, first=self._means.randomness.randrange(1 << 15))

    def _start_sending(self) -> None:
        if self.transmitter is not None:
            self.transmitter.start(self._means.timers.now())

    # receiving

    async def _follow(self) -> None:
        """Follow the room until we are out of it."""
        try:
            while self.ended is None:
                await self._take(await self._socket.news.get())
        except OffhookError as error:
            self._end(error.code)

    async def _take(self, news: News) -> None:
        match news.name:
            case "offer":
                await self._answer(read(news.data, SubscribeOffer))
            case "leave":
                self._end(read(news.data, Left).reason)
            case "reconnect":
                self._end("media_moved")
            case name if name == LOST:
                self._end("socket_lost")

    async def _answer(self, offer: SubscribeOffer) -> None:
        """Answer an offer; one that a newer offer has replaced needs no answer."""
        offered = sdp.parse(offer.sdp)
        if self._into is not None and offer.fresh:
            self._into.close()
        if self._into is None or offer.fresh:
            connection = self._into = self._connect(lambda: None)
            connection.take_rtp = self._on_rtp
            connection.take_rtcp = self.receiver.on_rtcp
            await connection.start(offered.transport)
        else:
            connection = self._into
            connection.meet(offered.transport)
        heard = descriptions.announced(offered)
        self.receiver.expect(heard, descriptions.transport_number(offered))
        answer = descriptions.answer(offered, connection.transport("active"))
        try:
            request: dict[str, object] = {"version": offer.version, "sdp": answer}
            await self._socket.ask("answer", request, type(None))
        except Conflict:
            return

    def _on_rtp(self, data: bytes) -> None:
        self.receiver.on_rtp(data)
        if self.join_time is None:
            self._changed.set()

    def _send_feedback(self, data: bytes) -> None:
        if self._into is not None:
            self._into.send_rtcp(data)

    # connections

    def _connect(self, up: Callable[[], None]) -> Connection:
        random = self._means.randomness
        names = Credentials(random.randbytes(4).hex(), random.randbytes(16).hex())
        connection = Connection(self._means, names)

        def is_up() -> None:
            up()
            self._changed.set()

        connection.on_up = is_up
        connection.on_down = self._end
        connection.lose_out = connection.lose_in = self.impairment
        return connection

    def _end(self, reason: str) -> None:
        if self.ended is None and not self._closing:
            self.ended = reason
            self._changed.set()

    # leaving

    def stop(self) -> None:
        """Send nothing new any more; repairs still come and go."""
        if self.transmitter is not None:
            self.transmitter.stop()

    async def close(self) -> None:
        """Leave the room and end everything; the figures stay."""
        self._closing = True
        self.stop()
        self.receiver.close()
        try:
            async with asyncio.timeout(_GOODBYE):
                if self._socket.connected:
                    await self._socket.ask("leave", {}, type(None))
        except (OffhookError, TimeoutError):
            log.debug("light participant left without a goodbye")
        for connection in (self._out, self._into):
            if connection is not None:
                connection.close()
        await self._socket.close()
