"""The socket.io namespace /room: commands in, acks, facts and notices out."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

import msgspec
import socketio
import structlog
from msgspec import Raw, Struct

from offhook.core.bucket import Bucket
from offhook.core.clock import SECOND, Micros, Timer
from offhook.core.contracts.processes import Acked, CarryCommand
from offhook.core.errors import (
    Conflict,
    NotFound,
    OffhookError,
    RateLimited,
)
from signalling.api import json, messages
from signalling.api.carrying import anywhere, argument_carried
from signalling.api.commands import HANDLERS, Call
from signalling.api.decoding import argument_of
from signalling.api.messages import Problem
from signalling.api.problems import problem_of, unforeseen
from signalling.api.transports import NAMESPACE, NAMESPACES, RoomServer
from signalling.domain.views import Left, TokenRefreshed
from signalling.services.border import Said
from signalling.services.services import Services
from signalling.settings import SignallingSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_AS_TEXT = {
    socketio.packet.BINARY_EVENT: socketio.packet.EVENT,
    socketio.packet.BINARY_ACK: socketio.packet.ACK,
}
#: The number of an ack that nobody waits for.
_NO_QUESTION = -1
_NO_ANSWER: list[Any] = []
#: A larger packet closes the socket; what a command may hold is less.
_PACKET_LIMIT = 1024 * 1024
_COMMANDS_PER_SECOND = 40
_COMMANDS_AT_ONCE = 120
#: Characters of a command that cost as much as another command, and what it costs at most.
_WEIGHED, _HEAVIEST = 4096, 60
#: What a command costs that is dearer than others.
_DEAR = {"upload": 10}
#: Commands that were refused for coming too fast: so many at once, and each second, are forgiven.
_REFUSALS_AT_ONCE = 100
_REFUSALS_PER_SECOND = 5
#: Seconds that a socket with a good token may stay without a place.
_PREVIEW_LIMIT = 900
#: Commands of one socket that may wait for their turn.
_WAITING_LIMIT = 64


class _Connection:
    """What is known of one socket; its commands are carried out one after another."""

    def __init__(self, socket: str, token: str | None, now: Micros) -> None:
        self.socket = socket
        self.token = token
        self.turn = asyncio.Lock()
        self.since = now
        self.waiting = 0
        self.bucket = Bucket(_COMMANDS_PER_SECOND, _COMMANDS_AT_ONCE, now)
        self.refusals = Bucket(_REFUSALS_PER_SECOND, _REFUSALS_AT_ONCE, now)
        self.flooding = False
        #: Offers that it may answer, however fast we make them.
        self.offers = 0
        self.timer: Timer | None = None


class RoomSockets:
    """The door of the sockets, in both directions."""

    def __init__(self, services: Services, server: socketio.AsyncServer) -> None:
        self._services = services
        self._server = server
        self._clock = services.parts.clock
        self._connections: dict[str, _Connection] = {}
        server.on("connect", self._connected, namespace=NAMESPACE)
        server.on("disconnect", self._disconnected, namespace=NAMESPACE)
        server.on("*", self._commanded, namespace=NAMESPACE)

    # --- out ---------------------------------------------------------------------------------

    async def emit(self, sockets: Sequence[str], event: str, message: Struct | Raw) -> None:
        """Send one message to sockets of this process."""
        if event == "offer":
            for connection in filter(None, map(self._connections.get, sockets)):
                connection.offers += 1
        await self._server.emit(
            event, message, to=list(sockets), namespace=NAMESPACE, ignore_queue=True
        )

    async def close(self, socket: str) -> None:
        """Disconnect a socket after what was sent to it."""
        if not self.alive(socket):
            return
        transport = self._server.manager.eio_sid_from_sid(socket, NAMESPACE)
        await self._server.disconnect(socket, namespace=NAMESPACE, ignore_queue=True)
        if transport is not None:
            self._services.parts.tasks.spawn(
                self._server.eio.disconnect(transport), f"hang up on {socket}"
            )

    def alive(self, socket: str) -> bool:
        """Whether the socket is connected."""
        return socket in self._connections

    # --- in ----------------------------------------------------------------------------------

    async def _connected(self, socket: str, environ: object, auth: object = None) -> bool | None:
        if socket in self._connections:
            return None
        token = auth.get("token") if isinstance(auth, dict) else None
        token = token if isinstance(token, str) else None
        self._connections[socket] = _Connection(socket, token, self._clock.now())
        self._services.figures.sockets.set(len(self._connections))
        self._watch(self._connections[socket])
        return None

    async def _disconnected(self, socket: str, *_: object) -> None:
        if self._server.manager.is_connected(socket, NAMESPACE):
            return
        connection = self._connections.pop(socket, None)
        if connection is not None and connection.timer is not None:
            connection.timer.cancel()
        self._services.figures.sockets.set(len(self._connections))
        self._services.border.lost(socket)
        self._services.joining.lost(socket)

    async def _commanded(self, command: str, socket: str, *arguments: object) -> dict[str, Any]:
        connection = self._connections.get(socket)
        result = "ok"
        try:
            if connection is None:
                raise NotFound("The socket is closed.", code="socket_closed")
            return {"ok": True, "value": await self._in_turn(connection, command, arguments)}
        except OffhookError as error:
            result = error.code
            return _refusal(problem_of(error))
        except Exception as error:
            result = "internal"
            return _refusal(unforeseen(error, command=str(command), socket=socket))
        finally:
            known = command if command in messages.COMMANDS else "unknown"
            self._services.figures.commands.labels(known, result).inc()

    async def _in_turn(
        self, connection: _Connection, command: str, arguments: tuple[object, ...]
    ) -> Struct | Raw | None:
        self._slow(connection, command, arguments)
        if connection.waiting >= _WAITING_LIMIT:
            raise Conflict("Too many commands wait for an answer.", code="too_many_waiting")
        connection.waiting += 1
        try:
            async with connection.turn:
                return await self._carry_out(connection, command, arguments)
        finally:
            connection.waiting -= 1

    def _slow(self, connection: _Connection, command: str, arguments: tuple[object, ...]) -> None:
        """Refuse what comes too fast, but for what we asked for; who goes on all the same is sent
        away."""
        if connection.flooding:
            raise NotFound("The socket is closed for flooding.", code="socket_closed")
        if command == "answer" and connection.offers:
            connection.offers -= 1
            return
        now = self._clock.now()
        try:
            connection.bucket.take(now, _weight(arguments) + _DEAR.get(command, 0))
        except RateLimited:
            try:
                connection.refusals.take(now)
            except RateLimited:
                connection.flooding = True
                name = f"send {connection.socket} away"
                self._services.parts.tasks.spawn(self._send_away(connection), name)
            raise

    async def _send_away(self, connection: _Connection) -> None:
        """Take a flooding socket's place away and close it, with the reason."""
        socket = connection.socket
        log.warning("socket floods", socket=socket)
        self._services.figures.floods.inc()
        if await self._services.joining.dismiss(socket, "flooding"):
            return
        await self.emit([socket], "leave", Left(reason="flooding", action="disconnect"))
        border = self._services.border
        if (home := border.home(socket)) is not None:
            leaving = Said(
                namespace=NAMESPACE,
                socket=socket,
                token=connection.token,
                command="leave",
                argument=messages.Leave(),
            )
            with contextlib.suppress(OffhookError):
                await border.carry_command(home, leaving)
        await self.close(socket)

    async def _carry_out(
        self, connection: _Connection, command: str, arguments: tuple[object, ...]
    ) -> Struct | Raw | None:
        """Here, or at the process that owns the room."""
        socket, token = connection.socket, connection.token
        said = Said(
            namespace=NAMESPACE,
            socket=socket,
            token=token,
            command=command,
            argument=argument_of(_shape(command), arguments),
        )
        return await anywhere(
            self._services.border, said, lambda: self._obey(socket, token, command, said.argument)
        )

    async def _obey(
        self, socket: str, token: str | None, command: str, argument: Struct
    ) -> Struct | None:
        call = Call(
            services=self._services,
            socket=socket,
            token=token,
            seat=self._services.audience.of_socket(socket),
        )
        return await HANDLERS[command](call, argument)

    async def carried(self, asked: CarryCommand, socket: str) -> Acked:
        """Carry out a command of a socket that hangs on another process."""
        argument = argument_carried(asked, _shape(asked.command))
        value = await self._obey(socket, asked.token, asked.command, argument)
        seated = self._services.audience.of_socket(socket) is not None
        return Acked(value=Raw(msgspec.json.encode(value)), seated=seated)

    def gone(self, socket: str) -> None:
        """A socket that hangs on another process has closed."""
        self._services.joining.lost(socket)

    def of_process(self, node: str) -> Sequence[str]:
        """The sockets of another process that have a seat here."""
        return [seat.socket for seat in self._services.audience.of_process(node)]

    # --- time --------------------------------------------------------------------------------

    def _watch(self, connection: _Connection) -> None:
        at = Micros(self._clock.now() + round(self._services.settings.idle_socket * SECOND))
        connection.timer = self._clock.call_at(at, lambda: self._look_at(connection))

    def _look_at(self, connection: _Connection) -> None:
        self._watch(connection)
        self._services.parts.tasks.spawn(
            self._care_for(connection), f"look at socket {connection.socket}"
        )

    async def _care_for(self, connection: _Connection) -> None:
        """Send away who has no place and no reason to wait; renew the token of who has one."""
        if self._is_seated(connection.socket):
            await self._refresh(connection)
        elif not await self._may_wait(connection):
            await self.close(connection.socket)

    def _is_seated(self, socket: str) -> bool:
        services = self._services
        return services.audience.of_socket(socket) is not None or bool(services.border.home(socket))

    async def _may_wait(self, connection: _Connection) -> bool:
        """A page may open its socket while somebody chooses devices, if its token is good."""
        if self._clock.now() - connection.since > _PREVIEW_LIMIT * SECOND:
            return False
        try:
            await self._services.tokens.verify(connection.token)
        except OffhookError:
            return False
        return True

    async def _refresh(self, connection: _Connection) -> None:
        fresh = await self._services.tokens.refreshed(connection.token)
        if fresh is not None:
            connection.token = fresh
            await self.emit([connection.socket], "refresh_token", TokenRefreshed(token=fresh))

    async def shut(self) -> None:
        """Disconnect everybody; their places are kept for a while."""
        for socket in list(self._connections):
            await self.close(socket)


