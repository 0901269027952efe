"""What the namespaces /visit and /desk have in common: commands in turn, acks, states out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
import socketio
import structlog
from msgspec import Raw, Struct

from offhook.core.bucket import Bucket
from offhook.core.clock import SECOND, Micros, Timer
from offhook.core.contracts.processes import Acked, CarryCommand
from offhook.core.errors import Conflict, InvalidInput, NotFound, OffhookError, RateLimited
from signalling.api.carrying import anywhere, argument_carried
from signalling.api.decoding import argument_of
from signalling.api.problems import problem_of, unforeseen
from signalling.services.audience import remote
from signalling.services.border import Said
from signalling.services.services import Services

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

P = TypeVar("P")
Shapes = dict[str, tuple[type[Struct], type[Struct] | None]]
_COMMANDS_PER_SECOND, _COMMANDS_AT_ONCE = 10, 40
_REFUSALS_AT_ONCE, _REFUSALS_PER_SECOND = 50, 5
_WAITING_LIMIT = 32
#: Seconds after which a socket that has not begun is closed.
_IDLE = 60.0


class Seated(Generic[P]):
    """One socket, of this process or another, as handlers see it. `place` is set once it began;
    `who` is what its own process said of it with the present command."""

    def __init__(self, socket: str) -> None:
        self.socket = socket
        self.who: Any = None
        self.place: P | None = None

    def begun(self) -> P:
        """Where it is; raise `Conflict` (`not_begun`) before it said so."""
        if self.place is None:
            raise Conflict("Begin first.", code="not_begun")
        return self.place


class Connection(Seated[P]):
    """One socket of this process; its commands are carried out one after another."""

    def __init__(self, socket: str, auth: dict[str, Any], environ: Any, now: Micros) -> None:
        super().__init__(socket)
        self.auth = auth
        self.environ = environ
        self.turn = asyncio.Lock()
        self.waiting = 0
        self.flooding = False
        self.bucket = Bucket(_COMMANDS_PER_SECOND, _COMMANDS_AT_ONCE, now)
        self.refusals = Bucket(_REFUSALS_PER_SECOND, _REFUSALS_AT_ONCE, now)
        self.timer: Timer | None = None
        self.watch: Timer | None = None


Handler = Callable[[Seated[P], Any], Awaitable[Struct | None]]
#: Lets a socket of this process in with a command, and says what the owner must know of it.
Introduce = Callable[[Connection[P], Any], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Introduction(Generic[P]):
    """How sockets are let in where they are, by the command with which they begin: limits and
    passwords are for the process that was reached. `shape` is what the owner is told."""

    command: str
    introduce: Introduce[P]
    shape: type[Any]


class Namespace(Generic[P]):
    """One namespace. `handlers` and `shapes` are by command; `lost` hears of sockets that closed
    after they had begun. Commands are carried out by the process that has the desk; `_guests` are
    sockets of other processes that have begun here."""

    def __init__(
        self,
        services: Services,
        server: socketio.AsyncServer,
        name: str,
        shapes: Shapes,
        handlers: dict[str, Handler[P]],
        introduction: Introduction[P],
        lost: Callable[[P, str], None],
    ) -> None:
        self._services = services
        self._border = services.border
        self._server = server
        self._clock = services.parts.clock
        self._name = name
        self._shapes = shapes
        self._handlers = handlers
        self._introduction = introduction
        self._lost = lost
        self._connections: dict[str, Connection[P]] = {}
        self._guests: dict[str, Seated[P]] = {}
        server.on("connect", self._connected, namespace=name)
        server.on("disconnect", self._disconnected, namespace=name)
        server.on("*", self._commanded, namespace=name)

    # --- out (SocketDoor) -----------------------------------------------------------------------

    def alive(self, socket: str) -> bool:
        """Whether this socket is one of the namespace, and connected."""
        return socket in self._connections

    async def emit(self, sockets: Sequence[str], event: str, message: Struct | Raw) -> None:
        """Send one message to sockets of this process."""
        await self._server.emit(
            event, message, to=list(sockets), namespace=self._name, ignore_queue=True
        )

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
        if connection.place is None and self._border.home(connection.socket) is None:
            self._services.parts.tasks.spawn(
                self.close(connection.socket), f"close idle {connection.socket}"
            )

    async def _disconnected(self, socket: str, *_: object) -> None:
        connection = self._connections.pop(socket, None)
        if connection is None:
            return
        for timer in (connection.timer, connection.watch):
            if timer is not None:
                timer.cancel()
        self._border.lost(socket)
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
    ) -> Struct | Raw | None:
        self._slow(connection)
        if connection.waiting >= _WAITING_LIMIT:
            raise Conflict("Too many commands wait for an answer.", code="too_many_waiting")
        connection.waiting += 1
        try:
            async with connection.turn:
                return await self._carry_out(connection, command, arguments)
        finally:
            connection.waiting -= 1

    async def _carry_out(
        self, connection: Connection[P], command: str, arguments: tuple[object, ...]
    ) -> Struct | Raw | None:
        """Here, or at the process that has the desk."""
        argument = argument_of(self._shape(command), arguments)
        if command == self._introduction.command:
            connection.who = await self._introduction.introduce(connection, argument)
        said = Said(
            namespace=self._name,
            socket=connection.socket,
            command=command,
            argument=argument,
            who=connection.who,
        )
        try:
            return await anywhere(
                self._border, said, lambda: self._obey(connection, command, argument)
            )
        finally:
            connection.who = None
            if self._border.home(connection.socket) is not None:
                self._move(connection, None)

    async def _obey(self, seated: Seated[P], command: str, argument: Struct) -> Struct | None:
        before = seated.place
        try:
            return await self._handlers[command](seated, argument)
        finally:
            self._left(seated, before)

    def _left(self, seated: Seated[P], before: P | None) -> None:
        """A socket that has begun elsewhere, or closed while it began, is not where it was."""
        place = seated.place
        if place != before and before is not None:
            self._lost(before, seated.socket)
        if place is not None and not self._border.alive(seated.socket):
            self._move(seated, None)

    def _move(self, seated: Seated[P], place: P | None) -> None:
        before, seated.place = seated.place, place
        if before is not None:
            self._lost(before, seated.socket)

    def _shape(self, command: str) -> type[Struct]:
        shapes = self._shapes.get(command)
        if shapes is None:
            raise InvalidInput("There is no such command.", code="unknown_command")
        return shapes[0]

    # --- sockets of other processes -------------------------------------------------------------

    async def carried(self, asked: CarryCommand, socket: str) -> Acked:
        """Carry out a command of a socket that hangs on another process."""
        argument = argument_carried(asked, self._shape(asked.command))
        guest = self._guests.get(socket) or Seated(socket)
        guest.who = None
        if asked.command == self._introduction.command:
            guest.who = msgspec.json.decode(asked.who, type=self._introduction.shape)
        try:
            value = await self._obey(guest, asked.command, argument)
        finally:
            if guest.place is None:
                self._guests.pop(socket, None)
            else:
                self._guests[socket] = guest
        return Acked(value=Raw(msgspec.json.encode(value)), seated=guest.place is not None)

    def gone(self, socket: str) -> None:
        """A socket that hangs on another process has closed."""
        guest = self._guests.pop(socket, None)
        if guest is not None:
            self._move(guest, None)

    def of_process(self, node: str) -> Sequence[str]:
        """The sockets of another process that have a seat here."""
        prefix = remote(node, "")
        return [socket for socket in self._guests if socket.startswith(prefix)]

    # --- limits ---------------------------------------------------------------------------------

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
