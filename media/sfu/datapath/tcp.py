"""Passive TCP for browsers without UDP: one listener, frames of RFC 4571, bounded buffers."""

from __future__ import annotations

import asyncio
import itertools
import socket
from collections.abc import Callable
from typing import cast

from media.sfu.datapath.leg_io import LegIo
from media.sfu.datapath.plans import Path
from media.sfu.timers import Alarm, Timers
from offhook.core.clock import SECOND, Micros

#: Above this much unsent data, packets are dropped rather than queued.
HIGH_WATER = 256 * 1024
#: No ICE, DTLS or media frame is longer.
MAX_FRAME = 4096
MAX_CONNECTIONS = 1024
#: Connections of one address that belong to no leg yet.
MAX_UNCLAIMED = 16
#: A connection that belongs to no leg by then is closed (microseconds).
BIND_WITHIN = 10 * SECOND

Frame = Callable[[Path, LegIo | None, bytes], None]
Lost = Callable[[Path, LegIo | None], None]


class TcpPort:
    """The listener of one address with its connections."""

    def __init__(self, local: int, timers: Timers, frame: Frame, lost: Lost) -> None:
        self.local = local
        self.timers = timers
        self.frame = frame
        self.lost = lost
        self.connections: dict[int, TcpConnection] = {}
        self._numbers = itertools.count(1)
        self._server: asyncio.Server | None = None

    async def listen(self, sock: socket.socket) -> None:
        """Accept connections on a bound socket."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: TcpConnection(self), sock=sock)

    async def close(self) -> None:
        """Stop accepting, and cut all connections."""
        for connection in list(self.connections.values()):
            connection.abort()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def enter(self, connection: TcpConnection, address: str) -> int | None:
        """Number a new connection; None when there are too many, in all or from one address."""
        unclaimed = sum(
            other.leg is None and other.path.address == address
            for other in self.connections.values()
        )
        if len(self.connections) >= MAX_CONNECTIONS or unclaimed >= MAX_UNCLAIMED:
            return None
        number = next(self._numbers)
        self.connections[number] = connection
        return number

    def leave(self, number: int) -> None:
        """A connection has ended."""
        self.connections.pop(number, None)


class TcpConnection(asyncio.Protocol):
    """One accepted connection; closed when a frame breaks the rules or nobody claims it."""

    def __init__(self, port: TcpPort) -> None:
        self._port = port
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._number: int | None = None
        self._alarm: Alarm | None = None
        self.path = Path("tcp", port.local, "", 0)
        self.leg: LegIo | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop; the transport of uvloop is no subclass of asyncio's."""
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._number = self._port.enter(self, peer[0]) if peer else None
        if self._number is None:
            self._transport.abort()
            return
        self.path = Path("tcp", self._port.local, peer[0], peer[1], self._number)
        self._alarm = self._port.timers.after(BIND_WITHIN, self._expire)

    def data_received(self, data: bytes) -> None:
        """Called by the loop: cut frames off the stream."""
        buffer = self._buffer
        buffer += data
        while len(buffer) >= 2:
            end = 2 + (buffer[0] << 8 | buffer[1])
            if end - 2 > MAX_FRAME:
                self.abort()
                return
            if len(buffer) < end:
                return
            frame = bytes(buffer[2:end])
            del buffer[:end]
            if frame:
                self._port.frame(self.path, self.leg, frame)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        if self._alarm is not None:
            self._alarm.cancel()
        if self._number is not None:
            self._port.leave(self._number)
            self._port.lost(self.path, self.leg)

    def claim(self, leg: LegIo) -> None:
        """The connection belongs to a leg now."""
        self.leg = leg
        if self._alarm is not None:
            self._alarm.cancel()

    def send(self, data: bytes) -> None:
        """Send one frame, or drop it when too much is unsent."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() < HIGH_WATER:
            transport.write(len(data).to_bytes(2, "big") + data)

    def abort(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _expire(self, _now: Micros) -> None:
        self.abort()
