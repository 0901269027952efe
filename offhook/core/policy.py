"""Who may do what: the one permission table. Every door asks `allowed` or `require`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Self

from offhook.core.contracts.grants import DeskGrant, SipGrant, VideoGrant
from offhook.core.errors import Forbidden
from offhook.core.ids import AccountId


class Role(Enum):
    """Who somebody is to an account."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    INTEGRATOR = "integrator"  # an API key itself
    GUEST = "guest"  # a token that an API key signed
    VISITOR = "visitor"  # a site key on a web page


Permission = Literal[
    "rooms.read",  # list rooms; with a room: look at this one
    "rooms.write",  # create and delete rooms
    "rooms.admin",  # change this room: title, lock, metadata
    "rooms.record",  # start and stop recordings
    "rooms.join",  # take a place in this room
    "participants.read",  # see who is in this room
    "participants.moderate",  # mute, remove, change others in this room
    "tracks.publish",  # send this source into this room
    "tracks.subscribe",  # receive the others
    "data.send",  # chat and data
    "self.update",  # change one's own name and attributes
    "keys.read",  # list API keys
    "keys.write",  # make and revoke API keys
    "tokens.issue",  # have the server sign a token
    "events.read",  # the account's event log
    "metrics.read",  # figures of the server
    "webhooks.read",  # list webhooks and their deliveries
    "webhooks.write",  # make, change, try and delete webhooks, and replay deliveries
    "sites.read",  # list sites
    "sites.write",  # make, change and delete sites
    "sites.secrets",  # have a new identity secret of a site
    "queues.read",
    "queues.write",
    "workflows.read",
    "workflows.write",
    "activities.read",
    "activities.write",
    "agents.read",  # agents with their skills, capacity and attributes
    "agents.write",
    "agents.supervise",  # set what others are doing
    "sessions.read",  # contacts, without who they are
    "sessions.write",  # end contacts
    "contacts.read",  # who customers are: names, addresses, what they and agents wrote
    "contacts.write",  # make contacts, and change what is known of them
    "contacts.delete",
    "contacts.import",  # many at once
    "contacts.export",  # all at once
    "tasks.read",  # what waits and is worked on, with the reasons, and every offer
    "tasks.write",  # bring work, prioritise and cancel it
    "dispositions.read",
    "dispositions.write",
    "replies.read",
    "replies.write",
    "users.read",  # list the people with a login
    "users.write",  # make logins, change roles, disable, give one-time passwords
    "account.read",  # the account and its settings
    "account.write",
    "desk.own",  # take work at a desk of one's own
    "desk.watch",  # see the whole contact centre at work
    "desk.supervise",  # set others' activities, and what waits
    "sign_in.own",  # one's own sign-in: look at it, change the password, end it
]

