"""What signalling processes tell and ask each other, when several share a store (version 1).

A room has one owner, and so has the desk of an account. What reaches another process and concerns
them is carried to the owner as a command with a reply; what the owner has to say to a socket of
another process is told to that process, in one numbered line for each pair, so that a loss is
noticed.
"""

from __future__ import annotations

from msgspec import Raw, Struct

from offhook.core.contracts.media import Hearing


def topic_of(node: str) -> str:
    """The topic on which one process alone listens."""
    return f"process:{node}"


class Asked(Struct, frozen=True, kw_only=True, tag_field="type"):
    """What one process asks of another."""


class CarryRequest(Asked, frozen=True, kw_only=True, tag="carry_request"):
    """An HTTP request whose sender was authenticated and allowed. Reply: `Carried`.

    `route` is the id of a declared route, `path` its parameters, `target` what was asked for as it
    was written, `principal` who asks and `browser` what tells of theirs, as JSON; `token` of a
    bearer whom the handler checks itself.
    """

    route: str
    target: str
    path: dict[str, str]
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes
    principal: Raw
    token: str | None
    browser: Raw
    address: str
    origin: str


class CarryCommand(Asked, frozen=True, kw_only=True, tag="carry_command"):
    """A socket's command. Reply: `Acked`, or the problem that its ack shall hold.

    `token` is what a socket of /room came with; `who` what else the owner must know of the socket,
    as its namespace has it.
    """

    process: str
    socket: str
    token: str | None
    command: str
    argument: Raw
    namespace: str = "/room"
    who: Raw = Raw(b"null")


class SocketsGone(Asked, frozen=True, kw_only=True, tag="sockets_gone"):
    """These sockets of a process have closed. Reply: `Noted`."""

    process: str
    sockets: tuple[str, ...]


class OrderRoom(Asked, frozen=True, kw_only=True, tag="order_room"):
    """Have the room of a call as its session wants it: who hears whom, somebody sent away, or the
    room closed. Reply: `Noted`, or the problem."""

    account: str
    room: str
    hearing: dict[str, Hearing] | None = None
    expel: str | None = None
    close: bool = False


class LookAtCall(Asked, frozen=True, kw_only=True, tag="look_at_call"):
    """Somebody came into the room of this session's call, or left it: see who is there. Reply:
    `Noted`."""

    account: str
    session: str


ProcessCommand = CarryRequest | CarryCommand | SocketsGone | OrderRoom | LookAtCall


class Answered(Struct, frozen=True, kw_only=True, tag_field="type"):
    """The good answers; the bad ones are errors."""


class Carried(Answered, frozen=True, kw_only=True, tag="carried"):
    """How the route answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class Acked(Answered, frozen=True, kw_only=True, tag="acked"):
    """The value of the command's ack; `seated` says whether the socket has a place there now."""

    value: Raw
    seated: bool


class Noted(Answered, frozen=True, kw_only=True, tag="noted"):
    """It is known now."""


ProcessReply = Carried | Acked | Noted


class News(Struct, frozen=True, kw_only=True, tag_field="type"):
    """What a process is told. `number` counts what `sender` has told this listener so far."""

    sender: str
    number: int


class Told(News, frozen=True, kw_only=True, tag="told"):
    """Send this message to these sockets of yours."""

    sockets: tuple[str, ...]
    event: str
    message: Raw


class HungUp(News, frozen=True, kw_only=True, tag="hung_up"):
    """Close this socket of yours, after what was sent to it."""

    socket: str


class Counted(News, frozen=True, kw_only=True, tag="counted"):
    """So much has been told to you; said again and again, so that a lost end is noticed too."""


ProcessNews = Told | HungUp | Counted
