"""What the REST API takes and gives: the schemas of /openapi.json are made from these."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from offhook.core.contracts.events import ParticipantState, TrackView
from offhook.core.contracts.media import TrackKind, TrackSource
from offhook.core.policy import Permission
from signalling.domain import names, tokens
from signalling.domain.signing_in import PASSWORD_MOST, UserRole
from signalling.domain.views import Grants

RoomName = Annotated[str, Meta(pattern=names.ROOM_NAME, max_length=128)]
Identity = Annotated[str, Meta(pattern=names.IDENTITY, max_length=128)]
Title = Annotated[str, Meta(max_length=200)]
DisplayName = Annotated[str, Meta(max_length=names.NAME_LIMIT)]
Metadata = Annotated[str, Meta(max_length=names.METADATA_LIMIT)]
Places = Annotated[int, Meta(ge=1, le=10_000, description="Most participants at a time.")]
Seconds = Annotated[int, Meta(ge=0, le=31_536_000, description="Seconds.")]
Duration = Annotated[int, Meta(ge=60, le=31_536_000, description="Seconds.")]
Limit = Annotated[int, Meta(ge=1, le=200, description="Most items of a page.")]
Cursor = Annotated[str, Meta(max_length=64, description="`next` of the page before.")]
#: Of so many people in a room it can be decided whom they hear.
HEARING_MOST = 500
Timestamp = Annotated[str, Meta(description="ISO 8601, UTC, with milliseconds.")]


class PageQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of a list."""

    limit: Limit = 50
    after: Cursor = ""


# --- rooms ---------------------------------------------------------------------------------------


class RoomCreate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A room to make. What is null lasts: a room without timeouts stays until it is deleted."""

    name: RoomName
    title: Title = ""
    access: Literal["link", "token"] = "token"
    metadata: Metadata = ""
    max_participants: Places | None = None
    empty_timeout: Seconds | None = None
    departure_timeout: Seconds | None = None
    max_duration: Duration | None = None
    locked: bool = False


class RoomPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a room; what is not given stays."""

    title: Title | UnsetType = UNSET
    access: Literal["link", "token"] | UnsetType = UNSET
    metadata: Metadata | UnsetType = UNSET
    max_participants: Places | UnsetType = UNSET
    empty_timeout: Seconds | UnsetType | None = UNSET
    departure_timeout: Seconds | UnsetType | None = UNSET
    max_duration: Duration | UnsetType | None = UNSET
    locked: bool | UnsetType = UNSET


class Room(Struct, frozen=True, kw_only=True):
    """A room. `participants` counts those who are in it now."""

    sid: str
    name: str
    title: str
    state: Literal["idle", "open", "finished"]
    access: Literal["link", "token"]
    metadata: str
    max_participants: int
    empty_timeout: int | None
    departure_timeout: int | None
    max_duration: int | None
    locked: bool
    participants: int
    created_at: Timestamp
    started_at: Timestamp | None


class RoomPage(Struct, frozen=True, kw_only=True):
    """Rooms, oldest first; `next` is the cursor of the next page, null on the last."""

    items: list[Room]
    next: str | None


# --- participants --------------------------------------------------------------------------------


class Participant(Struct, frozen=True, kw_only=True):
    """Somebody in a room. `connected` is false while a lost socket is waited for."""

    sid: str
    identity: str
    name: str
    state: ParticipantState
    connected: bool
    joined_at: Timestamp
    metadata: str
    attributes: dict[str, str]
    grants: Grants
    tracks: list[TrackView]


class ParticipantPage(Struct, frozen=True, kw_only=True):
    """Participants in the order they came; `next` as everywhere."""

    items: list[Participant]
    next: str | None


class GrantsPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of what somebody may do in this meeting; what is null stays. Tracks of sources
    that are allowed no longer end at once. `room_admin` makes a moderator."""

    can_publish: bool | None = None
    can_publish_sources: list[TrackSource] | None = None
    can_subscribe: bool | None = None
    can_publish_data: bool | None = None
    can_update_own_metadata: bool | None = None
    room_admin: bool | None = None


class ParticipantPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a participant; what is not given stays."""

    name: DisplayName | None = None
    metadata: Metadata | None = None
    attributes: dict[str, str] | None = None
    grants: GrantsPatch | None = None


