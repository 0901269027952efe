"""What carries the sockets: how many from one address, how long unused, how fast they may send."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import socketio
import structlog
from aiohttp import web

from offhook.core.bucket import Bucket, Buckets
from offhook.core.clock import SECOND, Clock, Micros, Timer
from offhook.core.errors import RateLimited
from offhook.core.tasks import Tasks
from signalling.settings import SignallingSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

NAMESPACE: Final = "/room"
#: Every namespace that a client may come to.
NAMESPACES: Final = (NAMESPACE, "/visit", "/desk")
#: Packets that are read at once, and each second; more are left in the network until it is time.
_PACKETS_AT_ONCE = 400
_PACKETS_PER_SECOND = 200
#: Packets that cannot be read and are passed over, and one more each second.
_UNREADABLE = 20
#: Packets that may wait for a client that does not read.
_UNREAD_LIMIT = 1000
#: Seconds after which a transport is looked at again.
_LOOK_AGAIN = 5.0
#: Seconds after which it is worth trying when an address has all it may have.
_TRY_AGAIN = 10.0


class Transport:
    """One engine.io connection."""

    def __init__(self, address: str, now: Micros) -> None:
        self.address = address
        self.packets = Bucket(_PACKETS_PER_SECOND, _PACKETS_AT_ONCE, now)
        self.unreadable = Bucket(1, _UNREADABLE, now)
        self.timer: Timer | None = None


class Transports:
    """Counts the transports by address, closes those that are of no use, slows those that flood."""

    def __init__(
        self,
        settings: SignallingSettings,
        clock: Clock,
        tasks: Tasks,
        address_of: Callable[[web.Request], str],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._tasks = tasks
        self._address_of = address_of
        self._all: dict[str, Transport] = {}
        self._counts: Counter[str] = Counter()
        rate = settings.sockets_per_second
        self._arrivals = Buckets(rate, rate * 10)

    def __len__(self) -> int:
        return len(self._all)

    def admit(self, request: web.Request) -> None:
        """Raise `RateLimited` (`too_many_sockets`) when a request would open one too many."""
        if "sid" in request.query or request.method == "OPTIONS":
            return
        address = self._address_of(request)
        most = self._settings.sockets_of_address
        if most and self._counts[address] >= most:
            raise RateLimited(
                f"From one address at most {most} pages can be connected.",
                code="too_many_sockets",
                retry_after=_TRY_AGAIN,
            )
        if most:
            self._arrivals.take(address, self._clock.now())

    def opened(self, server: RoomServer, sid: str, environ: dict[str, Any]) -> None:
        """Watch a new transport."""
        transport = Transport(self._address_of(environ["aiohttp.request"]), self._clock.now())
        self._all[sid] = transport
        self._counts[transport.address] += 1
        _tame(server, sid, transport, self._clock)
        self._look_after(server, sid, self._settings.idle_transport)

    def closed(self, sid: str) -> None:
        """Forget a transport."""
        transport = self._all.pop(sid, None)
        if transport is None:
            return
        if transport.timer is not None:
            transport.timer.cancel()
        self._counts[transport.address] -= 1
        if not self._counts[transport.address]:
            del self._counts[transport.address]

    def forgives(self, sid: str) -> bool:
        """Whether one more packet that cannot be read is passed over."""
        transport = self._all.get(sid)
        if transport is None:
            return False
        try:
            transport.unreadable.take(self._clock.now())
        except RateLimited:
            return False
        return True

    def _look_after(self, server: RoomServer, sid: str, seconds: float) -> None:
        at = Micros(self._clock.now() + round(seconds * SECOND))
        self._all[sid].timer = self._clock.call_at(at, lambda: self._look(server, sid))

    def _look(self, server: RoomServer, sid: str) -> None:
        """Close a transport that has not come to a namespace, or does not read."""
        if sid not in self._all:
            return
        self._look_after(server, sid, _LOOK_AGAIN)
        if not any(server.manager.sid_from_eio_sid(sid, name) for name in NAMESPACES):
            reason = "idle"
        elif server.unread(sid) > _UNREAD_LIMIT:
            reason = "unread"
        else:
            return
        log.info("transport closed", reason=reason, address=self._all[sid].address)
        self._tasks.spawn(server.cut(sid), f"cut transport {sid}")


def _tame(server: RoomServer, sid: str, transport: Transport, clock: Clock) -> None:
    """Have the transport read no faster than it may, and close it when it cannot be read."""
    socket = server.eio.sockets[sid]
    receive, handle = socket.receive, socket._websocket_handler

    async def slowly(packet: object) -> None:
        while True:
            try:
                transport.packets.take(clock.now())
                break
            except RateLimited as limited:
                await asyncio.sleep(limited.retry_after or 0)
        await receive(packet)

    async def safely(websocket: object) -> None:
        try:
            await handle(websocket)
        except ValueError as error:
            log.info("transport cannot be read", error=str(error), address=transport.address)
            await server.cut(sid)

    socket.receive, socket._websocket_handler = slowly, safely


class RoomServer(socketio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """A socket.io server whose transports are watched."""

    transports: Transports | None = None

    def unread(self, sid: str) -> int:
        """How many packets wait for a transport to take them."""
        socket = self.eio.sockets.get(sid)
        return 0 if socket is None else socket.queue.qsize()

    async def cut(self, sid: str) -> None:
        """Close a transport without waiting for its client."""
        socket = self.eio.sockets.get(sid)
        if socket is not None:
            await socket.close(wait=False, abort=True)
            socket.queue.put_nowait(None)

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> Any:
        if self.transports is not None:
            self.transports.opened(self, eio_sid, environ)
        return await super()._handle_eio_connect(eio_sid, environ)

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        try:
            if not data:
                raise ValueError("an empty packet")
            await super()._handle_eio_message(eio_sid, data)
        except ValueError as error:
            log.info("packet cannot be read", error=str(error)[:200], transport=eio_sid)
            if self.transports is None or not self.transports.forgives(eio_sid):
                await self.cut(eio_sid)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: Any) -> None:
        if self.transports is not None:
            self.transports.closed(eio_sid)
        await super()._handle_eio_disconnect(eio_sid, reason)
