"""Rooms and the media node each is pinned to, as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from offhook.core.clock import Micros
from offhook.core.contracts.media import Hearing
from offhook.core.errors import Conflict, Unavailable
from offhook.core.ids import AccountId, RoomId
from offhook.core.store.prepared import Prepared
from signalling.domain.events import Settings
from signalling.domain.participant import Patience
from signalling.domain.room import Room, State
from signalling.domain.views import Grants
from signalling.stores.tables import participants, room_pins, rooms

_MINE = rooms.c.account_id == bindparam("account")
_LIVE = rooms.c.state != State.FINISHED.value

#: How many are in a room.
_PRESENT = (
    select(func.count())
    .where(
        participants.c.account_id == rooms.c.account_id,
        participants.c.room_id == rooms.c.room_id,
        participants.c.left_at.is_(None),
        or_(*(participants.c.state == state for state in ("joined", "active"))),
    )
    .scalar_subquery()
    .label("participants")
)
_ROOMS = select(rooms, _PRESENT).where(_LIVE)

_INSERT = Prepared(insert(rooms))
_NEXT = update(rooms).where(
    _MINE,
    rooms.c.room_id == bindparam("id"),
    rooms.c.version == bindparam("before"),
    rooms.c.owner_epoch == bindparam("ours"),
)
_SAVE = Prepared(_NEXT)
_SAVE_IN_STATE = Prepared(_NEXT.where(rooms.c.state == bindparam("same")))
_CLAIM = Prepared(
    update(rooms).where(
        _MINE, rooms.c.room_id == bindparam("id"), rooms.c.owner_epoch == bindparam("seen")
    )
)
_EPOCH = Prepared(select(rooms.c.owner_epoch).where(_MINE, rooms.c.room_id == bindparam("id")))
_OWNED = select(rooms.c.room_id, rooms.c.owner_epoch).where(
    _LIVE, rooms.c.owner == bindparam("node")
)
_BY_NAME = Prepared(_ROOMS.where(_MINE, rooms.c.name == bindparam("room_name")))
_BY_ID = Prepared(_ROOMS.where(_MINE, rooms.c.room_id == bindparam("id")))
_PAGE = (
    _ROOMS.where(_MINE, rooms.c.room_id > bindparam("after"))
    .order_by(rooms.c.room_id)
    .limit(bindparam("limit"))
)
_UNDER_WAY = _ROOMS.where((rooms.c.state == State.OPEN.value) | rooms.c.deadline.is_not(None))

_PIN = Prepared(
    select(room_pins).where(
        room_pins.c.account_id == bindparam("account"), room_pins.c.room_id == bindparam("id")
    )
)
_PIN_INSERT = Prepared(insert(room_pins))
_PIN_MOVE = Prepared(
    update(room_pins).where(
        room_pins.c.account_id == bindparam("account"),
        room_pins.c.room_id == bindparam("id"),
        room_pins.c.epoch < bindparam("next"),
    )
)


@dataclass(frozen=True, slots=True)
class RoomRecord:
    """A room as it is stored; the machine is made from it by `revive`."""

    id: RoomId
    account: AccountId
    name: str
    state: State
    version: int
    revision: int
    settings: Settings
    met: bool
    founder: str | None
    granted: dict[str, Grants]
    hearing: dict[str, Hearing]
    created_at: Micros
    started_at: Micros | None
    empty_since: Micros | None
    participants: int
    owner: str | None
    owner_epoch: int

    def revive(self, patience: Patience) -> Room:
        """The machine as it was, still without its people."""
        room = Room(
            id=self.id,
            account=self.account,
            name=self.name,
            settings=self.settings,
            patience=patience,
            now=self.created_at,
        )
        room.state, room.version, room.revision = self.state, self.version, self.revision
        room.epoch = self.owner_epoch
        room.met, room.standing.founder = self.met, self.founder
        room.started_at, room.empty_since = self.started_at, self.empty_since
        return room


@dataclass(frozen=True, slots=True)
class Pin:
    """The media node of a room; `epoch` grows each time the room moves."""

    node: str
    epoch: int


class Rooms:
    """The table `rooms`."""

    def insert(self, connection: Connection, room: Room, owner: str | None = None) -> None:
        """Keep a new room; raise `Conflict` (`room_exists`) when its name is taken."""
        row = {"room_id": room.id, "account_id": room.account, "name": room.name}
        new = {
            "state": room.state.value,
            "created_at": room.created_at,
            "owner": owner,
            "owner_epoch": room.epoch,
        }
        try:
            _INSERT.run(connection, row | new | _kept(room))
        except IntegrityError as error:
            raise Conflict(
                "There is a room with this name already.", code="room_exists", field="name"
            ) from error

    def save(self, connection: Connection, room: Room, before: int) -> None:
        """Keep a transition; raise `Unavailable` when somebody else moved the room meanwhile, or
        owns it now.

        Most leave the state as it is, and to set it again would write its index anew.
        """
        whose = {"account": room.account, "id": room.id, "before": before, "ours": room.epoch}
        row = whose | _kept(room)
        state = room.state.value
        if _SAVE_IN_STATE.run(connection, row | {"same": state}) == 1:
            return
        if _SAVE.run(connection, row | {"state": state}) != 1:
            raise Unavailable("The room has another owner now.", code="stale_room")

    def claim(self, connection: Connection, record: RoomRecord, owner: str) -> bool:
        """Make this process the owner, under the next epoch; False when another was quicker."""
        asked = {"account": record.account, "id": record.id, "seen": record.owner_epoch}
        now = {"owner": owner, "owner_epoch": record.owner_epoch + 1}
        return _CLAIM.run(connection, asked | now) == 1

    def require_epoch(
        self, connection: Connection, account: AccountId, id: str, epoch: int
    ) -> None:
        """Raise `Unavailable` when somebody else owns the room now."""
        if _EPOCH.scalar(connection, {"account": account, "id": id}) != epoch:
            raise Unavailable("The room has another owner now.", code="stale_room")

    def owned(self, connection: Connection, node: str) -> dict[str, int]:
        """The epochs of all rooms of a process, by id."""
        found = connection.execute(_OWNED, {"node": node})
        return {row.room_id: row.owner_epoch for row in found}

    def by_name(self, connection: Connection, account: AccountId, name: str) -> RoomRecord | None:
        """The room that has this name now."""
        row = _BY_NAME.one_or_none(connection, {"account": account, "room_name": name})
        return None if row is None else _record(row)

    def by_id(self, connection: Connection, account: AccountId, id: str) -> RoomRecord | None:
        """The room of this id, unless it is finished."""
        row = _BY_ID.one_or_none(connection, {"account": account, "id": id})
        return None if row is None else _record(row)

    def page(
        self, connection: Connection, account: AccountId, after: str, limit: int
    ) -> list[RoomRecord]:
        """Rooms that are not finished, oldest first, those behind the id `after`."""
        found = connection.execute(_PAGE, {"account": account, "after": after, "limit": limit})
        return [_record(row) for row in found]

    def under_way(self, connection: Connection) -> list[RoomRecord]:
        """Of all accounts, the rooms in which something is going on or will by itself."""
        return [_record(row) for row in connection.execute(_UNDER_WAY)]


class Pins:
    """The table `room_pins`."""

    def of(self, connection: Connection, account: AccountId, room: str) -> Pin | None:
        """Where the room's media are."""
        row = _PIN.one_or_none(connection, {"account": account, "id": room})
        return None if row is None else Pin(row.node, row.epoch)

    def put(self, connection: Connection, account: AccountId, room: str, pin: Pin) -> None:
        """Pin the room; raise `Unavailable` when it was pinned at least as late already."""
        moved = {"account": account, "id": room, "next": pin.epoch}
        now = {"node": pin.node, "epoch": pin.epoch}
        if _PIN_MOVE.run(connection, moved | now) == 1:
            return
        if self.of(connection, account, room) is not None:
            raise Unavailable("The room's media moved meanwhile.", code="stale_epoch")
        _PIN_INSERT.run(connection, {"account_id": account, "room_id": room} | now)


