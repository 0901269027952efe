"""The border to other signalling processes: their sockets here, our sockets there.

A socket hangs on the process that its client reached; the room or desk it sits in is owned by one
process. Where these differ, commands are carried to the owner, and what the owner tells its seats
comes back in one numbered line for each pair of processes. Where something of that line was lost,
the sockets concerned are closed: their clients resume, and get what they missed.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, assert_never

import msgspec
import structlog
from msgspec import Raw, Struct

from offhook.core.bus.bus import Registration
from offhook.core.clock import SECOND, Clock, Micros, Timer
from offhook.core.contracts.processes import (
    Acked,
    Asked,
    Carried,
    CarryCommand,
    CarryRequest,
    Counted,
    HungUp,
    Noted,
    ProcessCommand,
    ProcessNews,
    ProcessReply,
    SocketsGone,
    Told,
    topic_of,
)
from offhook.core.errors import NotFound, OffhookError, Unavailable
from offhook.core.ids import is_id
from offhook.core.tasks import Tasks
from signalling.services.audience import Sockets, remote
from signalling.services.elsewhere import may_be_asked_again
from signalling.services.lines import Lines
from signalling.services.others import Others

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Seconds between two tries to tell another process that sockets of ours have closed.
_TELL_AGAIN = 1.0
#: Closed sockets of other processes that are remembered, in case a command of theirs is late.
_GONE_KEPT = 10_000


C = TypeVar("C", bound=Asked)
Answer = Callable[[Any], Awaitable[ProcessReply]]

#: With these it is not known what became of a command.
_UNKNOWN = {"timeout", "bus_lost"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a socket of ours commands in a namespace. `token` is what it came with, `who` what else
    the owner must know of it: a value that can be written as JSON."""

    namespace: str
    socket: str
    command: str
    argument: Struct
    token: str | None = None
    who: Any = None


class SocketDoor(Sockets, Protocol):
    """The door of this process's own sockets, and to seats here of sockets elsewhere."""

    async def carried(self, asked: CarryCommand, socket: str) -> Acked:
        """Carry out a command of a socket that hangs on another process."""
        ...

    def gone(self, socket: str) -> None:
        """A socket that hangs on another process has closed."""
        ...

    def of_process(self, node: str) -> Sequence[str]:
        """The sockets of another process that have a seat here."""
        ...


class RequestDoor(Protocol):
    """The door of this process's own HTTP requests."""

    async def carried(self, request: CarryRequest) -> Carried:
        """Answer a request that reached another process."""
        ...