class TextPacket(socketio.packet.Packet):  # type: ignore[misc]  # the library has no types
    """No message of ours has binary attachments, so none is waited for, and none is kept: an
    announced one stands in the message as its placeholder, which no command takes."""

    uses_binary_events = False

    def decode(self, encoded_packet: Any) -> int:
        """Read a packet, raising nothing but `ValueError`; an attachment itself becomes an answer
        to nothing."""
        if not isinstance(encoded_packet, str):
            self.packet_type, self.namespace = socketio.packet.ACK, NAMESPACE
            self.id, self.data = _NO_QUESTION, _NO_ANSWER
            return 0
        try:
            super().decode(encoded_packet)
        except (IndexError, TypeError, RecursionError, msgspec.DecodeError) as error:
            raise ValueError("a packet that cannot be read") from error
        self.packet_type = _AS_TEXT.get(self.packet_type, self.packet_type)
        self._check()
        return 0

    def _check(self) -> None:
        """The library trusts that events have a name, and answers a list."""
        data = self.data
        if self.packet_type == socketio.packet.EVENT:
            fits = isinstance(data, list) and bool(data) and isinstance(data[0], str)
        elif self.packet_type == socketio.packet.ACK:
            fits = isinstance(data, list)
        else:
            fits = self.packet_type in {socketio.packet.CONNECT, socketio.packet.DISCONNECT}
        if not fits:
            raise ValueError("a packet that means nothing")


