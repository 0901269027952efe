"""How a route is declared: from one declaration come decoding, authorisation, problems and docs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from aiohttp import web
from msgspec import Struct

from offhook.core.errors import Forbidden, OffhookError
from offhook.core.ids import AccountId
from offhook.core.policy import EVERYTHING, Permission, Principal, require
from offhook.core.store.idempotency import StoredReply
from signalling.api.cookies import Browser
from signalling.services.repeats import Repeatable
from signalling.services.services import Services

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way a route may refuse, for its documentation."""

    status: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers: a struct, or bytes of the route's media type, or nothing; and headers
    worth saying. `status` when it is not the route's."""

    body: Struct | None = None
    raw: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None


@dataclass(slots=True)
class Ask:
    """A request that was decoded and allowed. `origin`: how browsers reach this server; `document`:
    its /openapi.json; `token`: of a bearer whom the handler checks itself."""

    services: Services
    principal: Principal | None
    path: Mapping[str, str]
    query: Any
    body: Any
    address: str
    origin: str
    browser: Browser
    document: bytes = b""
    if_match: tuple[str, ...] | None = None
    token: str | None = None
    repeatable: Repeatable | None = None
    remembered: bool = False

    @property
    def account(self) -> AccountId:
        """Whose things are asked for."""
        if self.principal is None:
            raise RuntimeError("a public route has no account")
        return self.principal.account

    def require(self, permission: Permission, room: str) -> None:
        """Raise `Forbidden` unless the principal may do this too."""
        if self.principal is not None:
            require(self.principal, permission, room=room)

    def require_scopes(self, scopes: Sequence[str]) -> None:
        """Raise `Forbidden` when the principal would give more than it has."""
        has = frozenset[str]() if self.principal is None else self.principal.scopes
        beyond = [scope for scope in scopes if scope not in has]
        if beyond and EVERYTHING not in has:
            raise Forbidden(
                f"You cannot give {beyond[0]!r} without having it.",
                code="not_allowed",
                field="scopes",
            )

    def remember(self, route: Route, connection: Any, answer: Answer) -> None:
        """Keep the answer for a repeat, in the transaction that makes what it tells."""
        if self.repeatable is not None:
            reply = stored(route, answer)
            self.services.repeats.remember(connection, self.repeatable, reply)
            self.remembered = True


Handler = Callable[[Ask], Awaitable[Answer]]
#: Reads and writes the request itself.
Streamed = Callable[[Services, web.Request], Awaitable[web.StreamResponse]]


class TooSlow(OffhookError):
    """The body of the request did not come in time."""

    status = 408
    code = "too_slow"
    retryable = True


async def _no_handler(ask: Ask) -> Answer:
    raise RuntimeError("a streamed route answers by itself")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path. Without a `permission` it is open to everybody.

    `{name}` in the path is a room's, and the permission is asked for that room. `creates`: an
    Idempotency-Key is honoured. `etag`: the answer has one; `if_match`: it is honoured, and with
    `if_match_needed` it must be there.
    `text`: the media type of a body that is text; with `raw` it is given as bytes. `joins`: the
    handler checks a join token itself.
    `other`: a good answer with another status, and what it means. `streamed` instead of a handler:
    bodies of any length, whose media types are `takes`; who asks holds a `ticket` of a socket.
    """

    method: Method
    path: str
    id: str
    tag: str
    summary: str
    handler: Handler = _no_handler
    permission: Permission | None = None
    query: type[Struct] | None = None
    body: type[Struct] | None = None
    body_optional: bool = False
    text: str = ""
    raw: bool = False
    reply: type[Struct] | None = None
    media_type: str = "application/json"
    status: int = 200
    refusals: tuple[Refusal, ...] = ()
    creates: bool = False
    etag: bool = False
    if_match: bool = False
    if_match_needed: bool = False
    limited: Literal["", "address"] = ""
    joins: bool = False
    other: tuple[int, str] | None = None
    headers: tuple[str, ...] = ()
    streamed: Streamed | None = None
    takes: tuple[str, ...] = ()
    ticket: Literal["", "upload", "download"] = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in braces, in order."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


def stored(route: Route, answer: Answer) -> StoredReply:
    """An answer as it is kept for a repeat."""
    body = answer.raw if answer.body is None else msgspec.json.encode(answer.body)
    status = answer.status or route.status
    return StoredReply(status=status, body=body, headers=dict(answer.headers))
