"""Who may not come into a room, as a program with an API key sees and changes it."""

from __future__ import annotations

from offhook.core.errors import NotFound
from offhook.core.ids import AccountId
from signalling.domain import names
from signalling.domain.events import BanLifted, Banned
from signalling.domain.standing import Ban
from signalling.services.parts import Parts
from signalling.services.rooms import Rooms


class Bans:
    """Bans, found by room and identity."""

    def __init__(self, parts: Parts, rooms: Rooms) -> None:
        self._parts = parts
        self._rooms = rooms

    async def page(self, account: AccountId, room: str, after: str, limit: int) -> list[Ban]:
        """The bans of a room in the order they were made, those behind the id `after`."""
        id = (await self._rooms.get(account, room)).id
        return await self._parts.store.read(
            lambda c: self._parts.kept.bans.page(c, account, id, room, after, limit)
        )

    async def put(self, account: AccountId, room: str, identity: str, *, permanent: bool) -> Ban:
        """Let nobody of this identity in any more; whoever is in is out."""
        owner = await self._rooms.owner(account, room)
        present = owner.room.by_identity(names.identity(identity))
        ban = Ban(
            sid=self._parts.ids.new("BN"),
            person=names.person_of(identity),
            at=self._parts.clock.now(),
            permanent=permanent,
            name="" if present is None else present.profile.name,
            contact=None if present is None else present.contact,
        )
        await self._rooms.ask(account, room, Banned(ban))
        return ban

    async def lift(self, account: AccountId, room: str, identity: str) -> None:
        """Let them in again; raise `NotFound` (`ban_not_found`)."""
        person = names.person_of(identity)
        id = (await self._rooms.get(account, room)).id
        found = await self._parts.store.read(
            lambda c: self._parts.kept.bans.of_person(c, account, id, room, person)
        )
        if found is None:
            raise NotFound("Nobody of this identity is banned.", code="ban_not_found")
        await self._rooms.ask(account, room, BanLifted(person))