class Border:
    """Stands between the use cases and the sockets, wherever these hang (`Sockets`)."""

    def __init__(self, others: Others, clock: Clock, tasks: Tasks) -> None:
        self._others = others
        self._bus = others.bus
        self._processes = others.processes
        self._clock = clock
        self._tasks = tasks
        self._lines = Lines()
        self._sockets: SocketDoor | None = None
        self._requests: RequestDoor | None = None
        self._answers: dict[type[Asked], Answer] = {}
        #: Sockets of ours whose seat is elsewhere, and where.
        self._homes: dict[str, str] = {}
        #: What waits until the ack of a join or resume is as good as sent.
        self._held: dict[str, list[Told | HungUp]] = {}
        #: Sockets of others that have closed.
        self._gone: OrderedDict[str, None] = OrderedDict()
        self._registrations: list[Registration] = []
        self._timer: Timer | None = None

    # --- life --------------------------------------------------------------------------------

    def answer(self, kind: type[C], answer: Callable[[C], Awaitable[ProcessReply]]) -> None:
        """Say who answers what other processes ask for beside commands and requests."""
        self._answers[kind] = answer

    def attach(self, sockets: SocketDoor, requests: RequestDoor) -> None:
        """Say which doors this process has."""
        self._sockets, self._requests = sockets, requests

    async def start(self) -> None:
        """Begin to answer and hear other processes, when there may be any."""
        if not self._processes.shared:
            return
        node, bus = self._processes.node, self._bus
        self._processes.on_death.append(self._died)
        self._processes.on_doubt.append(self._doubt)
        self._registrations = [
            await bus.subscribe(topic_of(node), self._hear, alone=True),
            await bus.serve(node, self._answer),
        ]
        self._arm()

    async def stop(self) -> None:
        """Answer and hear nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._registrations:
            await self._registrations.pop().close()

    # --- sockets, wherever they hang ---------------------------------------------------------

    def __len__(self) -> int:
        """How many sockets of ours have their seat elsewhere."""
        return len(self._homes)

    async def emit(self, sockets: Sequence[str], event: str, message: Struct | Raw) -> None:
        """Send one message to these sockets; those that are gone are passed over."""
        here, there = _sorted(sockets)
        if here and self._sockets is not None:
            await self._sockets.emit(here, event, message)
        if not there:
            return
        raw = Raw(msgspec.json.encode(message))
        me = self._processes.node
        for node, names in there.items():
            if not self._processes.dead(node):
                number, to = self._lines.next(node), tuple(names)
                news = Told(sender=me, number=number, sockets=to, event=event, message=raw)
                await self._bus.publish(topic_of(node), news)

    async def close(self, socket: str) -> None:
        """Disconnect a socket after what was sent to it."""
        node, name = _parted(socket)
        if node is None:
            if self._sockets is not None:
                await self._sockets.close(socket)
        elif not self._processes.dead(node):
            number = self._lines.next(node)
            news = HungUp(sender=self._processes.node, number=number, socket=name)
            await self._bus.publish(topic_of(node), news)

    def alive(self, socket: str) -> bool:
        """Whether the socket is connected, as far as we know."""
        node, _ = _parted(socket)
        if node is None:
            return self._sockets is not None and self._sockets.alive(socket)
        return not self._processes.dead(node) and socket not in self._gone

    # --- ours, with a seat elsewhere ---------------------------------------------------------

    def home(self, socket: str) -> str | None:
        """The process where this socket of ours has its seat; None when that is here."""
        return self._homes.get(socket)

    async def carry_command(self, node: str, said: Said) -> Raw:
        """Have another process carry out a command; return the value of its ack.

        Raises what it was refused with. The socket is closed, so that its client resumes, when
        its seat is lost, or when it is not known whether it has got one.
        """
        socket = said.socket
        seating = socket not in self._homes
        if seating:
            self._held[socket] = []
        try:
            reply = await self._others.ask(node, self._to_carry(said))
        except Unavailable as error:
            if error.code in _UNKNOWN if seating else may_be_asked_again(error):
                self._tasks.spawn(self.close(socket), f"hang up on {socket}")
            raise
        finally:
            if seating:
                self._tasks.spawn(self._release(socket), f"backlog of {socket}")
        if not isinstance(reply, Acked):
            raise OffhookError("the process gave no answer")
        self._seated(node, socket, seated=reply.seated)
        return reply.value

    def _to_carry(self, said: Said) -> CarryCommand:
        return CarryCommand(
            process=self._processes.node,
            namespace=said.namespace,
            socket=said.socket,
            token=said.token,
            who=Raw(msgspec.json.encode(said.who)),
            command=said.command,
            argument=Raw(msgspec.json.encode(said.argument)),
        )

    async def carry_request(self, node: str, request: CarryRequest) -> Carried:
        """Have another process answer an HTTP request; raises what it was refused with."""
        reply = await self._others.ask(node, request)
        if not isinstance(reply, Carried):
            raise OffhookError("the process gave no answer")
        return reply

    async def ask(self, node: str, command: ProcessCommand) -> ProcessReply:
        """Ask another process; raises what it answers with."""
        return await self._others.ask(node, command)

    def _seated(self, node: str, socket: str, *, seated: bool) -> None:
        if seated:
            self._homes[socket] = node
        else:
            self._homes.pop(socket, None)
        if self._sockets is None or not self._sockets.alive(socket):
            self.lost(socket)

    def lost(self, socket: str) -> None:
        """A socket of ours has closed; the process where it has its seat must know."""
        node = self._homes.pop(socket, None)
        if node is not None:
            self._tasks.spawn(self._tell_gone(node, (socket,)), f"{socket} is gone")

    async def _tell_gone(self, node: str, sockets: tuple[str, ...]) -> None:
        gone = SocketsGone(process=self._processes.node, sockets=sockets)
        while True:
            try:
                await self._others.ask(node, gone)
            except Unavailable as error:
                if error.code == "owner_lost" or self._processes.dead(node):
                    return
                await asyncio.sleep(_TELL_AGAIN)
            else:
                return

    async def _release(self, socket: str) -> None:
        """Send what was told to a socket while its ack was on the way."""
        held = self._held.get(socket, [])
        while held:
            await self._deliver(held.pop(0), [socket])
        self._held.pop(socket, None)

    def _hang_up(self, which: Callable[[str], bool]) -> None:
        """Have the clients of sockets resume whose seats at these processes are lost."""
        for socket, node in list(self._homes.items()):
            if which(node):
                self._tasks.spawn(self.close(socket), f"hang up on {socket}")

    # --- what others tell --------------------------------------------------------------------

    async def _hear(self, news: ProcessNews) -> None:
        if not self._lines.whole(news):
            log.warning("something told by a process was lost", sender=news.sender)
            self._hang_up(lambda node: node == news.sender)
        match news:
            case Told(sockets=sockets):
                await self._take(news, sockets)
            case HungUp(socket=socket):
                await self._take(news, (socket,))
            case Counted():
                pass
            case _:
                assert_never(news)

    async def _take(self, news: Told | HungUp, sockets: Sequence[str]) -> None:
        if self._sockets is None:
            return
        unknown = [s for s in sockets if s not in self._held and not self._sockets.alive(s)]
        if unknown and isinstance(news, Told):
            self._tasks.spawn(self._tell_gone(news.sender, tuple(unknown)), "sockets are gone")
        for socket in sockets:
            if socket in self._held:
                self._held[socket].append(news)
        await self._deliver(news, [s for s in sockets if s not in self._held])

    async def _deliver(self, news: Told | HungUp, sockets: Sequence[str]) -> None:
        if self._sockets is None or not sockets:
            return
        if isinstance(news, Told):
            known = [socket for socket in sockets if self._sockets.alive(socket)]
            await self._sockets.emit(known, news.event, news.message)
        else:
            await self._sockets.close(news.socket)

    def _arm(self) -> None:
        at = Micros(self._clock.now() + SECOND)
        self._timer = self._clock.call_at(at, self._count)

    def _count(self) -> None:
        """Say again how much was told to whom."""
        self._tasks.spawn(self._tell_counts(), "count what was told")
        self._arm()

    async def _tell_counts(self) -> None:
        for node, number in self._lines.told():
            news = Counted(sender=self._processes.node, number=number)
            await self._bus.publish(topic_of(node), news)

    # --- what others ask ---------------------------------------------------------------------

    async def _answer(self, command: ProcessCommand) -> ProcessReply:
        try:
            return await self._carry_out(command)
        except Unavailable as error:
            if error.code == "no_such_node":  # of media; whoever asks must not take it for us
                raise Unavailable(error.detail, code="media_lost") from error
            raise

    async def _carry_out(self, command: ProcessCommand) -> ProcessReply:
        answer = self._answers.get(type(command))
        if answer is not None:
            return await answer(command)
        if self._sockets is None or self._requests is None:
            raise NotFound("This process has no doors yet.", code="no_doors")
        match command:
            case CarryRequest():
                return await self._requests.carried(command)
            case CarryCommand(process=process, socket=name):
                self._processes.heard(process)
                return await self._sockets.carried(command, remote(process, name))
            case SocketsGone(process=process, sockets=sockets):
                for name in sockets:
                    self._forget(self._sockets, remote(process, name))
                return Noted()
            case _:
                raise NotFound("Nobody here answers that.", code="no_doors")

    def _forget(self, door: SocketDoor, socket: str) -> None:
        """A socket elsewhere has closed; a join of it that is late finds that out here."""
        self._gone[socket] = None
        if len(self._gone) > _GONE_KEPT:
            self._gone.popitem(last=False)
        door.gone(socket)

    # --- life and death of others ------------------------------------------------------------

    def _died(self, node: str) -> None:
        """Its sockets are lost, and so are the seats that sockets of ours had there."""
        self._lines.cut(node)
        self._hang_up(lambda home: home == node)
        if self._sockets is not None:
            for socket in self._sockets.of_process(node):
                self._sockets.gone(socket)

    def _doubt(self) -> None:
        """We were away: others may have given up the sockets of ours that sit with them."""
        self._lines.begin_again()
        self._hang_up(lambda home: True)


def _parted(socket: str) -> tuple[str | None, str]:
    """The process of a socket, None when it is ours, and its name there."""
    node, slash, name = socket.partition("/")
    return (node, name) if slash and is_id(node, "ND") else (None, socket)


def _sorted(sockets: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Those that are ours, and those of each other process."""
    here: list[str] = []
    there: dict[str, list[str]] = {}
    for socket in sockets:
        node, name = _parted(socket)
        if node is None:
            here.append(socket)
        else:
            there.setdefault(node, []).append(name)
    return here, there
