"""The messages of the socket namespace /room, and of the page's own doors; protocol.ts is generated
from here.

A command is an event with one argument, its struct as a JSON object; the ack is `{"ok": true,
"value": reply}` or `{"ok": false, "error": problem}` with the same problem body as HTTP (RFC 9457).
What the server tells is an event with one argument. Facts carry `seq`; notices do not.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from offhook.core.contracts.events import DisconnectReason, ParticipantView
from offhook.core.contracts.media import OfferedTrack, QualityOf, Speaker, TrackSource, TrackWish

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


class IceServer(Struct, frozen=True, kw_only=True):
    """As `RTCIceServer`; empty list: the server is reached directly."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None


class RoomView(Struct, frozen=True, kw_only=True):
    """The room, as everybody in it may know it."""

    sid: str
    name: str
    title: str
    created_at: str
    locked: bool
    max_participants: int
    metadata: str


class ChatMessage(Struct, frozen=True, kw_only=True):
    """One line of the chat. `sent_at` is ISO 8601."""

    sid: str
    participant: str
    identity: str
    name: str
    text: str
    sent_at: str


class Snapshot(Struct, frozen=True, kw_only=True):
    """Everything a client must know to draw the room; facts up to `seq` are in it."""

    seq: int
    room: RoomView
    participants: list[ParticipantView]
    chat: list[ChatMessage]
    speakers: list[Speaker]


class Grants(Struct, frozen=True, kw_only=True):
    """What this participant may do; the server enforces it."""

    can_publish: bool
    can_subscribe: bool
    can_publish_data: bool
    can_publish_sources: list[TrackSource]
    can_update_own_metadata: bool
    room_admin: bool
    hidden: bool


class Joined(Struct, frozen=True, kw_only=True):
    """Ack of `join`. `resume_token` is a secret of this participant."""

    participant: str
    resume_token: str
    grants: Grants
    ice_servers: list[IceServer]
    snapshot: Snapshot
    server_version: str


class Fact(Struct, frozen=True, kw_only=True):
    """`fact`: something that happened, once each, in the order of `seq` without a gap.

    | type | data |
    |---|---|
    | `participant_joined` | `{participant: ParticipantView}` |
    | `participant_updated` | `{participant: ParticipantView}` |
    | `participant_left` | `{participant: sid, identity, reason}` |
    | `track_published` | `{participant: sid, track: TrackView}` |
    | `track_unpublished` | `{participant: sid, track: sid}` |
    | `track_muted`, `track_unmuted` | `{participant: sid, track: sid}` |
    | `room_updated` | `{room: RoomView}` |
    | `chat_sent` | `{message: ChatMessage}` |
    | `room_started`, `room_finished` | `{}` |
    | `hidden` | `{}` (something this participant may not know) |
    """

    seq: int
    type: str
    at: str
    data: dict[str, Any]


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


# --- what the server tells -----------------------------------------------------------------------


class SubscribeOffer(Struct, frozen=True, kw_only=True):
    """`offer`: the subscribe connection's next offer; answer it with `answer` and its version.
    `fresh`: close the old peer connection and use a new one."""

    version: int
    sdp: str
    tracks: list[OfferedTrack]
    fresh: bool


class SpeakersChanged(Struct, frozen=True, kw_only=True):
    """`speakers_changed`: who speaks now, loudest first."""

    speakers: list[Speaker]


class ConnectionQuality(Struct, frozen=True, kw_only=True):
    """`connection_quality`: of those whose quality changed."""

    qualities: list[QualityOf]


class StreamsPaused(Struct, frozen=True, kw_only=True):
    """`streams_paused`: video this client does not get for now, or gets again."""

    tracks: list[str]
    paused: bool


class TokenRefreshed(Struct, frozen=True, kw_only=True):
    """`refresh_token`: a fresh token for the next connect."""

    token: str


class Reconnect(Struct, frozen=True, kw_only=True):
    """`reconnect`: the room's media moved or died: rebuild both connections."""


class Left(Struct, frozen=True, kw_only=True):
    """`leave`: you are out; the socket closes. With `action` `reconnect`, join again."""

    reason: DisconnectReason
    action: Literal["disconnect", "reconnect"]


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
