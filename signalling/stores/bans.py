"""Who may not come into which room, as rows; what they were called is sealed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, or_, select

from offhook.core.ids import AccountId
from offhook.core.seal import Sealer
from offhook.core.store.tables import contacts
from signalling.domain.room import Room
from signalling.domain.standing import Ban
from signalling.stores.participants import ERASED
from signalling.stores.tables import room_bans

_MINE = room_bans.c.account_id == bindparam("account")
_INSERT = insert(room_bans)
_KEY = select(contacts.c.sealed_key).where(
    contacts.c.account_id == bindparam("account"), contacts.c.contact_id == bindparam("id")
)
#: The room's own, and those of the name that are for ever.
_IN_FORCE = (
    select(room_bans, contacts.c.sealed_key)
    .outerjoin(contacts, contacts.c.contact_id == room_bans.c.contact_id)
    .where(
        _MINE,
        room_bans.c.room_name == bindparam("name"),
        or_(room_bans.c.permanent, room_bans.c.room_id == bindparam("room")),
    )
    .order_by(room_bans.c.ban_id)
)
_PAGE = _IN_FORCE.where(room_bans.c.ban_id > bindparam("after")).limit(bindparam("limit"))
_OF_PERSON = _IN_FORCE.where(room_bans.c.person == bindparam("who"))
_LIFT = delete(room_bans).where(
    _MINE, room_bans.c.room_name == bindparam("name"), room_bans.c.person == bindparam("who")
)
_OVER = delete(room_bans).where(
    _MINE, room_bans.c.room_id == bindparam("room"), room_bans.c.permanent.is_(False)
)


class Bans:
    """The table `room_bans`."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def put(self, connection: Connection, room: Room, ban: Ban) -> None:
        """Keep a ban; one of the same person gives way to it."""
        account = AccountId(room.account)
        self.lift(connection, account, room.name, ban.person)
        row = {
            "ban_id": ban.sid,
            "account_id": account,
            "room_id": room.id,
            "room_name": room.name,
            "person": ban.person,
            "permanent": ban.permanent,
            "banned_by": ban.by,
            "contact_id": ban.contact,
            "name_sealed": self._sealed(connection, account, ban),
            "created_at": ban.at,
        }
        connection.execute(_INSERT, row)

    def lift(self, connection: Connection, account: AccountId, name: str, person: str) -> None:
        """Forget the ban of a person."""
        connection.execute(_LIFT, {"account": account, "name": name, "who": person})

    def over(self, connection: Connection, account: AccountId, room: str) -> None:
        """Forget the bans of a room that is no more, but for those that are for ever."""
        connection.execute(_OVER, {"account": account, "room": room})

    def of_room(
        self, connection: Connection, account: AccountId, room: str, name: str
    ) -> list[Ban]:
        """All bans that are in force, in the order they were made."""
        found = connection.execute(_IN_FORCE, {"account": account, "room": room, "name": name})
        return [self._ban(row) for row in found]

    def page(
        self,
        connection: Connection,
        account: AccountId,
        room: str,
        name: str,
        after: str,
        limit: int,
    ) -> list[Ban]:
        """Some of them, those behind the id `after`."""
        asked = {"account": account, "room": room, "name": name, "after": after, "limit": limit}
        return [self._ban(row) for row in connection.execute(_PAGE, asked)]

    def of_person(
        self, connection: Connection, account: AccountId, room: str, name: str, person: str
    ) -> Ban | None:
        """The ban of one person."""
        asked = {"account": account, "room": room, "name": name, "who": person}
        row = connection.execute(_OF_PERSON, asked).one_or_none()
        return None if row is None else self._ban(row)

    def _sealed(self, connection: Connection, account: AccountId, ban: Ban) -> bytes | None:
        if ban.contact is None:
            return None
        key = connection.execute(_KEY, {"account": account, "id": ban.contact}).scalar()
        return None if key is None else self._sealer.seal_for(key, ban.name)

    def _ban(self, row: Any) -> Ban:
        known = row.sealed_key is not None and row.name_sealed is not None
        return Ban(
            sid=row.ban_id,
            person=row.person,
            at=row.created_at,
            permanent=row.permanent,
            by=row.banned_by,
            name=self._sealer.open_for(row.sealed_key, row.name_sealed) if known else ERASED,
            contact=row.contact_id,
        )
