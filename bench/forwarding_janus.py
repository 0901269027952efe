"""Clients of a Janus video room in the forwarding benchmark: the same legs as those of Offhook."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from bench.forwarding_load import Bursts, Load, Sink, credentials
from bench.janus import Session, address
from media.load import descriptions
from media.load.connection import Connection, Means
from media.load.histogram import Histogram
from media.load.outgoing import Outgoing
from media.load.sources import Kind, Sound
from media.load.transmitter import Transmitter
from media.sfu import sdp
from media.sfu.stun import BindingRequest
from offhook.core.clock import Micros

ROOM = 1234


async def make_room(session: Session) -> None:
    """One room with no limit on bit rates."""
    body = {"request": "create", "room": ROOM, "publishers": 50, "bitrate": 0}
    body |= {"videocodec": "vp8", "audiocodec": "opus"}
    await session.ask(await session.attach(), body)


class Placed(Connection):
    """A connection that says where it is, and answers checks: Janus makes its own.

    Who offers controls (RFC 8445, section 6.1.1): Janus does where it is the one that sends.
    """

    controls = True
    _socket: socket.socket | None = None

    def transport(self, setup: str) -> sdp.Transport:
        """What our description says, with our address."""
        taken = self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        taken.setblocking(False)
        taken.bind((address(), 0))
        host, port = taken.getsockname()
        candidate = f"1 1 udp 2130706431 {host} {port} typ host"
        return replace(super().transport(setup), candidates=(candidate,))

    async def open(self) -> None:
        """Take the socket that was named."""
        assert self._socket is not None
        self._socket.connect(self.server)
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, sock=self._socket)

    def _check_again(self, now: Micros) -> None:
        if self.controls:
            super()._check_again(now)

    def _on_stun(self, data: bytes) -> None:
        request = BindingRequest.parse(data)
        if request is None:
            super()._on_stun(data)
            return
        self.send(request.success(self.password.encode(), *self.server))
        if not self.controls and self._dtls is None:
            self.begin()


class PlacedSink(Placed, Sink):
    """A receiving leg that says where it is."""

    controls = False


class Feed:
    """Somebody who publishes one track."""

    def __init__(self, session: Session, means: Means, load: Load) -> None:
        self.number = 0
        self._session = session
        self._means = means
        self._load = load
        self.connection = Placed(means, credentials(means.randomness))
        self.transmitter = Transmitter(
            self.connection.send_rtp, self.connection.send_rtcp, means.timers, Histogram()
        )

    async def join(self, up: Callable[[], None]) -> None:
        """Join and publish; `up` is called when packets leave."""
        handle = await self._session.attach()
        body: dict[str, object] = {"request": "join", "ptype": "publisher", "room": ROOM}
        joined = await self._session.ask(handle, body)
        self.number = joined["plugindata"]["data"]["id"]
        random = self._means.randomness
        kind: Kind = "audio" if self._load.kind == "audio" else "video"
        ssrcs = [random.randrange(1 << 20, 1 << 32) for _ in range(2 if kind == "video" else 1)]
        line = descriptions.sending(kind, "0", ssrcs)
        offer = descriptions.offer([line], self.connection.transport("active"))
        reply = await self._session.ask(handle, {"request": "publish"}, ("offer", offer))
        answered = sdp.parse(reply["jsep"]["sdp"])
        self._send(line, answered)
        connection = self.connection
        connection.take_rtcp = self.transmitter.on_rtcp

        def begin() -> None:
            self.transmitter.start(self._means.timers.now())
            up()

        connection.on_up = begin
        await connection.start(answered.transport)

    def _send(self, line: sdp.Media, answered: sdp.Description) -> None:
        plan = descriptions.negotiated(line, answered.media[0])
        numbers = count()
        stream = Outgoing(plan, lambda: next(numbers), first=1000)
        if line.kind == "audio":
            level = descriptions.level_number(answered.media[0])
            self.transmitter.sources = [Sound(stream, level)]
        else:
            self.transmitter.sources = [Bursts(stream, self._load)]


async def watch(
    session: Session, means: Means, feeds: list[int], heard: Callable[[], None]
) -> Sink:
    """Subscribe to these feeds on one connection."""
    handle = await session.attach()
    streams = [{"feed": feed} for feed in feeds]
    body: dict[str, object] = {"request": "join", "ptype": "subscriber", "room": ROOM}
    reply = await session.ask(handle, {**body, "streams": streams})
    offered = sdp.parse(reply["jsep"]["sdp"])
    sink = PlacedSink(means, feedback=True, heard=heard)
    sink.expect(offered)
    answer = descriptions.answer(offered, sink.transport("active"))
    await session.ask(handle, {"request": "start"}, ("answer", answer))
    await sink.start(offered.transport)
    return sink
