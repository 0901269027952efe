"""The messages of the socket namespace /room, and of the page's own doors; protocol.ts is generated
from here.

A command is an event with one argument, its struct as a JSON object; the ack is `{"ok": true,
"value": reply}` or `{"ok": false, "error": problem}` with the same problem body as HTTP (RFC 9457).
What the server tells is an event with one argument. Facts carry `seq`; notices do not.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from offhook.core.contracts.media import TrackSource, TrackWish
from signalling.domain.views import (
    ConnectionQuality,
    Fact,
    Grants,
    IceServer,
    Left,
    Reconnect,
    Snapshot,
    SpeakersChanged,
    StreamsPaused,
    SubscribeOffer,
    TokenRefreshed,
)

# --- commands of the client ----------------------------------------------------------------------


class Join(Struct, frozen=True, kw_only=True):
    """`join`: take the place that the token of the socket's `auth` gives. Ack: `Joined`.

    The same identity in the same room takes over: the earlier one is told `leave` with reason
    `duplicate_identity`. `name` may replace the token's name when the token carries none.
    """

    name: str | None = None


class Resume(Struct, frozen=True, kw_only=True):
    """`resume`: the socket was lost and is back. Ack: `Resumed`, or 404 `gone` when the place was
    given up meanwhile (join again)."""

    resume_token: str
    last_seq: int


class PublishTrack(Struct, frozen=True, kw_only=True):
    """One live m-line of a publish offer."""

    mid: str
    source: TrackSource
    muted: bool = False


class Offer(Struct, frozen=True, kw_only=True):
    """`offer`: the publish connection's offer with the whole list of its live tracks. A track that
    is missing has ended. Ack: `Answer`. `tracks` may be empty (to join and only listen, do not
    offer at all)."""

    sdp: str
    tracks: list[PublishTrack]


class AnswerOffer(Struct, frozen=True, kw_only=True):
    """`answer`: the browser's answer to the subscribe offer `version`. Ack: `null`."""

    version: int
    sdp: str


class RestartSubscribe(Struct, frozen=True, kw_only=True):
    """`restart_subscribe`: send a new subscribe offer, with new ICE credentials or, `fresh`, for a
    new peer connection. Ack: `null`."""

    fresh: bool = False


class MuteTrack(Struct, frozen=True, kw_only=True):
    """`mute`: mute or unmute one's own track. Ack: `null`."""

    sid: str
    muted: bool


class Subscription(Struct, frozen=True, kw_only=True):
    """`subscription`: which tracks to receive, and how large. Ack: `null`."""

    tracks: list[TrackWish]


class SendChat(Struct, frozen=True, kw_only=True):
    """`chat`: say something to everybody in the room. Ack: `ChatSent`. Needs `canPublishData`."""

    text: str


class UpdateSelf(Struct, frozen=True, kw_only=True):
    """`update`: change one's own name or attributes. Ack: `null`. Needs `canUpdateOwnMetadata`."""

    name: str | None = None
    attributes: dict[str, str] | None = None


class Leave(Struct, frozen=True, kw_only=True):
    """`leave`: give up the place now. Ack: `null`."""


# --- acks ----------------------------------------------------------------------------------------


class Joined(Struct, frozen=True, kw_only=True):
    """Ack of `join`. `resume_token` is a secret of this participant."""

    participant: str
    resume_token: str
    grants: Grants
    ice_servers: list[IceServer]
    snapshot: Snapshot
    server_version: str


class Resumed(Struct, frozen=True, kw_only=True):
    """Ack of `resume`. `media`: `kept` - both connections live on; `lost` - make new ones: publish
    again, and call `restart_subscribe` with `fresh`. `missed`: the facts since `last_seq`; they are
    in the snapshot already."""

    participant: str
    resume_token: str
    media: Literal["kept", "lost"]
    snapshot: Snapshot
    missed: list[Fact]


class AnsweredTrack(Struct, frozen=True, kw_only=True):
    """The id that a published m-line got."""

    mid: str
    sid: str


class Answer(Struct, frozen=True, kw_only=True):
    """Ack of `offer`."""

    sdp: str
    tracks: list[AnsweredTrack]


class ChatSent(Struct, frozen=True, kw_only=True):
    """Ack of `chat`; the message itself comes to everybody, the sender too, as a fact."""

    sid: str


#: Commands by event name: what comes in, and what the ack carries.
COMMANDS: dict[str, tuple[type[Struct], type[Struct] | None]] = {
    "join": (Join, Joined),
    "resume": (Resume, Resumed),
    "offer": (Offer, Answer),
    "answer": (AnswerOffer, None),
    "restart_subscribe": (RestartSubscribe, None),
    "mute": (MuteTrack, None),
    "subscription": (Subscription, None),
    "chat": (SendChat, ChatSent),
    "update": (UpdateSelf, None),
    "leave": (Leave, None),
}

#: What the server emits, by event name.
EVENTS: dict[str, type[Struct]] = {
    "fact": Fact,
    "offer": SubscribeOffer,
    "speakers_changed": SpeakersChanged,
    "connection_quality": ConnectionQuality,
    "streams_paused": StreamsPaused,
    "refresh_token": TokenRefreshed,
    "reconnect": Reconnect,
    "leave": Left,
}


# --- the doors of the page /r/<room> -------------------------------------------------------------


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457 problem document; `code` is stable, `field` names the offending input."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    retryable: bool = False
    retry_after: float | None = None
    request_id: str | None = None


class Knock(Struct, frozen=True, kw_only=True):
    """`POST /r/<room>/token`: ask to come in. `token`: an invitation (`?token=` of the page), or
    the token this page got before (a reload keeps its identity)."""

    token: str | None = None


class Present(Struct, frozen=True, kw_only=True):
    """Somebody who is in the room already."""

    identity: str
    name: str


class Admission(Struct, frozen=True, kw_only=True):
    """The answer to `Knock`: a token for the socket, and what the page shows before joining.

    Refused with 403 `not_invited`, 401 `token_expired` or `token_invalid`, 404 `room_not_found`,
    409 `room_full`, 403 `room_locked`.
    """

    token: str
    identity: str
    name: str | None
    room: str
    title: str
    present: list[Present]
    grants: Grants


class ServerStatus(Struct, frozen=True, kw_only=True):
    """`GET /status.json`: what the home page says of this server. `media`: a node answers."""

    version: str
    demo: bool
    media: bool
    media_port: int
    turn: bool
    rooms: int
    participants: int


PAGE_DOORS: tuple[type[Struct], ...] = (Problem, Knock, Present, Admission, ServerStatus)
