"""Whose command it is, once they are in a room, and what the room allows them."""

from __future__ import annotations

from typing import Protocol

from offhook.core.errors import NotFound
from offhook.core.machine import UnexpectedEvent
from offhook.core.policy import Permission, Principal, Role, require
from signalling.domain.participant import Participant
from signalling.domain.tokens import video_of
from signalling.services.owner import RoomOwner
from signalling.services.rooms import Rooms

#: What a participant may do at all; which of it, its grants say.
_SCOPES: frozenset[Permission] = frozenset({"rooms.join", "rooms.admin", "participants.moderate"})


class Place(Protocol):
    """Whose command it is: a seat, or a participant without one."""

    @property
    def room(self) -> str:
        """The id of the room."""
        ...

    @property
    def participant(self) -> str:
        """The id of the participant."""
        ...


def inside(rooms: Rooms, place: Place) -> tuple[RoomOwner, Participant]:
    """The room and the participant of a place; raise `NotFound` (`gone`) when it is no more."""
    owner = rooms.by_id(place.room)
    if owner is None:
        raise NotFound("The room is over.", code="gone")
    return owner, owner.participant(place.participant)


def require_granted(
    owner: RoomOwner, participant: Participant, permission: Permission, source: str | None = None
) -> None:
    """Ask the policy table, with what the room grants this participant."""
    name = owner.room.name
    principal = Principal(
        owner.account,
        Role.GUEST,
        participant.identity,
        _SCOPES,
        video_of(participant.grants, name),
    )
    require(principal, permission, room=name, source=source)


async def ask(owner: RoomOwner, event: object) -> None:
    """Hand an event in for somebody inside; raise `NotFound` (`gone`) when they are not."""
    try:
        await owner.ask(event)
    except UnexpectedEvent as error:
        raise NotFound("The participant has left the room.", code="gone") from error
