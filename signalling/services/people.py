"""What an integrator or moderator does to those in a room: see, mute, change, remove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from offhook.core.contracts.media import Hearing
from offhook.core.errors import NotFound
from offhook.core.ids import AccountId
from offhook.core.machine import UnexpectedEvent
from signalling.domain import names
from signalling.domain.events import (
    EverybodyMuted,
    GrantsChanged,
    HearingChanged,
    Left,
    ProfileChanged,
    TrackMuted,
)
from signalling.domain.granting import GrantsChange
from signalling.domain.participant import Participant
from signalling.services.owner import RoomOwner
from signalling.services.parts import Parts
from signalling.services.rooms import Rooms
from signalling.stores.participants import ParticipantRecord


class People:
    """Participants, found by room and identity."""

    def __init__(self, parts: Parts, rooms: Rooms) -> None:
        self._parts = parts
        self._rooms = rooms

    async def page(
        self, account: AccountId, room: str, after: str, limit: int
    ) -> list[ParticipantRecord]:
        """Those in the room in the order they came, those behind the id `after`."""
        id = (await self._rooms.get(account, room)).id
        return await self._parts.store.read(
            lambda c: self._parts.kept.participants.page(c, account, id, after, limit)
        )

    async def get(self, account: AccountId, room: str, identity: str) -> ParticipantRecord:
        """One of them; raise `NotFound` (`participant_not_found`)."""
        id = (await self._rooms.get(account, room)).id
        found = await self._parts.store.read(
            lambda c: self._parts.kept.participants.by_identity(c, account, id, identity)
        )
        if found is None:
            raise _nobody()
        return found

    async def remove(self, account: AccountId, room: str, identity: str) -> None:
        """Send somebody away."""
        owner, participant = await self._find(account, room, identity)
        await self._ask(owner, Left(participant.id, "participant_removed"))

    async def mute(
        self, account: AccountId, room: str, identity: str, track: str, *, muted: bool
    ) -> ParticipantRecord:
        """Mute or unmute somebody's track; raise `NotFound` (`track_not_found`)."""
        owner, participant = await self._find(account, room, identity)
        if track not in participant.tracks:
            raise NotFound("They publish no such track.", code="track_not_found", field="track")
        await self._ask(owner, TrackMuted(participant.id, track, muted, by=""))
        return await self.get(account, room, identity)

    async def mute_all(self, account: AccountId, room: str) -> None:
        """Mute everybody's microphone."""
        await self._rooms.ask(account, room, EverybodyMuted())

    async def hearing(self, account: AccountId, room: str) -> Mapping[str, Hearing]:
        """Whom those hear, by identity, about whom that was decided."""
        return (await self._rooms.get(account, room)).hearing

    async def decide_hearing(
        self, account: AccountId, room: str, hearing: Mapping[str, Hearing]
    ) -> Mapping[str, Hearing]:
        """Have exactly this hold: who is not named hears everybody."""
        await self._rooms.ask(account, room, HearingChanged(hearing, whole=True))
        return await self.hearing(account, room)

    async def change(
        self,
        account: AccountId,
        room: str,
        identity: str,
        *,
        name: str | None,
        metadata: str | None,
        attributes: dict[str, str] | None,
        grants: GrantsChange | None = None,
    ) -> ParticipantRecord:
        """Call or describe somebody otherwise, or let them do more or less; what is None stays.

        Raises `Conflict` (`last_moderator`) when nobody would moderate a room by link any more.
        """
        owner, participant = await self._find(account, room, identity)
        profile = participant.profile
        if name is not None:
            profile = replace(profile, name=names.display_name(name))
        if metadata is not None:
            profile = replace(profile, metadata=names.metadata(metadata))
        if attributes is not None:
            profile = replace(profile, attributes=names.attributes(attributes))
        if grants is not None:
            await self._ask(owner, GrantsChanged(participant.id, grants))
        await self._ask(owner, ProfileChanged(participant.id, profile))
        return await self.get(account, room, identity)

    async def _find(
        self, account: AccountId, room: str, identity: str
    ) -> tuple[RoomOwner, Participant]:
        owner = await self._rooms.owner(account, room)
        participant = owner.room.by_identity(identity)
        if participant is None or not participant.announced:
            raise _nobody()
        return owner, participant

    async def _ask(self, owner: RoomOwner, event: object) -> None:
        try:
            await owner.ask(event)
        except (UnexpectedEvent, NotFound) as error:
            raise _nobody() from error


def _nobody() -> NotFound:
    return NotFound("There is nobody of this identity in the room.", code="participant_not_found")
