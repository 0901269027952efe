"""What the namespaces /visit and /desk have in common: commands in turn, acks, states out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

import socketio
import structlog
from msgspec import Raw, Struct

from offhook.core.clock import SECOND, Micros, Timer
from offhook.core.errors import Conflict, InvalidInput, NotFound, OffhookError, RateLimited
from signalling.api.decoding import argument_of
from signalling.api.limits import Bucket
from signalling.api.problems import problem_of, unforeseen
from signalling.services.services import Services

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

P = TypeVar("P")
Shapes = dict[str, tuple[type[Struct], type[Struct] | None]]
_COMMANDS_PER_SECOND, _COMMANDS_AT_ONCE = 10, 40
_REFUSALS_AT_ONCE, _REFUSALS_PER_SECOND = 50, 5
_WAITING_LIMIT = 32
#: Seconds after which a socket that has not begun is closed.
_IDLE = 60.0


class Connection(Generic[P]):
    """One socket; its commands are carried out one after another. `place` is set once it began."""

    def __init__(self, socket: str, auth: dict[str, Any], environ: Any, now: Micros) -> None:
        self.socket = socket
        self.auth = auth
        self.environ = environ
        self.place: P | None = None
        self.turn = asyncio.Lock()
        self.waiting = 0
        self.flooding = False
        self.bucket = Bucket(_COMMANDS_PER_SECOND, _COMMANDS_AT_ONCE, now)
        self.refusals = Bucket(_REFUSALS_PER_SECOND, _REFUSALS_AT_ONCE, now)
        self.timer: Timer | None = None

    def begun(self) -> P:
        """Where it is; raise `Conflict` (`not_begun`) before it said so."""
        if self.place is None:
            raise Conflict("Begin first.", code="not_begun")
        return self.place


Handler = Callable[[Connection[P], Any], Awaitable[Struct | None]]


class Namespace(Generic[P]):
    """One namespace. `handlers` and `shapes` are by command; `lost` hears of sockets that closed
    after they had begun."""

    def __init__(
        self,
        services: Services,
        server: socketio.AsyncServer,
        name: str,
        shapes: Shapes,
        handlers: dict[str, Handler[P]],
        lost: Callable[[P, str], None],
    ) -> None:
        self._services = services
        self._server = server
        self._clock = services.parts.clock
        self._name = name
        self._shapes = shapes
        self._handlers = handlers
        self._lost = lost
        self._connections: dict[str, Connection[P]] = {}
        server.on("connect", self._connected, namespace=name)
        server.on("disconnect", self._disconnected, namespace=name)
        server.on("*", self._commanded, namespace=name)

    def has(self, socket: str) -> bool:
        """Whether this socket is one of the namespace."""
        return socket in self._connections

    async def send(self, socket: str, event: str, message: Struct | Raw) -> None:
        """Send one message to a socket."""
        await self._server.emit(event, message, to=socket, namespace=self._name, ignore_queue=True)

    async def close(self, socket: str) -> None:
        """Disconnect a socket after what was sent to it."""
        if socket in self._connections:
            await self._server.disconnect(socket, namespace=self._name, ignore_queue=True)

    async def shut(self) -> None:
        """Disconnect all."""
        for socket in list(self._connections):
            await self.close(socket)

    # --- in -------------------------------------------------------------------------------------

    async def _connected(self, socket: str, environ: Any, auth: object = None) -> None:
        given = auth if isinstance(auth, dict) else {}
        now = self._clock.now()
        connection: Connection[P] = Connection(socket, given, environ, now)
        self._connections[socket] = connection
        at = Micros(now + round(_IDLE * SECOND))
        connection.timer = self._clock.call_at(at, lambda: self._look_at(connection))

    def _look_at(self, connection: Connection[P]) -> None:
        if connection.place is None:
            self._services.parts.tasks.spawn(
                self.close(connection.socket), f"close idle {connection.socket}"
            )

    async def _disconnected(self, socket: str, *_: object) -> None:
        connection = self._connections.pop(socket, None)
        if connection is None:
            return
        if connection.timer is not None:
            connection.timer.cancel()
        if connection.place is not None:
            self._lost(connection.place, socket)

    async def _commanded(self, command: str, socket: str, *arguments: object) -> dict[str, Any]:
        connection = self._connections.get(socket)
        result = "ok"
        try:
            if connection is None:
                raise NotFound("The socket is closed.", code="socket_closed")
            return {"ok": True, "value": await self._in_turn(connection, command, arguments)}
        except OffhookError as error:
            result = error.code
            return {"ok": False, "error": problem_of(error)}
        except Exception as error:
            result = "internal"
            return {"ok": False, "error": unforeseen(error, command=str(command), socket=socket)}
        finally:
            known = f"{self._name} {command}" if command in self._shapes else "unknown"
            self._services.figures.commands.labels(known, result).inc()

    async def _in_turn(
        self, connection: Connection[P], command: str, arguments: tuple[object, ...]
    ) -> Struct | None:
        self._slow(connection)
        if connection.waiting >= _WAITING_LIMIT:
            raise Conflict("Too many commands wait for an answer.", code="too_many_waiting")
        connection.waiting += 1
        try:
            async with connection.turn:
                shapes = self._shapes.get(command)
                if shapes is None:
                    raise InvalidInput("There is no such command.", code="unknown_command")
                argument = argument_of(shapes[0], arguments)
                before = connection.place
                try:
                    return await self._handlers[command](connection, argument)
                finally:
                    self._left(connection, before)
        finally:
            connection.waiting -= 1

    def _left(self, connection: Connection[P], before: P | None) -> None:
        """A socket that has begun elsewhere, or closed while it began, is not where it was."""
        place = connection.place
        if place == before:
            return
        if before is not None:
            self._lost(before, connection.socket)
        if place is not None and connection.socket not in self._connections:
            self._lost(place, connection.socket)

    def _slow(self, connection: Connection[P]) -> None:
        """Refuse what comes too fast; who goes on all the same is disconnected."""
        if connection.flooding:
            raise NotFound("The socket is closed for flooding.", code="socket_closed")
        now = self._clock.now()
        try:
            connection.bucket.take(now)
        except RateLimited:
            try:
                connection.refusals.take(now)
            except RateLimited:
                connection.flooding = True
                self._services.figures.floods.inc()
                self._services.parts.tasks.spawn(
                    self.close(connection.socket), f"send {connection.socket} away"
                )
            raise
