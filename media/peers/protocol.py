"""What a peer says and reads on the socket namespace /room: the part of docs/protocol.md it needs.

Fields that are not named here are passed over when a message is read.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

import msgspec
from msgspec import Struct

from offhook.core.contracts.events import ParticipantView
from offhook.core.contracts.media import OfferedTrack, TrackSource
from offhook.core.errors import BY_STATUS, OffhookError, Unavailable

NAMESPACE = "/room"

T = TypeVar("T")


class Grants(Struct, frozen=True, kw_only=True):
    """What the token allows."""

    can_publish: bool
    can_subscribe: bool
    hidden: bool


class Snapshot(Struct, frozen=True, kw_only=True):
    """Who is there; facts up to `seq` are in it."""

    seq: int
    participants: list[ParticipantView]


class Joined(Struct, frozen=True, kw_only=True):
    """The ack of `join`."""

    participant: str
    resume_token: str
    grants: Grants
    snapshot: Snapshot


class Resumed(Struct, frozen=True, kw_only=True):
    """The ack of `resume`."""

    participant: str
    resume_token: str
    media: Literal["kept", "lost"]
    snapshot: Snapshot


class PublishTrack(Struct, frozen=True, kw_only=True):
    """One live m-line of our publish offer."""

    mid: str
    source: TrackSource
    muted: bool = False


class AnsweredTrack(Struct, frozen=True, kw_only=True):
    """The id that one of our m-lines got."""

    mid: str
    sid: str


class Answer(Struct, frozen=True, kw_only=True):
    """The ack of `offer`."""

    sdp: str
    tracks: list[AnsweredTrack]


class Fact(Struct, frozen=True, kw_only=True):
    """Something that happened in the room."""

    seq: int
    type: str
    data: dict[str, Any]


class SubscribeOffer(Struct, frozen=True, kw_only=True):
    """The subscribe connection's next offer."""

    version: int
    sdp: str
    tracks: list[OfferedTrack]
    fresh: bool = False


class TokenRefreshed(Struct, frozen=True, kw_only=True):
    """A token for the next connect."""

    token: str


class Left(Struct, frozen=True, kw_only=True):
    """We are out; with `reconnect`, join again."""

    reason: str
    action: Literal["disconnect", "reconnect"]


class Problem(Struct, frozen=True, kw_only=True):
    """Why a command was refused (RFC 9457)."""

    status: int
    code: str = "internal"
    title: str = ""
    detail: str = ""
    field: str | None = None
    retry_after: float | None = None


class Ack(Struct, frozen=True, kw_only=True):
    """What every command is answered with."""

    ok: bool
    value: Any = None
    error: Problem | None = None


def read(data: object, kind: type[T]) -> T:
    """Decode one message; raise `Unavailable` when it is not what the protocol says."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        raise Unavailable(f"the server sent a bad {kind.__name__}: {error}") from error


def read_ack(data: object, kind: type[T]) -> T:
    """The value of an ack; raise the error that it carries."""
    ack = read(data, Ack)
    if not ack.ok:
        raise error_of(ack.error or Problem(status=500, detail="refused without a reason"))
    return read(ack.value, kind)


def error_of(problem: Problem) -> OffhookError:
    """The exception that stands for a problem document."""
    kind = BY_STATUS.get(problem.status, OffhookError)
    detail = problem.detail or problem.title or problem.code
    return kind(detail, code=problem.code, field=problem.field, retry_after=problem.retry_after)