def make_server(settings: SignallingSettings, manager: Any = None) -> RoomServer:
    """A socket.io server for the room namespace."""
    server = RoomServer(
        async_mode="aiohttp",
        client_manager=manager,
        json=json,
        namespaces=list(NAMESPACES),
        max_http_buffer_size=_PACKET_LIMIT,
        cors_allowed_origins=_origins(settings),
        cors_credentials=False,
        ping_interval=settings.ping_interval,
        ping_timeout=settings.ping_timeout,
        logger=False,
        engineio_logger=False,
    )
    server.packet_class = TextPacket
    return server


async def hang_up(server: socketio.AsyncServer) -> None:
    """Close all transports and stop the server; a client that does not close in turn is not waited
    for."""
    for transport in list(server.eio.sockets.values()):
        await transport.close(wait=False)
        transport.queue.put_nowait(None)
    await server.shutdown()


def _origins(settings: SignallingSettings) -> Any:
    """Whose pages may use sockets: our own, the public URL's, and those that are allowed."""
    others = {origin.rstrip("/") for origin in (*settings.allowed_origins, settings.public_url)}

    def allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        scheme, _, host = (origin or "").rstrip("/").partition("://")
        ours = scheme in {"http", "https"} and host == environ.get("HTTP_HOST")
        return ours or f"{scheme}://{host}" in others

    return allowed


def _shape(command: str) -> type[Struct]:
    """What a command's argument looks like; raise `NotFound` (`unknown_command`)."""
    if command not in HANDLERS:
        raise NotFound(f"There is no command {str(command)[:64]!r}.", code="unknown_command")
    shape, _ = messages.COMMANDS[command]
    return shape


def _weight(arguments: tuple[object, ...]) -> float:
    """What a command costs: one, and more when it is long."""
    value = arguments[0] if arguments else None
    texts = value.values() if isinstance(value, dict) else ()
    size = sum(len(text) for text in texts if isinstance(text, str))
    return min(_HEAVIEST, 1 + size // _WEIGHED)


def _refusal(problem: Problem) -> dict[str, Any]:
    return {"ok": False, "error": problem}
