"""Rooms of all accounts: made, found, set up and deleted; one owner for each that is awake."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import structlog

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict, NotFound, OffhookError, PreconditionFailed, Unavailable
from offhook.core.ids import AccountId
from offhook.core.machine import UnexpectedEvent
from signalling.domain import names
from signalling.domain.events import (
    Access,
    Closed,
    Ended,
    MediaDoubted,
    Settings,
    SettingsChanged,
    SocketLost,
)
from signalling.domain.room import Room
from signalling.domain.views import Left
from signalling.services.elsewhere import Elsewhere
from signalling.services.owner import RoomOwner
from signalling.services.parts import Parts
from signalling.stores.claiming import Claimant, Owned
from signalling.stores.keeping import Find, Remember, StoredRoom, forget
from signalling.stores.rooms import RoomRecord

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_Key = tuple[AccountId, str]
#: Seconds until a room whose step could not be stored is loaded again.
_RELOAD_AFTER = 1.0


class Rooms:
    """The registry of owners, and what may be done to rooms as wholes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._owners: dict[_Key, RoomOwner] = {}
        self._by_id: dict[str, RoomOwner] = {}
        self._retiring: dict[_Key, asyncio.Task[None]] = {}
        self._loading = asyncio.Lock()
        self._closed = False

    # --- owners ------------------------------------------------------------------------------

    def __len__(self) -> int:
        return len(self._owners)

    def awake(self) -> Iterator[RoomOwner]:
        """Every room that has an owner now."""
        return iter(list(self._owners.values()))

    def by_id(self, room: str) -> RoomOwner | None:
        """The owner of the room of this id, if it is awake."""
        return self._by_id.get(room)

    async def owner(self, account: AccountId, name: str) -> RoomOwner:
        """The owner of a room, loaded when it sleeps; raise `NotFound` (`room_not_found`), or
        `Elsewhere` when another process owns it."""
        key = (account, name)
        while (retiring := self._retiring.get(key)) is not None:
            await asyncio.wait({retiring})
        async with self._loading:
            if self._closed:
                raise Unavailable("This process is stopping.", code="stopping", retry_after=1)
            owner = self._owners.get(key)
            if owner is None:
                rooms = self._parts.kept.rooms
                owner = self._wake(await self._load(lambda c: rooms.by_name(c, account, name)))
                self._all_lost(owner)
            return owner

    async def owner_by_id(self, account: AccountId, room: str) -> RoomOwner:
        """The same for a room of which the id is known."""
        owner = self._by_id.get(room)
        if owner is None or owner.account != account:
            found = await self._parts.store.read(
                lambda c: self._parts.kept.rooms.by_id(c, account, room)
            )
            if found is None:
                raise _gone()
            owner = await self.owner(account, found.name)
        return owner

    async def ask(self, account: AccountId, name: str, event: object) -> RoomOwner:
        """Hand an event to a room and wait until it is stored; the room may sleep before and
        after."""
        owner = await self.owner(account, name)
        try:
            await owner.ask(event)
        except UnexpectedEvent as error:
            raise _gone() from error
        finally:
            self._let_rest(owner)
        return owner

    async def restore(self) -> None:
        """Wake every room in which something goes on and that is no other living process's: after
        a start, and when a process has died. All their sockets are lost."""
        kept, processes = self._parts.kept, self._parts.processes
        records = await self._parts.store.read(lambda c: kept.rooms.under_way(c))
        for record in records:
            free = record.owner is None or not processes.alive(record.owner)
            if record.id not in self._by_id and free and processes.elects(record.id):
                await self._adopt(record)

    async def _adopt(self, record: RoomRecord) -> None:
        try:
            await self.owner(record.account, record.name)
        except OffhookError as error:
            log.info("room is not woken", room=record.id, code=error.code)

    async def recheck(self) -> None:
        """This process was away: let go of every room that another has claimed meanwhile."""
        kept, node = self._parts.kept, self._parts.processes.node
        owned = await self._parts.store.read(lambda c: kept.rooms.owned(c, node))
        for owner in self.awake():
            if owned.get(owner.room.id) != owner.room.epoch:
                log.warning("room was claimed by another process", room=owner.room.id)
                await owner.stop()
                self._lost(owner)

    async def close(self) -> None:
        """Stop all owners and wake no more; rooms stay as they are stored."""
        self._closed = True
        for owner in self.awake():
            await owner.stop()
        self._owners.clear()
        self._by_id.clear()

    def _wake(self, stored: StoredRoom) -> RoomOwner:
        owner = RoomOwner(self._parts, stored, on_end=self._let_rest, on_lost=self._lost)
        self._owners[owner.account, owner.room.name] = owner
        self._by_id[owner.room.id] = owner
        return owner

    async def _load(self, find: Find) -> StoredRoom:
        """A room as it is stored, which is this process's from now on."""
        kept, patience, processes = self._parts.kept, self._parts.patience, self._parts.processes
        stored: StoredRoom | Owned | None
        if processes.shared:
            claimant = Claimant(processes.node, processes.given_up())
            stored = await self._parts.store.write(
                lambda c: kept.claim(c, find, patience, claimant)
            )
        else:
            stored = await self._parts.store.read(lambda c: kept.load_found(c, find, patience))
        if stored is None:
            raise _gone()
        if isinstance(stored, Owned):
            raise Elsewhere(stored.node)
        return stored

    def _all_lost(self, owner: RoomOwner) -> None:
        """Their sockets are gone, but for those who came back meanwhile; of those who have none,
        media are asked."""
        for participant in list(owner.room.participants.values()):
            seat = self._parts.audience.of_participant(participant.id)
            if participant.connected and seat is None:
                owner.post(SocketLost(participant.id))
            elif participant.socketless:
                owner.post(MediaDoubted(participant.id))

    # --- sleep -------------------------------------------------------------------------------

    def _let_rest(self, owner: RoomOwner) -> None:
        """Let an owner go when its room is over, or waits for nothing."""
        key = (owner.account, owner.room.name)
        if owner.resting and self._owners.get(key) is owner and key not in self._retiring:
            self._retiring[key] = self._parts.tasks.spawn(
                self._retire(key, owner), f"room {owner.room.id} goes to sleep"
            )

    async def _retire(self, key: _Key, owner: RoomOwner) -> None:
        try:
            if await owner.close():
                self._drop(key, owner)
        finally:
            del self._retiring[key]

    def _drop(self, key: _Key, owner: RoomOwner) -> None:
        if self._owners.get(key) is owner:
            del self._owners[key]
            del self._by_id[owner.room.id]

    def _lost(self, owner: RoomOwner) -> None:
        """The store refused a step, or another process owns the room: what is in memory is not
        true. Send all away, load again."""
        key = (owner.account, owner.room.name)
        if self._owners.get(key) is owner and not self._closed:
            self._drop(key, owner)
            self._parts.tasks.spawn(self._reload(owner), f"room {owner.room.id} is loaded again")

    async def _reload(self, owner: RoomOwner) -> None:
        audience = self._parts.audience
        for seat in audience.in_room(owner.room.id):
            audience.unseat(seat.participant)
            if self._parts.processes.shared:
                await audience.close(seat.socket)
            else:
                await audience.dismiss(seat, Left(reason="server_shutdown", action="reconnect"))
        done = asyncio.Event()
        at = Micros(self._parts.clock.now() + round(_RELOAD_AFTER * SECOND))
        self._parts.clock.call_at(at, done.set)
        await done.wait()
        try:
            await self.owner(owner.account, owner.room.name)
        except (NotFound, Elsewhere) as error:
            log.info("room is not ours any more", room=owner.room.id, code=error.code)

    # --- use cases ---------------------------------------------------------------------------

    async def create(
        self,
        account: AccountId,
        name: str,
        settings: Settings,
        remember: Remember[RoomRecord] = forget,
    ) -> RoomRecord:
        """Make a room; raise `Conflict` (`room_exists`) when the name is taken."""
        parts = self._parts
        room = Room(
            id=parts.ids.new("RM"),
            account=account,
            name=names.room_name(name),
            settings=settings,
            patience=parts.patience,
            now=parts.clock.now(),
        )

        processes = parts.processes
        room.epoch, whose = (1, processes.node) if processes.shared else (0, None)
        record = await parts.store.write(lambda c: parts.kept.create(c, room, remember, whose))
        if room.deadline is not None:
            await self.owner(account, name)
        return record

    async def get(self, account: AccountId, name: str) -> RoomRecord:
        """A room as it is stored; raise `NotFound` (`room_not_found`)."""
        found = await self._parts.store.read(
            lambda c: self._parts.kept.rooms.by_name(c, account, name)
        )
        if found is None:
            raise _gone()
        return found

    async def page(self, account: AccountId, after: str, limit: int) -> list[RoomRecord]:
        """Rooms in the order they were made, those behind the id `after`."""
        return await self._parts.store.read(
            lambda c: self._parts.kept.rooms.page(c, account, after, limit)
        )

    async def update(
        self,
        account: AccountId,
        name: str,
        change: Callable[[Settings], Settings],
        revision: int | None,
    ) -> RoomRecord:
        """Set a room up otherwise; raise `PreconditionFailed` unless `revision` is its present."""
        while True:
            room = (await self.owner(account, name)).room
            event = SettingsChanged(change(room.settings), revision or room.revision)
            try:
                await self.ask(account, name, event)
            except PreconditionFailed:
                if revision is not None:
                    raise
            else:
                return await self.get(account, name)

    async def end(self, account: AccountId, name: str) -> None:
        """End the meeting for everybody in it; a lasting room waits for the next one."""
        await self.ask(account, name, Ended())

    async def delete(self, account: AccountId, name: str, revision: int | None) -> None:
        """Finish a room for everybody in it."""
        await self.ask(account, name, Closed(revision))

    async def opened(
        self, account: AccountId, name: str, may_make: Callable[[Access | None], Access | None]
    ) -> RoomOwner:
        """The owner of a room that somebody wants to enter, made now if `may_make` says of which
        kind; it raises what the person is to be told."""
        while True:
            try:
                owner = await self.owner(account, name)
            except NotFound:
                access = may_make(None)
                if access is None:
                    raise
                await self._make(account, name, access)
            else:
                may_make(owner.room.settings.access)
                return owner

    async def _make(self, account: AccountId, name: str, access: Access) -> None:
        told = self._parts.settings
        settings = Settings(
            access=access,
            max_participants=told.max_participants,
            empty_timeout=told.empty_timeout,
            departure_timeout=told.departure_timeout,
        )
        try:
            await self.create(account, name, settings)
        except Conflict:
            log.debug("room was made by somebody else meanwhile", room=name)


def _gone() -> NotFound:
    return NotFound("There is no such room.", code="room_not_found")
