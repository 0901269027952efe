"""Everything that signalling keeps, and the units of work that touch several tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy import Connection

from offhook.core.clock import Micros
from offhook.core.contracts.events import DisconnectReason, Envelope
from offhook.core.errors import Unavailable
from offhook.core.ids import AccountId, ContactId, Ids
from offhook.core.seal import Sealer
from offhook.core.store.events import EventLog, NewEvent
from offhook.core.store.outbox import Outbox
from offhook.core.zones import time_zone
from signalling.domain.effects import (
    DropBan,
    DropBans,
    Effect,
    ForgetChat,
    KeepBan,
    KeepChat,
    Record,
    TellGrants,
)
from signalling.domain.events import ProfileChanged
from signalling.domain.participant import Participant, Patience
from signalling.domain.room import Room
from signalling.stores.accounts import Accounts, ApiKey, ApiKeys
from signalling.stores.bans import Bans
from signalling.stores.callbacks import Callbacks
from signalling.stores.chat import Chat
from signalling.stores.claiming import Claimant, Owned
from signalling.stores.configured import ConfiguredRows
from signalling.stores.configuring import Configuring
from signalling.stores.contact_book import ContactBook
from signalling.stores.contacts import ContactRows
from signalling.stores.desks import Desks
from signalling.stores.files import ChatFiles
from signalling.stores.participants import Participants
from signalling.stores.rooms import Pin, Pins, RoomRecord, Rooms
from signalling.stores.staffing import Staffing
from signalling.stores.users import Users

#: The outbox topic of commands that must reach a media node.
MEDIA_ERRANDS = "media"


T = TypeVar("T")
#: Finds the room that is meant.
Find = Callable[[Connection], RoomRecord | None]
#: Keeps something more in the transaction that makes a thing: how the door answered.
Remember = Callable[[Connection, T], None]


def forget(connection: Connection, made: object) -> None:
    """Keeps nothing more."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of a room, as it is to be stored, with those whom it changed.

    `newcomers` of them have no row yet; each comes with the contact that must be made, if any.
    """

    room: Room
    event: object
    effects: Sequence[Effect]
    people: Sequence[Participant]
    newcomers: Mapping[str, ContactId | None]
    errands: Sequence[tuple[str, bytes]]
    now: Micros


@dataclass(frozen=True, slots=True)
class StoredRoom:
    """A room as it was, with its people, and where its media are."""

    room: Room
    pin: Pin | None


@dataclass(frozen=True, slots=True)
class Attended:
    """Who is in a room, by identity, and why those who are not have left it."""

    inside: frozenset[str]
    left: Mapping[str, DisconnectReason]


class Keeping:
    """All tables of signalling, with the log and the outbox that their transitions write to."""

    def __init__(self, sealer: Sealer, ids: Ids) -> None:
        self.accounts = Accounts()
        self.api_keys = ApiKeys(sealer)
        self.rooms = Rooms()
        self.pins = Pins()
        self.participants = Participants(sealer)
        self.chat = Chat(sealer)
        self.files = ChatFiles(sealer)
        self.users = Users(sealer)
        self.bans = Bans(sealer)
        self.log = EventLog(ids)
        self.outbox = Outbox()
        rows = ConfiguredRows(sealer)
        self.configuring = Configuring(rows, self.users, self.log, time_zone)
        self.contacts = ContactBook(ContactRows(sealer), Desks(sealer, self.log), self.log)
        self.callbacks = Callbacks(sealer, self.outbox)
        self.staffing = Staffing(self.users, rows, self.log)

    def transition(self, connection: Connection, step: Transition) -> None:
        """Keep one step of a room: snapshots, facts, chat, and what media must be told.

        Raises `Unavailable` when the store and the machine do not agree any more.
        """
        account = AccountId(step.room.account)
        self.rooms.save(connection, step.room, step.room.version - 1)
        for contact in step.newcomers.values():
            if contact is not None:
                self.participants.new_contact(connection, account, contact, step.now)
        for participant in step.people:
            self._keep_participant(connection, account, step, participant)
        self._log(connection, account, step)
        self._keep_chat(connection, account, step)
        self._keep_moderation(connection, account, step)
        for key, payload in step.errands:
            self.outbox.put(connection, account, MEDIA_ERRANDS, key, payload, step.now)

    def move(
        self,
        connection: Connection,
        account: AccountId,
        room: str,
        epoch: int,
        pin: Pin,
        close: tuple[str, bytes] | None,
        now: Micros,
    ) -> None:
        """Pin a room to another node, and have what is left on the old one closed."""
        self.rooms.require_epoch(connection, account, room, epoch)
        self.pins.put(connection, account, room, pin)
        if close is not None:
            self.outbox.put(connection, account, MEDIA_ERRANDS, *close, now)

    def internal_key(self, connection: Connection, account: AccountId) -> ApiKey | None:
        """The key with which the server signs tokens of this account itself."""
        id = self.accounts.internal_key(connection, account)
        return None if id is None else self.api_keys.by_id(connection, id)

    def create_key(self, connection: Connection, key: ApiKey, remember: Remember[ApiKey]) -> None:
        """Keep a new API key, and what must be remembered with it."""
        self.api_keys.insert(connection, key)
        remember(connection, key)

    def create_account(
        self,
        connection: Connection,
        name: str,
        internal: ApiKey,
        key: ApiKey | None,
        room: Room | None,
        add: Callable[[Connection], None],
    ) -> AccountId:
        """Keep a new account with the key with which the server signs for it, and perhaps more;
        return the account of this name, which may be another that was there before."""
        before = self.accounts.by_name(connection, name)
        if before is not None:
            return before
        account = internal.account
        self.accounts.insert(connection, account, name, internal.created_at)
        self.api_keys.insert(connection, internal)
        self.accounts.set_internal_key(connection, account, internal.id, internal.created_at)
        if key is not None:
            self.api_keys.insert(connection, key)
        if room is not None:
            self.rooms.insert(connection, room)
        add(connection)
        return account

    def create(
        self,
        connection: Connection,
        room: Room,
        remember: Remember[RoomRecord],
        owner: str | None = None,
    ) -> RoomRecord:
        """Keep a new room, and what must be remembered with it."""
        self.rooms.insert(connection, room, owner)
        record = self.rooms.by_name(connection, AccountId(room.account), room.name)
        if record is None:
            raise Unavailable("The new room is not there.", code="stale_room")
        remember(connection, record)
        return record

    def claim(
        self,
        connection: Connection,
        find: Find,
        patience: Patience,
        claimant: Claimant,
    ) -> StoredRoom | Owned | None:
        """Bring back the room that `find` finds, and make the claimant its owner, unless it is
        another's who is alive."""
        while (record := find(connection)) is not None:
            if record.owner == claimant.node:
                return self.load(connection, record, patience)
            if record.owner is not None and not claimant.given_up(connection, record.owner):
                return Owned(record.owner)
            if self.rooms.claim(connection, record, claimant.node):
                ours = replace(record, owner=claimant.node, owner_epoch=record.owner_epoch + 1)
                return self.load(connection, ours, patience)
        return None

    def load_found(
        self, connection: Connection, find: Find, patience: Patience
    ) -> StoredRoom | None:
        """Bring back the room that `find` finds."""
        record = find(connection)
        return None if record is None else self.load(connection, record, patience)

    def load(self, connection: Connection, record: RoomRecord, patience: Patience) -> StoredRoom:
        """Bring a room back with everybody in it."""
        room = record.revive(patience)
        room.restore(
            [
                p.revive(patience)
                for p in self.participants.live(connection, record.account, record.id)
            ],
            self.chat.of_room(connection, record.account, record.id),
            self.log.last_seq(connection, record.account, record.id),
        )
        account, since = record.account, record.started_at
        room.standing.restore(
            bans=self.bans.of_room(connection, account, record.id, record.name),
            granted=record.granted,
            hearing=record.hearing,
            departures=[]
            if since is None
            else self.participants.departed(connection, account, record.id, since),
        )
        return StoredRoom(room, self.pins.of(connection, record.account, record.id))

    def attended(self, connection: Connection, account: AccountId, name: str) -> Attended:
        """Who is in the room of this name; nobody when there is none."""
        record = self.rooms.by_name(connection, account, name)
        if record is None:
            return Attended(frozenset(), {})
        gone = self.participants.departed(connection, account, record.id, record.created_at)
        return Attended(
            self.participants.inside(connection, account, record.id),
            {each.identity: each.reason for each in gone},
        )

    def missed(
        self, connection: Connection, account: AccountId, room: str, after: int, until: int
    ) -> list[Envelope]:
        """The facts of a room with `after` < seq <= `until`."""
        found: list[Envelope] = []
        while after < until:
            some = self.log.since(connection, account, room, after)
            if not some:
                break
            found += [envelope for envelope in some if envelope.seq <= until]
            after = some[-1].seq
        return found

    def _keep_participant(
        self, connection: Connection, account: AccountId, step: Transition, changed: Participant
    ) -> None:
        if changed.id in step.newcomers:
            self.participants.insert(connection, account, step.room.id, changed)
            return
        self.participants.save(connection, account, changed)
        if isinstance(step.event, ProfileChanged):
            self.participants.rename(connection, account, changed)

    def _log(self, connection: Connection, account: AccountId, step: Transition) -> None:
        records = [effect for effect in step.effects if isinstance(effect, Record)]
        new = [NewEvent(record.type, record.logged) for record in records]
        logged = self.log.append(connection, account, step.room.id, new, step.now)
        if [envelope.seq for envelope in logged] != [record.seq for record in records]:
            raise Unavailable("The room's facts are numbered otherwise.", code="stale_room")

    def _keep_chat(self, connection: Connection, account: AccountId, step: Transition) -> None:
        for effect in step.effects:
            if isinstance(effect, KeepChat):
                speaker = step.room.participants[effect.message.participant]
                self.chat.say(connection, account, step.room.id, speaker.contact, effect.message)
                self.files.said(connection, account, step.room.id, effect.message)
            elif isinstance(effect, ForgetChat):
                self.chat.forget(connection, account, step.room.id)
                self.files.forget(connection, account, step.room.id)

    def _keep_moderation(
        self, connection: Connection, account: AccountId, step: Transition
    ) -> None:
        room = step.room
        for effect in step.effects:
            match effect:
                case TellGrants(participant) if participant in room.participants:
                    self.participants.regrant(connection, account, room.participants[participant])
                case KeepBan(ban):
                    self.bans.put(connection, room, ban)
                case DropBan(ban):
                    self.bans.lift(connection, account, room.name, ban.person)
                case DropBans():
                    self.bans.over(connection, account, room.id)
                case _:
                    pass
