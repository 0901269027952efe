"""What clients are told of a room: its snapshot, its facts and its notices."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from offhook.core.contracts.events import DisconnectReason, ParticipantView
from offhook.core.contracts.media import OfferedTrack, QualityOf, Speaker, TrackSource


class RoomView(Struct, frozen=True, kw_only=True):
    """The room, as everybody in it may know it. `ends_at`: when the meeting must end, in a room of
    limited duration."""

    sid: str
    name: str
    title: str
    created_at: str
    locked: bool
    max_participants: int
    metadata: str
    ends_at: str | None


class FileView(Struct, frozen=True, kw_only=True):
    """A file in the chat. `name` is safe to show and to save; `size` is in bytes; `type` is what it
    was found to be."""

    id: str
    name: str
    size: int
    type: str


class ChatMessage(Struct, frozen=True, kw_only=True):
    """One line of the chat. `sent_at` is ISO 8601. `text` may be empty where there is a `file`."""

    sid: str
    participant: str
    identity: str
    name: str
    text: str
    sent_at: str
    file: FileView | None = None


class FileRules(Struct, frozen=True, kw_only=True):
    """Which files may be sent: bytes of the largest, and for each media type how names of such
    files end, the usual ending first."""

    max_size: int
    types: dict[str, list[str]]


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


class Fact(Struct, frozen=True, kw_only=True):
    """`fact`: something that happened, once each, in the order of `seq` without a gap.

    | type | data |
    |---|---|
    | `participant_joined` | `{participant: ParticipantView}` |
    | `participant_updated` | `{participant: ParticipantView}` |
    | `participant_left` | `{participant: sid, identity, reason}` |
    | `track_published` | `{participant: sid, track: TrackView}` |
    | `track_unpublished` | `{participant: sid, track: sid}` |
    | `track_muted`, `track_unmuted` | `{participant: sid, track: sid, by?: sid or null}` |
    | `room_updated` | `{room: RoomView}` |
    | `chat_sent` | `{message: ChatMessage}` |
    | `room_started`, `room_finished` | `{}` |
    | `hidden` | `{}` (something this participant may not know) |

    `by` is there when somebody else muted the track: a moderator, or null for a program.
    """

    seq: int
    type: str
    at: str
    data: dict[str, Any]


class PermissionsChanged(Struct, frozen=True, kw_only=True):
    """`permissions_changed`: what you may do now. Tracks of sources that you may not send any
    longer have ended already."""

    grants: Grants


class BanView(Struct, frozen=True, kw_only=True):
    """Somebody who may not come in. `identity` is that of all guests of one browser for guests by
    link; `name` is what they were called, if they were here. `at` is ISO 8601."""

    sid: str
    identity: str
    name: str
    permanent: bool
    by: str
    at: str


class BansChanged(Struct, frozen=True, kw_only=True):
    """`bans_changed`: all bans of the room as they are now; told to moderators only."""

    bans: list[BanView]


class EndingSoon(Struct, frozen=True, kw_only=True):
    """`ending_soon`: the meeting ends in so many seconds, at `ends_at`."""

    seconds: int
    ends_at: str


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


class IceServer(Struct, frozen=True, kw_only=True):
    """As `RTCIceServer`; empty list: the server is reached directly."""

    urls: list[str]
    username: str | None = None
    credential: str | None = None
