"""Who listens where: the sockets of a room's participants, and what is told to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from msgspec import Raw, Struct

from offhook.core.clock import Micros, isoformat
from offhook.core.ids import AccountId
from offhook.core.tasks import Tasks
from signalling.domain.effects import Record
from signalling.domain.views import Fact


def remote(node: str, socket: str) -> str:
    """The name of a socket of another process."""
    return f"{node}/{socket}"


class Sockets(Protocol):
    """The door of the sockets, as use cases see it."""

    async def emit(self, sockets: Sequence[str], event: str, message: Struct | Raw) -> None:
        """Send one message to these sockets; those that are gone are passed over."""
        ...

    async def close(self, socket: str) -> None:
        """Disconnect a socket after what was sent to it."""
        ...

    def alive(self, socket: str) -> bool:
        """Whether the socket is connected."""
        ...


@dataclass(eq=False, slots=True)
class Seat:
    """One participant's socket.

    Facts up to `after` are in the snapshot it got; before it got one, `after` is None and facts
    pass it by. What is told before its ack has gone out waits in `backlog`. `promised`: the client
    has a resume token, or is about to get it.
    """

    socket: str
    participant: str
    account: AccountId
    room: str
    after: int | None = None
    ready: bool = False
    promised: bool = False
    backlog: list[tuple[str, Struct]] = field(default_factory=list)


class Audience:
    """All seats in the rooms of this process; facts and notices go out through it, in order for
    each seat."""

    def __init__(self, tasks: Tasks, sockets: Sockets) -> None:
        self._tasks = tasks
        self._sockets = sockets
        self._by_socket: dict[str, Seat] = {}
        self._by_participant: dict[str, Seat] = {}
        self._by_room: dict[str, dict[str, Seat]] = {}

    def __len__(self) -> int:
        return len(self._by_participant)

    def of_socket(self, socket: str) -> Seat | None:
        """The seat of a socket."""
        return self._by_socket.get(socket)

    def of_participant(self, participant: str) -> Seat | None:
        """The seat of a participant."""
        return self._by_participant.get(participant)

    def in_room(self, room: str) -> Iterator[Seat]:
        """All seats of a room."""
        return iter(list(self._by_room.get(room, {}).values()))

    def alive(self, socket: str) -> bool:
        """Whether the socket is connected."""
        return self._sockets.alive(socket)

    def of_process(self, node: str) -> Iterator[Seat]:
        """The seats whose sockets hang on another process."""
        prefix = remote(node, "")
        return iter([seat for name, seat in self._by_socket.items() if name.startswith(prefix)])

    def seat(self, seat: Seat) -> Seat | None:
        """Give a participant this seat; return the one it had before."""
        before = self.unseat(seat.participant)
        self._by_socket[seat.socket] = seat
        self._by_participant[seat.participant] = seat
        self._by_room.setdefault(seat.room, {})[seat.participant] = seat
        return before

    def unseat(self, participant: str) -> Seat | None:
        """Take the participant's seat away; its socket stays as it is."""
        seat = self._by_participant.pop(participant, None)
        if seat is None:
            return None
        del self._by_socket[seat.socket]
        others = self._by_room[seat.room]
        del others[participant]
        if not others:
            del self._by_room[seat.room]
        return seat

    def open(self, seat: Seat) -> None:
        """Begin to tell a seat what it waits for; called when its ack is as good as sent."""
        self._tasks.spawn(self._flush(seat), f"backlog of {seat.participant}")

    async def _flush(self, seat: Seat) -> None:
        while seat.backlog:
            event, message = seat.backlog.pop(0)
            await self._emit([seat.socket], event, message)
        seat.ready = True

    async def fact(self, room: str, record: Record, at: Micros) -> None:
        """Tell everybody in the room a fact; who may not know it gets its number only."""
        fact = Fact(seq=record.seq, type=record.type, at=isoformat(at), data=record.data)
        blank = Fact(seq=record.seq, type="hidden", at=fact.at, data={})
        told: list[str] = []
        kept_from: list[str] = []
        for seat in self.in_room(room):
            if seat.after is None or record.seq <= seat.after:
                continue
            secret = record.hidden and record.about != seat.participant
            if not seat.ready:
                seat.backlog.append(("fact", blank if secret else fact))
            elif secret:
                kept_from.append(seat.socket)
            else:
                told.append(seat.socket)
        await self._emit(told, "fact", fact)
        await self._emit(kept_from, "fact", blank)

    async def notice(self, seats: Sequence[Seat], event: str, message: Struct) -> None:
        """Tell some seats something that is not kept."""
        for seat in seats:
            if not seat.ready:
                seat.backlog.append((event, message))
        await self._emit([seat.socket for seat in seats if seat.ready], event, message)

    async def dismiss(self, seat: Seat, message: Struct) -> None:
        """Say goodbye to a seat that was taken away, and close its socket."""
        await self._emit([seat.socket], "leave", message)
        await self.close(seat.socket)

    async def close(self, socket: str) -> None:
        """Disconnect a socket."""
        await self._sockets.close(socket)

    async def _emit(self, sockets: Sequence[str], event: str, message: Struct) -> None:
        if sockets:
            await self._sockets.emit(sockets, event, message)
