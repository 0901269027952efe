"""Those who have a place in a room, whatever happens to them there."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from offhook.core.clock import Micros
from offhook.core.contracts.events import DisconnectReason
from offhook.core.errors import NotFound
from offhook.core.machine import Machine
from signalling.domain.effects import Effect
from signalling.domain.events import Left, Settings
from signalling.domain.participant import Participant, Patience
from signalling.domain.standing import Departure, Standing


class State(Enum):
    """Where a room stands: nobody is meeting in it, a meeting is on, or it is no more."""

    IDLE = "idle"
    OPEN = "open"
    FINISHED = "finished"


class Gathering(Machine):
    """What the machine of a room is built on: it feeds the participants' machines."""

    def __init__(self, settings: Settings, patience: Patience) -> None:
        self.state: State = State.IDLE
        self.settings = settings
        self.patience = patience
        self.participants: dict[str, Participant] = {}
        self.standing = Standing()
        #: Those whom the last event changed, also when they are out now.
        self.touched: dict[str, Participant] = {}

    def by_identity(self, identity: str) -> Participant | None:
        """Who holds a place under this identity."""
        found = (p for p in self.participants.values() if p.identity == identity)
        return next(found, None)

    def present(self, *, hidden: bool = False) -> Iterable[Participant]:
        """Those whom the others have been told of; with `hidden`, the hidden too."""
        return (
            participant
            for participant in self.participants.values()
            if participant.announced and (hidden or not participant.grants.hidden)
        )

    def _of(self, id: str) -> Participant:
        participant = self.participants.get(id)
        if participant is None:
            raise NotFound("The participant has left the room.", code="gone")
        return participant

    def _out(self, participant: Participant, reason: DisconnectReason, now: Micros) -> list[Effect]:
        return self._feed(participant, Left(participant.id, reason), now)

    def _everybody_out(self, reason: DisconnectReason, now: Micros) -> list[Effect]:
        effects: list[Effect] = []
        for participant in list(self.participants.values()):
            effects += self._out(participant, reason, now)
        return effects

    def _feed(self, participant: Participant, event: object, now: Micros) -> list[Effect]:
        effects = participant.handle(event, now)
        self.touched[participant.id] = participant
        if not participant.live:
            del self.participants[participant.id]
            if participant.reason is not None:
                self.standing.left(Departure(participant.identity, now, participant.reason))
        return effects
