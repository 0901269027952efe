"""Sockets of all namespaces as one door; commands carried out here, or where their owner is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec import Raw, Struct

from offhook.core.contracts.processes import Acked, CarryCommand
from offhook.core.errors import NotFound, Unavailable
from signalling.api.decoding import converted
from signalling.services.border import Border, Said, SocketDoor
from signalling.services.elsewhere import Elsewhere, may_be_asked_again


async def anywhere(
    border: Border, said: Said, here: Callable[[], Awaitable[Struct | None]]
) -> Struct | Raw | None:
    """Carry out a command here, or at the process that owns what it is about; once it has seated
    the socket, always there. One that gave the socket no seat may be asked again."""
    home = border.home(said.socket)
    if home is not None:
        return await border.carry_command(home, said)
    for _ in range(2):
        try:
            return await here()
        except Elsewhere as elsewhere:
            found = elsewhere
        try:
            return await border.carry_command(found.node, said)
        except Unavailable as error:
            if not may_be_asked_again(error):
                raise
    raise found.moving()


def argument_carried(asked: CarryCommand, shape: type[Struct]) -> Struct:
    """The argument of a command that came to another process."""
    return converted(
        lambda kind: msgspec.json.decode(asked.argument, type=kind, strict=True), shape
    )


class NamespaceDoor(SocketDoor, Protocol):
    """The door of one namespace's sockets."""

    async def shut(self) -> None:
        """Disconnect all."""
        ...


class SocketDoors:
    """The doors of all namespaces, as one; no two sockets have the same name (`SocketDoor`)."""

    def __init__(self, doors: Mapping[str, NamespaceDoor]) -> None:
        self._doors = doors

    async def emit(self, sockets: Sequence[str], event: str, message: Struct | Raw) -> None:
        """Send one message to sockets of this process."""
        for door in self._doors.values():
            known = [socket for socket in sockets if door.alive(socket)]
            if known:
                await door.emit(known, event, message)
            if len(known) == len(sockets):
                return

    async def close(self, socket: str) -> None:
        """Disconnect a socket after what was sent to it."""
        for door in self._doors.values():
            await door.close(socket)

    def alive(self, socket: str) -> bool:
        """Whether the socket is connected."""
        return any(door.alive(socket) for door in self._doors.values())

    async def carried(self, asked: CarryCommand, socket: str) -> Acked:
        """Carry out a command of a socket that hangs on another process."""
        door = self._doors.get(asked.namespace)
        if door is None:
            raise NotFound("This process does not know the namespace.", code="unknown_namespace")
        return await door.carried(asked, socket)

    def gone(self, socket: str) -> None:
        """A socket that hangs on another process has closed."""
        for door in self._doors.values():
            door.gone(socket)

    def of_process(self, node: str) -> Sequence[str]:
        """The sockets of another process that have a seat here."""
        return [socket for door in self._doors.values() for socket in door.of_process(node)]

    async def shut(self) -> None:
        """Disconnect all."""
        for door in self._doors.values():
            await door.shut()