def _kept(room: Room) -> dict[str, Any]:
    """What may change while a room keeps its state."""
    settings = room.settings
    return {
        "version": room.version,
        "revision": room.revision,
        "title": settings.title,
        "access": settings.access,
        "metadata": settings.metadata,
        "max_participants": settings.max_participants,
        "empty_timeout": settings.empty_timeout,
        "departure_timeout": settings.departure_timeout,
        "max_duration": settings.max_duration,
        "locked": settings.locked,
        "met": room.met,
        "founder": room.standing.founder,
        "granted": msgspec.to_builtins(room.standing.granted),
        "hearing": msgspec.to_builtins(room.standing.hearing),
        "started_at": room.started_at,
        "empty_since": room.empty_since,
        "finished_at": room.finished_at,
        "deadline": room.deadline,
    }


def _record(row: Any) -> RoomRecord:
    return RoomRecord(
        id=row.room_id,
        account=row.account_id,
        name=row.name,
        state=State(row.state),
        version=row.version,
        revision=row.revision,
        settings=Settings(
            title=row.title,
            access=row.access,
            metadata=row.metadata,
            max_participants=row.max_participants,
            empty_timeout=row.empty_timeout,
            departure_timeout=row.departure_timeout,
            max_duration=row.max_duration,
            locked=row.locked,
        ),
        met=row.met,
        founder=row.founder,
        granted=msgspec.convert(row.granted, dict[str, Grants]),
        hearing=msgspec.convert(row.hearing, dict[str, Hearing]),
        created_at=row.created_at,
        started_at=row.started_at,
        empty_since=row.empty_since,
        participants=row.participants,
        owner=row.owner,
        owner_epoch=row.owner_epoch,
    )
