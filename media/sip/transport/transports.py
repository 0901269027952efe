"""All doors of a SIP endpoint: UDP, TCP and TLS ports, and the connections through them
(RFC 3261 18)."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from media.sip.transaction.hop import Hop
from media.sip.transport.datagrams import DatagramPort, Failed, Receiver
from media.sip.transport.guard import Guard
from media.sip.transport.stream import Stream, StreamLimits
from media.sip.transport.tls import Tls
from offhook.core.clock import Clock
from offhook.core.errors import OffhookError
from offhook.core.tasks import Tasks

#: Seconds in which a connection must come about.
_CONNECTS = 5.0
#: Messages that wait for one connection.
_WAITING = 200


class SipPortTaken(OffhookError):
    """An address to listen on is in use, or not of this machine."""

    code = "sip_port"


@dataclass(frozen=True, slots=True)
class Listen:
    """One door: `UDP`, `TCP` or `TLS` at an address; port 0 is any that is free."""

    transport: str
    host: str
    port: int


@dataclass(slots=True)
class _Opening:
    """A connection that is being made, and what is to be sent through it."""

    task: asyncio.Task[None] | None
    waiting: list[tuple[bytes, Failed]]


class Transports:
    """Give it who receives; `open` the doors; `send`; `close`."""

    def __init__(
        self,
        receiver: Receiver,
        clock: Clock,
        *,
        guard: Guard | None = None,
        tls: Tls | None = None,
        limits: StreamLimits | None = None,
    ) -> None:
        self.guard = guard or Guard()
        self.limits = limits or StreamLimits()
        self._receiver = receiver
        self._clock = clock
        self._tls = tls
        self._tasks = Tasks()
        self._ports: list[DatagramPort] = []
        self._servers: list[asyncio.Server] = []
        self._streams: dict[int, Stream] = {}
        #: Connections that we opened, by where they lead, to be used again.
        self._routes: dict[tuple[str, str, int], Stream] = {}
        self._opening: dict[tuple[str, str, int], _Opening] = {}
        self._strangers: Counter[str] = Counter()
        self._number = 0

    def __len__(self) -> int:
        """How many connections are open."""
        return len(self._streams)

    async def open(self, doors: Sequence[Listen]) -> list[Listen]:
        """Listen; the doors with the ports that were chosen. Raises `SipPortTaken`; then none of
        them is open."""
        try:
            return [await self._listen(door) for door in doors]
        except OSError as error:
            await self.close()
            raise SipPortTaken(f"SIP cannot listen: {error.strerror or error}.") from error

    async def close(self) -> None:
        """Close all doors and connections."""
        for server in self._servers:
            server.close()
        for port in self._ports:
            port.close()
        for stream in list(self._streams.values()):
            stream.close()
        self._servers.clear()
        self._ports.clear()
        await self._tasks.close()

    def send(self, data: bytes, to: Hop, failed: Failed, *, name: str = "") -> None:
        """Put a message on its way; `failed` is called with the reason if that becomes known.

        Through the connection that `to` names while it is open, else through one that we opened
        there, else through a new one (RFC 3261 18.1.1, 18.2.2). `name` is what its certificate
        must be for, when that is not its address.
        """
        if not to.reliable:
            self._send_datagram(data, to, failed)
            return
        route = (to.transport, to.host, to.port)
        stream = self._streams.get(to.connection or 0) or self._routes.get(route)
        if stream is not None:
            stream.send(data, failed)
            return
        opening = self._opening.get(route)
        if opening is None:
            opening = self._opening[route] = _Opening(None, [])
            opening.task = self._tasks.spawn(
                self._connect(route, name or to.host), f"connect to {to.host} by {to.transport}"
            )
        if len(opening.waiting) < _WAITING:
            opening.waiting.append((data, failed))
        else:
            failed("too much waits for a connection")

    # --- doors ----------------------------------------------------------------------------------

    async def _listen(self, door: Listen) -> Listen:
        if door.transport == "UDP":
            port = DatagramPort.bind(door.host, door.port, self._receiver, self.guard, self._clock)
            self._ports.append(port)
            return Listen("UDP", door.host, port.port)
        server = await asyncio.get_running_loop().create_server(
            lambda: self._stream(door.transport, opened_by_us=False),
            door.host,
            door.port,
            ssl=self._server_context(door),
        )
        self._servers.append(server)
        return Listen(door.transport, door.host, server.sockets[0].getsockname()[1])

    def _server_context(self, door: Listen) -> ssl.SSLContext | None:
        if door.transport != "TLS":
            return None
        if self._tls is None or self._tls.server is None:
            raise SipPortTaken("SIP over TLS needs a certificate: set `tls_cert` and `tls_key`.")
        return self._tls.server

    # --- datagrams ------------------------------------------------------------------------------

    def _send_datagram(self, data: bytes, to: Hop, failed: Failed) -> None:
        family = socket.AF_INET6 if ":" in to.host else socket.AF_INET
        for port in self._ports:
            if port.family == family:
                port.send(data, to, failed)
                return
        failed("no UDP port for addresses of this kind")

    # --- connections ----------------------------------------------------------------------------

    def _stream(self, transport: str, *, opened_by_us: bool) -> Stream:
        self._number += 1
        return Stream(
            self._number,
            transport,
            self._receiver,
            self.guard,
            self._clock,
            self.limits,
            opened_by_us=opened_by_us,
            opened=self._opened,
            closed=self._closed,
        )

    def _opened(self, stream: Stream) -> bool:
        """Whether a connection may stay."""
        host = stream.hop.host
        if not stream.opened_by_us:
            banned = self.guard.banned(host, self._clock.now())
            full = len(self._streams) >= self.limits.connections
            if banned or full or self._strangers[host] >= self.limits.per_address:
                return False
            self._strangers[host] += 1
        self._streams[stream.name] = stream
        return True

    def _closed(self, stream: Stream) -> None:
        if self._streams.pop(stream.name, None) is None:
            return
        host = stream.hop.host
        if not stream.opened_by_us:
            self._strangers[host] -= 1
            if not self._strangers[host]:
                del self._strangers[host]
        for route in [route for route, known in self._routes.items() if known is stream]:
            del self._routes[route]
        self._receiver.unreachable(stream.hop)

    async def _connect(self, route: tuple[str, str, int], name: str) -> None:
        transport, host, port = route
        loop = asyncio.get_running_loop()
        secure = transport == "TLS"
        reason = ""
        try:
            async with asyncio.timeout(_CONNECTS):
                _, stream = await loop.create_connection(
                    lambda: self._stream(transport, opened_by_us=True),
                    host,
                    port,
                    ssl=self._client_context() if secure else None,
                    server_hostname=name if secure else None,
                )
        except TimeoutError:
            reason = "no connection in time"
        except OSError as error:
            reason = _words(error)
        waiting = self._opening.pop(route).waiting
        if not reason:
            self._routes[route] = stream
        for data, failed in waiting:
            if reason:
                failed(reason)
            else:
                stream.send(data, failed)

    def _client_context(self) -> ssl.SSLContext:
        if self._tls is None:
            raise OSError("no TLS is configured")
        return self._tls.client


def _words(error: OSError) -> str:
    """What went wrong; asyncio puts the address in place of the reason."""
    if isinstance(error, ssl.SSLError) or not error.errno:
        return str(error)
    return os.strerror(error.errno)
