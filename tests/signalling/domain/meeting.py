"""Words for tests about a room machine: who arrives, what happens, what came of it."""

from __future__ import annotations

from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.contracts.grants import VideoGrant
from signalling.domain.effects import Dismiss, Effect, Record
from signalling.domain.events import Arrived, MediaEntered, Profile, Settings
from signalling.domain.participant import Patience
from signalling.domain.room import Room
from signalling.domain.tokens import grants_of
from signalling.domain.views import Grants

START = Micros(1_800_000_000 * SECOND)


def grants(**video: Any) -> Grants:
    """What a token with these video claims allows."""
    return grants_of(VideoGrant(room_join=True, room="standup", **video))


class Meeting:
    """A room and the time; ids are the names of those who come."""

    def __init__(self, **settings: Any) -> None:
        self.now = START
        self.room = Room(
            id="RM1",
            account="AC1",
            name="standup",
            settings=Settings(**settings),
            patience=Patience(),
            now=START,
        )
        self.effects: list[Effect] = []

    def happens(self, event: object, after: float = 0) -> list[Effect]:
        """Let time pass, then feed the event; return what the room asks for."""
        self.now = Micros(self.now + round(after * SECOND))
        made = self.room.handle(event, self.now)
        self.effects += made
        return made

    def arrives(
        self,
        id: str,
        *,
        identity: str | None = None,
        name: str = "",
        issued_at: Micros | None = None,
        socket: bool = True,
        **video: Any,
    ) -> list[Effect]:
        """Somebody asks for a place, with a token of now unless told otherwise; their participant
        id is `id`."""
        return self.happens(
            Arrived(
                participant=id,
                identity=identity or id,
                contact="CT1",
                profile=Profile(name=name or id),
                grants=grants(**video),
                socket=socket,
                issued_at=self.now if issued_at is None else issued_at,
            )
        )

    def joins(self, id: str, *, identity: str | None = None, **video: Any) -> list[Effect]:
        """Somebody asks for a place, and media let them in."""
        return [*self.arrives(id, identity=identity, **video), *self.happens(MediaEntered(id))]

    @property
    def facts(self) -> list[str]:
        """The types of all facts so far."""
        return types(self.effects)

    @property
    def inside(self) -> set[str]:
        """The identities that hold a place."""
        return {participant.identity for participant in self.room.participants.values()}


def types(effects: list[Effect]) -> list[str]:
    """The types of the facts among effects."""
    return [effect.type for effect in effects if isinstance(effect, Record)]


def dismissals(effects: list[Effect]) -> list[tuple[str, str]]:
    """Who was sent away, and why."""
    return [(e.participant, e.reason) for e in effects if isinstance(e, Dismiss)]
