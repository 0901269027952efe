"""What a moderator who is in a room does to it and to the others in it."""

from __future__ import annotations

from dataclasses import replace

from offhook.core.errors import Conflict, NotFound
from offhook.core.policy import Permission
from signalling.domain.events import (
    BanLifted,
    Banned,
    Ended,
    EverybodyMuted,
    GrantsChanged,
    Left,
    TrackMuted,
)
from signalling.domain.granting import GrantsChange
from signalling.domain.names import person_of
from signalling.domain.participant import Participant
from signalling.domain.standing import Ban
from signalling.domain.views import BanView
from signalling.services.inside import Place, ask, inside, require_granted
from signalling.services.owner import RoomOwner
from signalling.services.parts import Parts
from signalling.services.rooms import Rooms


class Moderation:
    """Carries out the commands of moderators, who are all equal; others are refused
    (`not_allowed`). Somebody is addressed by the id of the participant."""

    def __init__(self, parts: Parts, rooms: Rooms) -> None:
        self._parts = parts
        self._rooms = rooms

    async def mute(self, place: Place, other: str, track: str | None) -> None:
        """Mute a track of somebody's, or their microphone when none is named.

        Nobody is unmuted: who speaks is for everybody themselves to say. Raises `NotFound`
        (`participant_not_found`, `track_not_found`).
        """
        owner, me = self._moderator(place)
        them = self._other(owner, other)
        for sid in _tracks_to_mute(them, track):
            await ask(owner, TrackMuted(them.id, sid, muted=True, by=me.id))

    async def mute_all(self, place: Place) -> None:
        """Mute the microphones of all others."""
        owner, me = self._moderator(place)
        await ask(owner, EverybodyMuted(by=me.id))

    async def permit(self, place: Place, other: str, change: GrantsChange) -> None:
        """Let somebody do more, or less; what they may send no longer ends at once."""
        owner, _ = self._moderator(place)
        await ask(owner, GrantsChanged(self._other(owner, other).id, change))

    async def remove(self, place: Place, other: str) -> None:
        """Send somebody away; the token that they came with does not let them back in."""
        owner, me = self._moderator(place)
        them = self._other(owner, other)
        _require_another(me, them.identity)
        await ask(owner, Left(them.id, "participant_removed"))

    async def ban(self, place: Place, other: str, *, permanent: bool) -> None:
        """Send somebody away, and let them in no more."""
        owner, me = self._moderator(place)
        them = self._other(owner, other)
        _require_another(me, them.identity)
        ban = Ban(
            sid=self._parts.ids.new("BN"),
            person=person_of(them.identity),
            at=self._parts.clock.now(),
            permanent=permanent,
            by="" if me.grants.hidden else me.identity,
            name=them.profile.name,
            contact=them.contact,
        )
        await ask(owner, Banned(ban))

    async def lift(self, place: Place, identity: str) -> None:
        """Let a banned person in again; raise `NotFound` (`ban_not_found`)."""
        owner, _ = self._moderator(place)
        await ask(owner, BanLifted(person_of(identity)))

    def bans(self, place: Place) -> list[BanView]:
        """Who may not come in."""
        owner, _ = self._moderator(place)
        return owner.bans()

    async def lock(self, place: Place, *, locked: bool) -> None:
        """Let nobody new in, or let them in again."""
        owner, _ = self._moderator(place, "rooms.admin")
        await self._rooms.update(
            owner.account, owner.room.name, lambda now: replace(now, locked=locked), None
        )

    async def end(self, place: Place) -> None:
        """End the meeting for everybody, oneself too."""
        owner, _ = self._moderator(place, "rooms.admin")
        await ask(owner, Ended())

    def _moderator(
        self, place: Place, permission: Permission = "participants.moderate"
    ) -> tuple[RoomOwner, Participant]:
        owner, me = inside(self._rooms, place)
        require_granted(owner, me, permission)
        return owner, me

    def _other(self, owner: RoomOwner, id: str) -> Participant:
        """Somebody whom the others know of."""
        found = next((person for person in owner.room.present() if person.id == id), None)
        if found is None:
            raise NotFound(
                "There is no such participant in the room.",
                code="participant_not_found",
                field="participant",
            )
        return found


def _tracks_to_mute(participant: Participant, track: str | None) -> list[str]:
    if track is None:
        return [t.sid for t in participant.tracks.values() if t.source == "microphone"]
    if track not in participant.tracks:
        raise NotFound("They publish no such track.", code="track_not_found", field="track")
    return [track]


def _require_another(me: Participant, identity: str) -> None:
    if person_of(me.identity) == person_of(identity):
        raise Conflict("You cannot send yourself away; leave instead.", code="not_yourself")