class TrackMute(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which track to mute or unmute."""

    track: Annotated[str, Meta(max_length=64)]
    muted: bool = True


class BanCreate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to let in no more. A ban ends with the room; a `permanent` one holds for every later
    room of the same name. The identity of a guest by link stands for all guests of that browser."""

    identity: Identity
    permanent: bool = False


class Ban(Struct, frozen=True, kw_only=True):
    """Somebody who may not come in. `name` is what they were called, if they were there; `by` the
    identity of the moderator, empty for a program."""

    sid: str
    identity: str
    name: str
    permanent: bool
    by: str
    created_at: Timestamp


class BanPage(Struct, frozen=True, kw_only=True):
    """Bans in the order they were made; `next` as everywhere."""

    items: list[Ban]
    next: str | None


class HearingOf(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom somebody hears and sees: of these identities everything, of others nothing; null is
    everybody. With `music` they hear the hold music."""

    publishers: Annotated[list[Identity], Meta(max_length=HEARING_MOST)] | None = None
    music: bool = False


class RoomHearing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who hears whom in a room, by identity; who is not named hears everybody. It holds for who
    comes later, or comes back, too, until the meeting ends."""

    hearing: Annotated[dict[Identity, HearingOf], Meta(max_length=HEARING_MOST)]


class Track(Struct, frozen=True, kw_only=True):
    """Something that is published in a room."""

    sid: str
    participant: str
    identity: str
    source: TrackSource
    kind: TrackKind
    muted: bool


class TrackList(Struct, frozen=True, kw_only=True):
    """All tracks of a room."""

    items: list[Track]


# --- tokens --------------------------------------------------------------------------------------


class TokenGrants(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the bearer may do in the room; LiveKit's defaults for what is null."""

    can_publish: bool | None = None
    can_subscribe: bool | None = None
    can_publish_data: bool | None = None
    can_publish_sources: list[TrackSource] | None = None
    can_update_own_metadata: bool | None = None
    room_admin: bool = False
    hidden: bool = False


class TokenCreate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A join token to make. `ttl`: seconds that it lasts."""

    identity: Identity
    name: DisplayName = ""
    metadata: Metadata = ""
    attributes: dict[str, str] = {}
    grants: TokenGrants = TokenGrants()
    ttl: Annotated[int, Meta(ge=1, le=tokens.MAX_TTL)] = tokens.DEFAULT_TTL


class Token(Struct, frozen=True, kw_only=True):
    """A join token, and the page that opens with it."""

    token: str
    identity: str
    room: str
    url: str
    expires_at: Timestamp


# --- API keys ------------------------------------------------------------------------------------


class ApiKeyCreate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key to make. `scopes`: the permissions it is limited to; `*` is all of them."""

    name: Annotated[str, Meta(min_length=1, max_length=128)]
    scopes: Annotated[list[Literal["*"] | Permission], Meta(min_length=1, max_length=64)]


class ApiKey(Struct, frozen=True, kw_only=True):
    """A key without its secret."""

    id: str
    name: str
    scopes: list[str]
    created_at: Timestamp
    last_used_at: Timestamp | None


class NewApiKey(ApiKey, frozen=True, kw_only=True):
    """A key with its secret, which is shown this once."""

    secret: str


class ApiKeyPage(Struct, frozen=True, kw_only=True):
    """Keys that are in force, oldest first; `next` as everywhere."""

    items: list[ApiKey]
    next: str | None


# --- events --------------------------------------------------------------------------------------


class EventQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which events: of these types (repeat the parameter), about this subject."""

    type: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=20)] = []
    subject: Annotated[str, Meta(max_length=128)] = ""
    order: Annotated[
        Literal["asc", "desc"], Meta(description="As they were logged, or newest first.")
    ] = "asc"


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened. `seq` counts without a gap for each subject."""

    id: str
    type: str
    version: int
    account: str
    subject: str
    seq: int
    conversation_id: str | None
    causation_id: str | None
    time: Timestamp
    data: dict[str, Any]


class EventPage(Struct, frozen=True, kw_only=True):
    """Events in the order asked for; `next` is null when there are no more now."""

    items: list[Event]
    next: str | None


# --- signing in ----------------------------------------------------------------------------------


class SignInCreate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who signs in."""

    login: Annotated[str, Meta(max_length=128)]
    password: Annotated[str, Meta(max_length=PASSWORD_MOST)]
    account: Annotated[str, Meta(max_length=128)] = "main"


class PasswordChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The present password and the one to come, of at least ten characters."""

    password: Annotated[str, Meta(max_length=PASSWORD_MOST)]
    new_password: Annotated[str, Meta(max_length=PASSWORD_MOST)]


class SignedIn(Struct, frozen=True, kw_only=True):
    """Who is signed in. `must_change`: until the password is changed, little else is allowed."""

    user: str
    login: str
    name: str
    role: UserRole
    must_change: bool
    permissions: list[Permission]
    signed_in_at: Timestamp
    expires_at: Timestamp


# --- the server ----------------------------------------------------------------------------------


class Health(Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: Literal["ok"]


class Readiness(Struct, frozen=True, kw_only=True):
    """Whether the server can do its work: the store takes writes, the bus carries, media answer."""

    ready: bool
    store: bool
    bus: bool
    media: bool


class Node(Struct, frozen=True, kw_only=True):
    """A process that is alive. `this`: it answers this request; `rooms` and `legs` are those of a
    media node, and `draining` says that it hands them to others."""

    id: str
    role: Literal["signalling", "media"]
    seen_at: Timestamp
    this: bool = False
    started_at: Timestamp | None = None
    rooms: int | None = None
    legs: int | None = None
    draining: bool = False


class NodeList(Struct, frozen=True, kw_only=True):
    """All processes of the installation."""

    items: list[Node]
