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
    BansChanged,
    ConnectionQuality,
    EndingSoon,
    Fact,
    FileRules,
    FileView,
    Grants,
    IceServer,
    Left,
    PermissionsChanged,
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
    """`chat`: say something to everybody in the room. Ack: `ChatSent`. Needs `canPublishData`.

    `file`: one of one's own that was brought as `upload` says, with or without words. Refused with
    404 `file_not_found`, 409 `file_not_there` or `file_sent`.
    """

    text: str = ""
    file: str | None = None


class Upload(Struct, frozen=True, kw_only=True):
    """`upload`: announce a file for the chat. Ack: `FilePass`. Needs `canPublishData`.

    Then bring its bytes: `PUT` to `url` with `Authorization: Bearer <ticket>` and its media type as
    `Content-Type`, within ten minutes. 201 means that it is kept; then send it with `chat`.

    `name` is what the sender calls it: folders, control characters and marks that turn text round
    are left out, and it gets the usual ending of its type if it has another. `type` must be one of
    `FileRules`, and the bytes must be of it. Refused with 413 `file_too_large`, 415
    `file_type_not_allowed`, 422 `file_empty`, 403 `files_off`, 409 `your_files_full` or
    `room_files_full`, 429 `too_many_uploads` or `rate_limited`.
    """

    name: str
    type: str
    size: int


class Download(Struct, frozen=True, kw_only=True):
    """`download`: ask for a file of the room's chat. Ack: `FilePass`, or 404 `file_not_found`.

    `GET` its `url` with `?ticket=<ticket>` within a minute, while one is in the room. It comes as
    an attachment, never to be shown by itself.
    """

    file: str


class UpdateSelf(Struct, frozen=True, kw_only=True):
    """`update`: change one's own name or attributes. Ack: `null`. Needs `canUpdateOwnMetadata`."""

    name: str | None = None
    attributes: dict[str, str] | None = None


class Leave(Struct, frozen=True, kw_only=True):
    """`leave`: give up the place now. Ack: `null`."""


# --- commands of moderators ----------------------------------------------------------------------
# They need `participants.moderate` or `rooms.admin`, which `roomAdmin` grants; anybody else is
# answered 403 `not_allowed`, and nothing changes. `participant` is the sid of somebody who is in
# the room, or 404 `participant_not_found`.


class ModerateMute(Struct, frozen=True, kw_only=True):
    """`moderate_mute`: mute a track of somebody's, or their microphone when no track is named. They
    may unmute themselves, unless `moderate_permissions` forbids the source. Ack: `null`."""

    participant: str
    track: str | None = None


class ModerateMuteAll(Struct, frozen=True, kw_only=True):
    """`moderate_mute_all`: mute the microphones of all the others. Ack: `null`."""


class ModeratePermissions(Struct, frozen=True, kw_only=True):
    """`moderate_permissions`: change what somebody may do; what is null stays. Ack: `null`.

    Tracks of sources that are allowed no longer end at once. `moderator` makes somebody moderate
    the room, or no longer; 409 `last_moderator` when nobody would moderate a room by link. It holds
    for the meeting, also when they come back.
    """

    participant: str
    can_publish_sources: list[TrackSource] | None = None
    can_publish_data: bool | None = None
    moderator: bool | None = None


class ModerateRemove(Struct, frozen=True, kw_only=True):
    """`moderate_remove`: send somebody away; they are told `leave` with reason
    `participant_removed`, and the token they have does not let them back in (403 `removed`).
    Ack: `null`, or 409 `not_yourself`."""

    participant: str


class ModerateBan(Struct, frozen=True, kw_only=True):
    """`moderate_ban`: send somebody away (reason `participant_banned`) and let them in no more (403
    `banned`) until the room ends, or, `permanent`, into no room of this name. Ack: `null`, or 409
    `not_yourself`."""

    participant: str
    permanent: bool = False


class ModerateUnban(Struct, frozen=True, kw_only=True):
    """`moderate_unban`: let a banned identity in again. Ack: `null`, or 404 `ban_not_found`."""

    identity: str


class ModerateBans(Struct, frozen=True, kw_only=True):
    """`moderate_bans`: ask who is banned. Ack: `BansChanged`."""


class ModerateLock(Struct, frozen=True, kw_only=True):
    """`moderate_lock`: let nobody new in (403 `room_locked`), or let them in again. Who was in the
    meeting may come back. Ack: `null`."""

    locked: bool


class ModerateEnd(Struct, frozen=True, kw_only=True):
    """`moderate_end`: end the meeting for everybody; all are told `leave` with reason
    `room_closed`. Ack: `null`, which may not arrive."""


# --- acks ----------------------------------------------------------------------------------------


class Joined(Struct, frozen=True, kw_only=True):
    """Ack of `join`. `resume_token` is a secret of this participant. `files` is null where no files
    are sent."""

    participant: str
    resume_token: str
    grants: Grants
    ice_servers: list[IceServer]
    snapshot: Snapshot
    server_version: str
    files: FileRules | None


class Resumed(Struct, frozen=True, kw_only=True):
    """Ack of `resume`. `media`: `kept` - both connections live on; `lost` - make new ones: publish
    again, and call `restart_subscribe` with `fresh`. `missed`: the facts since `last_seq`; they are
    in the snapshot already."""

    participant: str
    resume_token: str
    grants: Grants
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


class FilePass(Struct, frozen=True, kw_only=True):
    """Ack of `upload` and of `download`. `ticket` is a secret of this participant, good for this
    file until `expires_at`. `file`: as everybody is told of it."""

    file: FileView
    url: str
    ticket: str
    expires_at: str


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
    "upload": (Upload, FilePass),
    "download": (Download, FilePass),
    "update": (UpdateSelf, None),
    "leave": (Leave, None),
    "moderate_mute": (ModerateMute, None),
    "moderate_mute_all": (ModerateMuteAll, None),
    "moderate_permissions": (ModeratePermissions, None),
    "moderate_remove": (ModerateRemove, None),
    "moderate_ban": (ModerateBan, None),
    "moderate_unban": (ModerateUnban, None),
    "moderate_bans": (ModerateBans, BansChanged),
    "moderate_lock": (ModerateLock, None),
    "moderate_end": (ModerateEnd, None),
}

#: What the server emits, by event name.
EVENTS: dict[str, type[Struct]] = {
    "fact": Fact,
    "offer": SubscribeOffer,
    "speakers_changed": SpeakersChanged,
    "connection_quality": ConnectionQuality,
    "streams_paused": StreamsPaused,
    "permissions_changed": PermissionsChanged,
    "bans_changed": BansChanged,
    "ending_soon": EndingSoon,
    "refresh_token": TokenRefreshed,
    "reconnect": Reconnect,
    "leave": Left,
}


# --- the doors of the page /r/<room> -------------------------------------------------------------


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457 problem document; `code` is stable, `field` names the offending input, `position`
    the character in it, from 1."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    field: str | None = None
    position: int | None = None
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
    409 `room_full`, 403 `room_locked`, `banned` or `removed`. A guest's browser gets the cookie
    `offhook_guest`, by which it is known again to a room that has banned it.
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