#: The scope that lets everybody whom a key vouches for do everything.
EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody whose credentials were checked.

    `scopes` are permissions of the key or login that vouches for the principal, and bound what it
    can do whatever its role or token says; the scope `rooms.join` covers what a participant does.
    """

    account: AccountId
    role: Role
    identity: str = ""
    scopes: frozenset[str] = frozenset()
    video: VideoGrant = field(default_factory=VideoGrant)
    sip: SipGrant = field(default_factory=SipGrant)

    @classmethod
    def of_token(
        cls,
        account: AccountId,
        identity: str,
        scopes: frozenset[str],
        *,
        video: VideoGrant | None = None,
        sip: SipGrant | None = None,
        desk: DeskGrant | None = None,
    ) -> Self:
        """Who bears a token signed by a key with these scopes; a `desk` claim gives the role."""
        role = Role.GUEST if desk is None else Role(desk.role)
        return cls(account, role, identity, scopes, video or VideoGrant(), sip or SipGrant())


_Rule = Callable[[VideoGrant, str | None, str | None], bool]


def _yes(video: VideoGrant, room: str | None, source: str | None) -> bool:
    return True


def _here(video: VideoGrant, room: str | None) -> bool:
    """Whether the token names this very room; a grant without a room is for none."""
    return bool(video.room) and video.room == room


def _in_room(may: Callable[[VideoGrant, str | None], bool]) -> _Rule:
    return lambda video, room, source: video.room_join and _here(video, room) and may(video, source)


def _room_admin(video: VideoGrant, room: str | None, source: str | None) -> bool:
    return video.room_admin and _here(video, room)


#: What a participant does in the room that its token names.
_PARTICIPANT: dict[Permission, _Rule] = {
    "rooms.join": _in_room(lambda video, source: True),
    "tracks.publish": _in_room(VideoGrant.may_publish),
    "tracks.subscribe": _in_room(lambda video, source: video.may_subscribe()),
    "data.send": _in_room(lambda video, source: video.may_publish_data()),
    "self.update": _in_room(lambda video, source: video.may_update_own_metadata()),
}

#: What a token grants; the claims are LiveKit's.
_TOKEN: dict[Permission, _Rule] = {
    **_PARTICIPANT,
    "rooms.read": lambda video, room, source: video.room_list or _room_admin(video, room, source),
    "rooms.write": lambda video, room, source: video.room_create,
    "rooms.admin": _room_admin,
    "rooms.record": lambda video, room, source: video.room_record,
    "participants.read": _room_admin,
    "participants.moderate": _room_admin,
}


def _always(*permissions: Permission) -> dict[Permission, _Rule]:
    return dict.fromkeys(permissions, _yes)


#: What the contact centre is set up with.
_SET_UP: tuple[Permission, ...] = (
    "sites.write", "queues.write", "workflows.write", "activities.write", "agents.write",
    "dispositions.write", "replies.write",
)  # fmt: skip
#: What the desk shows of it.
_AT_THE_DESK: tuple[Permission, ...] = (
    "queues.read", "activities.read", "agents.read", "dispositions.read", "replies.read",
)  # fmt: skip
#: What happens there.
_AT_WORK: tuple[Permission, ...] = (
    "agents.supervise", "sessions.read", "sessions.write", "tasks.read", "tasks.write",
    "contacts.read", "contacts.write", "contacts.delete", "contacts.import", "contacts.export",
)  # fmt: skip
_SET_UP_SEEN: tuple[Permission, ...] = (*_AT_THE_DESK, "sites.read", "workflows.read", "users.read")

#: The table. What a role does not list it may not do. An API key has no place in a room of its
#: own: it signs a token for one.
TABLE: dict[Role, dict[Permission, _Rule]] = {
    Role.ADMIN: _TOKEN
    | _always(
        "rooms.read", "rooms.write", "rooms.admin", "rooms.record", "participants.read",
        "participants.moderate", "keys.read", "keys.write", "tokens.issue", "events.read",
        "metrics.read", "sign_in.own", "desk.own", "desk.watch", "desk.supervise",
        "webhooks.read", "webhooks.write",
        "sites.secrets", "users.write", "account.read", "account.write",
        *_SET_UP, *_SET_UP_SEEN, *_AT_WORK,
    ),
    Role.SUPERVISOR: _TOKEN
    | _always(
        "rooms.read", "participants.read", "participants.moderate", "events.read", "sign_in.own",
        "desk.own", "desk.watch", "desk.supervise",
        *_SET_UP, *_SET_UP_SEEN, *_AT_WORK,
    ),
    Role.AGENT: _TOKEN
    | _always(
        "rooms.read", "participants.read", "sign_in.own", "desk.own",
        "contacts.read", "contacts.write",
        *_AT_THE_DESK,
    ),
    Role.INTEGRATOR: _always(
        "rooms.read", "rooms.write", "rooms.admin", "rooms.record", "participants.read",
        "participants.moderate", "keys.read", "keys.write", "tokens.issue", "events.read",
        "metrics.read",
        "webhooks.read", "webhooks.write",
        "sites.secrets", "users.write", "account.read", "account.write",
        *_SET_UP, *_SET_UP_SEEN, *_AT_WORK,
    ),
    Role.GUEST: _TOKEN,
    Role.VISITOR: _PARTICIPANT,
}  # fmt: skip


def allowed(
    principal: Principal,
    permission: Permission,
    *,
    account: AccountId | None = None,
    room: str | None = None,
    source: str | None = None,
) -> bool:
    """Whether `principal` may do this, in the room of this name, with this track source.

    `account` is whose resource it is, when that may be another account than the principal's.
    """
    if account is not None and account != principal.account:
        return False
    scope = "rooms.join" if permission in _PARTICIPANT else permission
    if EVERYTHING not in principal.scopes and scope not in principal.scopes:
        return False
    rule = TABLE[principal.role].get(permission)
    return rule is not None and rule(principal.video, room, source)


def require(
    principal: Principal,
    permission: Permission,
    *,
    account: AccountId | None = None,
    room: str | None = None,
    source: str | None = None,
) -> None:
    """Raise `Forbidden` (code `not_allowed`) unless `allowed`."""
    if not allowed(principal, permission, account=account, room=room, source=source):
        where = f" in room {room}" if room else ""
        what = f" with {source}" if source else ""
        raise Forbidden(f"this needs {permission}{what}{where}", code="not_allowed")
