"""Browsers without UDP: frames over passive TCP, connections that break the rules."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from media.sfu import sdp
from media.sfu.datapath.tcp import (
    HIGH_WATER,
    MAX_CONNECTIONS,
    MAX_UNCLAIMED,
    TcpConnection,
    TcpPort,
)
from media.sfu.dtls import Identity
from media.sfu.timers import Timers
from media.worker import MediaWorker
from offhook.core.clock import ManualClock
from tests.media.sfu.browser import Browser, audio_line
from tests.media.sfu.node import Still
from tests.media.sfu.test_legs import opus
from tests.media.sfu.wait import eventually
from tests.media.sfu.wire import Wire

pytestmark = pytest.mark.integration

People = Callable[[str], Browser]


class TcpWire(Wire):
    """A connection whose datagrams are framed as RFC 4571 says."""

    def __init__(self, identity: Identity | None = None) -> None:
        super().__init__(identity=identity)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self.ended = asyncio.Event()

    async def open(self) -> None:
        """Connect to the TCP port of the server's candidate."""
        self._reader, self._writer = await asyncio.open_connection(*self.server)
        self._reading = asyncio.create_task(self._read(self._reader))

    async def connect(self, remote: sdp.Transport) -> None:
        """Open the connection first."""
        self.meet(remote)
        await self.open()
        await self.establish()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(2), "big")
                self.datagram_received(await reader.readexactly(size), ("", 0))
        except (asyncio.IncompleteReadError, ConnectionError):
            self.ended.set()

    def send(self, data: bytes) -> None:
        """Send one frame."""
        self.raw(len(data).to_bytes(2, "big") + data)

    def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        assert self._writer is not None
        self._writer.write(data)

    async def shut(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.close()
        if self._reading is not None:
            await self._reading


async def _ann(people: People) -> tuple[Browser, sdp.Transport]:
    ann = people("PA1")
    await ann.enter()
    ann.sends(audio_line("0"), "TR1")
    return ann, (await ann.offer()).transport


async def test_media_flows_over_tcp(worker: MediaWorker, people: People) -> None:
    ann, transport = await _ann(people)
    ben = people("PA2")
    await ben.enter()
    ben.into = tcp = TcpWire()
    await ben.receive()
    await ann.out.connect(transport)
    ann.out.send_rtp(opus(1))
    await ben.into.until(lambda: bool(ben.into.rtp))
    assert ben.into.rtp[0].payload == b"opus1"
    assert worker.node.datapath.sizes().connections == 1
    await tcp.shut()


async def test_a_frame_may_come_in_pieces(worker: MediaWorker, people: People) -> None:
    ann, transport = await _ann(people)
    tcp = TcpWire(ann.out.identity)
    await tcp.connect(transport)
    check, answers = tcp.request(), tcp.answers
    tcp.raw(b"\x00")
    tcp.raw(len(check).to_bytes(2, "big")[1:] + check[:10])
    tcp.raw(check[10:] + len(check).to_bytes(2, "big") + check)
    await tcp.until(lambda: tcp.answers == answers + 2)
    await tcp.shut()


async def test_a_frame_that_is_too_long_ends_the_connection(
    worker: MediaWorker, people: People
) -> None:
    _, transport = await _ann(people)
    tcp = TcpWire()
    tcp.meet(transport)
    await tcp.open()
    tcp.raw(b"\xff\xff")
    async with asyncio.timeout(3):
        await tcp.ended.wait()
    await tcp.shut()


async def test_a_connection_that_nobody_claims_is_closed(still: Still, people: People) -> None:
    _, transport = await _ann(people)
    tcp = TcpWire()
    tcp.meet(transport)
    await tcp.open()
    tcp.raw(b"\x00\x04junk")
    await eventually(lambda: still.worker.node.datapath.sizes().connections == 1)
    still.skip(9)
    assert still.worker.node.datapath.sizes().connections == 1
    still.skip(2)
    async with asyncio.timeout(3):
        await tcp.ended.wait()
    await tcp.shut()


async def test_a_leg_waits_for_another_way_when_its_connection_ends(
    worker: MediaWorker, people: People
) -> None:
    ann, transport = await _ann(people)
    tcp = TcpWire(ann.out.identity)
    await tcp.connect(transport)
    await tcp.shut()
    await eventually(lambda: worker.node.datapath.sizes().connections == 0)
    assert worker.node.legs == 1
    ann.out.meet(transport)
    await ann.out.open()
    ann.out.check()
    await ann.out.until(lambda: ann.out.answers > 0)


class Slow(asyncio.Transport):
    """A connection whose other end does not read."""

    def __init__(self, address: str = "192.0.2.1") -> None:
        super().__init__({"peername": (address, 5)})
        self.unsent = 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it."""
        self.unsent += len(data)

    def get_write_buffer_size(self) -> int:
        """All of it."""
        return self.unsent

    def is_closing(self) -> bool:
        """Never."""
        return False

    def abort(self) -> None:
        """Nothing to end."""


async def test_media_is_dropped_rather_than_queued_for_a_slow_reader() -> None:
    timers = Timers(ManualClock())
    port = TcpPort(0, timers, lambda *_: None, lambda *_: None)
    connection, slow = TcpConnection(port), Slow()
    connection.connection_made(slow)
    for _ in range(1000):
        connection.send(bytes(1200))
    assert HIGH_WATER <= slow.unsent < HIGH_WATER + 1300
    connection.connection_lost(None)
    assert len(timers) == 0


async def test_too_many_connections_are_not_taken() -> None:
    timers = Timers(ManualClock())
    port = TcpPort(0, timers, lambda *_: None, lambda *_: None)
    for number in range(MAX_CONNECTIONS + 10):
        TcpConnection(port).connection_made(Slow(f"192.0.2.{number % 200}"))
    assert len(port.connections) == MAX_CONNECTIONS


async def test_one_address_cannot_take_all_connections() -> None:
    timers = Timers(ManualClock())
    port = TcpPort(0, timers, lambda *_: None, lambda *_: None)
    for _ in range(MAX_UNCLAIMED + 10):
        TcpConnection(port).connection_made(Slow())
    assert len(port.connections) == MAX_UNCLAIMED
    TcpConnection(port).connection_made(Slow("192.0.2.2"))
    assert len(port.connections) == MAX_UNCLAIMED + 1
