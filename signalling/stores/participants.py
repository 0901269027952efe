"""Participants, as rows; what is personal is sealed with the contact's key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from offhook.core.clock import Micros
from offhook.core.contracts.events import DisconnectReason
from offhook.core.contracts.media import Direction
from offhook.core.ids import AccountId, ContactId
from offhook.core.seal import Sealer
from offhook.core.store.prepared import Prepared
from offhook.core.store.tables import contacts
from signalling.domain.events import Profile
from signalling.domain.participant import Participant, Patience, State
from signalling.domain.standing import Departure
from signalling.domain.track import Track
from signalling.domain.views import Grants
from signalling.stores.tables import participants

#: What is shown of somebody whose key was deleted.
ERASED = ""

_MINE = participants.c.account_id == bindparam("account")
_WITH_KEY = select(participants, contacts.c.sealed_key).join(
    contacts, contacts.c.contact_id == participants.c.contact_id
)
_INSERT = Prepared(insert(participants))
_SAVE = Prepared(
    update(participants).where(_MINE, participants.c.participant_id == bindparam("id"))
)
_LIVE = _WITH_KEY.where(
    _MINE, participants.c.room_id == bindparam("room"), participants.c.left_at.is_(None)
).order_by(participants.c.participant_id)
_PAGE = _LIVE.where(
    participants.c.participant_id > bindparam("after"),
    participants.c.state.in_((State.JOINED.value, State.ACTIVE.value)),
).limit(bindparam("limit"))
_INSIDE = Prepared(
    select(participants.c.identity).where(
        _MINE,
        participants.c.room_id == bindparam("room"),
        participants.c.left_at.is_(None),
        or_(*(participants.c.state == state.value for state in (State.JOINED, State.ACTIVE))),
    )
)
_BY_IDENTITY = _LIVE.where(
    participants.c.identity == bindparam("who"),
    participants.c.state.in_((State.JOINED.value, State.ACTIVE.value)),
)
#: Who has left a meeting, by those who came after it began.
_DEPARTED = (
    select(participants.c.identity, participants.c.left_at, participants.c.reason)
    .where(
        _MINE,
        participants.c.room_id == bindparam("room"),
        participants.c.left_at.is_not(None),
        participants.c.joined_at >= bindparam("since"),
    )
    .order_by(participants.c.left_at, participants.c.participant_id)
)
_BY_IDS = _WITH_KEY.where(
    _MINE, participants.c.participant_id.in_(bindparam("ids", expanding=True))
)
_CONTACT = Prepared(
    select(participants.c.contact_id)
    .join(contacts, contacts.c.contact_id == participants.c.contact_id)
    .where(_MINE, participants.c.identity == bindparam("who"), contacts.c.sealed_key.is_not(None))
    .order_by(participants.c.participant_id.desc())
    .limit(1)
)
_LIVE_COUNT = Prepared(
    select(func.count()).select_from(participants).where(_MINE, participants.c.left_at.is_(None))
)
_KEY = Prepared(
    select(contacts.c.sealed_key).where(
        contacts.c.account_id == bindparam("account"), contacts.c.contact_id == bindparam("id")
    )
)
_CONTACT_INSERT = Prepared(insert(contacts))


class _About(msgspec.Struct):
    """What a participant says of itself beside its name, as it is sealed."""

    metadata: str
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class ParticipantRecord:
    """A participant as it is stored; the machine is made from it by `revive`."""

    id: str
    identity: str
    contact: ContactId
    profile: Profile
    grants: Grants
    state: State
    tracks: tuple[Track, ...]
    legs: tuple[Direction, ...]
    connected: bool
    joined_at: Micros
    left_at: Micros | None
    reason: DisconnectReason | None
    join_by: Micros | None
    resume_by: Micros | None
    media_by: Micros | None

    def revive(self, patience: Patience) -> Participant:
        """The machine as it was."""
        made = Participant(
            id=self.id,
            identity=self.identity,
            contact=self.contact,
            profile=self.profile,
            grants=self.grants,
            patience=patience,
            now=self.joined_at,
        )
        made.restore(
            state=self.state,
            tracks={track.sid: track for track in self.tracks},
            legs=frozenset(self.legs),
            connected=self.connected,
            waits=(self.join_by, self.resume_by, self.media_by),
            left=(self.left_at, self.reason),
        )
        return made


class Participants:
    """The table `participants`, with the contacts they are."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def insert(
        self, connection: Connection, account: AccountId, room: str, new: Participant
    ) -> None:
        """Keep somebody who has just come."""
        row = {
            "account_id": account,
            "room_id": room,
            "participant_id": new.id,
            "identity": new.identity,
            "contact_id": new.contact,
            "grants": msgspec.to_builtins(new.grants),
        }
        sealed = self._sealed(connection, account, new)
        _INSERT.run(connection, row | _state_of(new) | sealed)

    def save(self, connection: Connection, account: AccountId, participant: Participant) -> None:
        """Keep a transition of somebody who is stored already."""
        row = {"account": account, "id": participant.id, **_state_of(participant)}
        _SAVE.run(connection, row)

    def rename(self, connection: Connection, account: AccountId, participant: Participant) -> None:
        """Keep what somebody says of itself now."""
        sealed = self._sealed(connection, account, participant)
        _SAVE.run(connection, {"account": account, "id": participant.id, **sealed})

    def live(
        self, connection: Connection, account: AccountId, room: str
    ) -> list[ParticipantRecord]:
        """Those who hold a place in the room."""
        found = connection.execute(_LIVE, {"account": account, "room": room})
        return [self._record(row) for row in found]

    def inside(self, connection: Connection, account: AccountId, room: str) -> frozenset[str]:
        """The identities of those who are in the room."""
        found = _INSIDE.all(connection, {"account": account, "room": room})
        return frozenset(row.identity for row in found)

    def departed(
        self, connection: Connection, account: AccountId, room: str, since: Micros
    ) -> list[Departure]:
        """Those who came since then and have left, in the order they left."""
        found = connection.execute(_DEPARTED, {"account": account, "room": room, "since": since})
        return [Departure(row.identity, row.left_at, row.reason) for row in found]

    def regrant(self, connection: Connection, account: AccountId, changed: Participant) -> None:
        """Keep what somebody may do now."""
        grants = msgspec.to_builtins(changed.grants)
        _SAVE.run(connection, {"account": account, "id": changed.id, "grants": grants})

    def page(
        self, connection: Connection, account: AccountId, room: str, after: str, limit: int
    ) -> list[ParticipantRecord]:
        """Those who are in the room, in the order they came, those behind the id `after`."""
        asked = {"account": account, "room": room, "after": after, "limit": limit}
        return [self._record(row) for row in connection.execute(_PAGE, asked)]

    def by_identity(
        self, connection: Connection, account: AccountId, room: str, identity: str
    ) -> ParticipantRecord | None:
        """Who is in the room under this identity."""
        asked = {"account": account, "room": room, "who": identity}
        row = connection.execute(_BY_IDENTITY, asked).first()
        return None if row is None else self._record(row)

    def by_ids(
        self, connection: Connection, account: AccountId, ids: Sequence[str]
    ) -> list[ParticipantRecord]:
        """Participants by their ids, also those who left."""
        found = connection.execute(_BY_IDS, {"account": account, "ids": list(ids)})
        return [self._record(row) for row in found]

    def count(self, connection: Connection, account: AccountId) -> int:
        """How many hold a place in any room of the account."""
        return int(_LIVE_COUNT.scalar_one(connection, {"account": account}))

    def contact_of(
        self, connection: Connection, account: AccountId, identity: str
    ) -> ContactId | None:
        """Which contact came under this identity before."""
        asked = {"account": account, "who": identity}
        found: ContactId | None = _CONTACT.scalar(connection, asked)
        return found

    def new_contact(
        self, connection: Connection, account: AccountId, id: ContactId, now: Micros
    ) -> None:
        """Make a contact with a key of its own."""
        row = {"contact_id": id, "account_id": account, "created_at": now, "erased_at": None}
        _CONTACT_INSERT.run(connection, row | {"sealed_key": self._sealer.new_contact_key()})

    def _sealed(
        self, connection: Connection, account: AccountId, participant: Participant
    ) -> dict[str, bytes]:
        key = _KEY.scalar_one(connection, {"account": account, "id": participant.contact})
        profile = participant.profile
        about = _About(profile.metadata, dict(profile.attributes))
        return {
            "name_sealed": self._sealer.seal_for(key, profile.name),
            "about_sealed": self._sealer.seal_for(key, msgspec.json.encode(about).decode()),
        }

    def _record(self, row: Any) -> ParticipantRecord:
        return ParticipantRecord(
            id=row.participant_id,
            identity=row.identity,
            contact=row.contact_id,
            profile=self._profile(row),
            grants=msgspec.convert(row.grants, Grants),
            state=State(row.state),
            tracks=msgspec.convert(row.tracks, tuple[Track, ...]),
            legs=msgspec.convert(row.legs, tuple[Direction, ...]),
            connected=row.connected,
            joined_at=row.joined_at,
            left_at=row.left_at,
            reason=row.reason,
            join_by=row.join_by,
            resume_by=row.resume_by,
            media_by=row.media_by,
        )

    def _profile(self, row: Any) -> Profile:
        if row.sealed_key is None:
            return Profile(name=ERASED)
        about = msgspec.json.decode(
            self._sealer.open_for(row.sealed_key, row.about_sealed), type=_About
        )
        return Profile(
            name=self._sealer.open_for(row.sealed_key, row.name_sealed),
            metadata=about.metadata,
            attributes=tuple(sorted(about.attributes.items())),
        )


def _state_of(participant: Participant) -> dict[str, Any]:
    """What changes; when it left only once it has, since to set that writes an index anew."""
    left = {"left_at": participant.left_at, "reason": participant.reason}
    row = {
        "state": participant.state.value,
        "tracks": msgspec.to_builtins(list(participant.tracks.values())),
        "legs": sorted(participant.legs),
        "connected": participant.connected,
        "joined_at": participant.joined_at,
        "join_by": participant.join_by,
        "resume_by": participant.resume_by,
        "media_by": participant.media_by,
    }
    return row if participant.left_at is None else row | left
