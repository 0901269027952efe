"""Who takes part in a call, and who of them hears whom at the moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from offhook.core.contracts.media import Hearing
from signalling.domain.hearing import CallState, Part, hearing
from signalling.domain.hearing import Party as Listener


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody in a call. `agent` is empty for the visitor; `there`: in the room; `reservation`:
    the agent's."""

    identity: str
    part: Part
    agent: str = ""
    name: str = ""
    reservation: str = ""
    there: bool = False

    def written(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "part": self.part.value}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """As it was written."""
        return cls(**{**kept, "part": Part(kept["part"])})


class Parties:
    """Those in a call, by identity, in the order they came to be part of it."""

    def __init__(self, parties: Iterable[Party] = ()) -> None:
        self._parties = {party.identity: party for party in parties}

    def __iter__(self) -> Any:
        return iter(list(self._parties.values()))

    def __contains__(self, identity: str) -> bool:
        return identity in self._parties

    def get(self, identity: str) -> Party | None:
        """The party of this identity."""
        return self._parties.get(identity)

    def of_agent(self, agent: str) -> Party | None:
        """The party that an agent is."""
        return next((party for party in self if agent and party.agent == agent), None)

    def first(self, part: Part) -> Party | None:
        """The first party that is this."""
        return next((party for party in self if party.part is part), None)

    def put(self, party: Party) -> None:
        """Add a party, or change what is known of one."""
        self._parties[party.identity] = party

    def become(self, identity: str, part: Part) -> None:
        """Somebody takes another part."""
        self._parties[identity] = replace(self._parties[identity], part=part)

    def mark(self, identity: str, *, there: bool) -> bool:
        """Note that somebody is in the room or not; False when that is nobody of the call."""
        party = self._parties.get(identity)
        if party is None:
            return False
        self._parties[identity] = replace(party, there=there)
        return True

    def drop(self, identity: str) -> None:
        """Somebody is no party any more."""
        self._parties.pop(identity, None)

    def hearing(self, state: CallState) -> dict[str, Hearing]:
        """Who hears whom, and who gets music."""
        return hearing((Listener(party.identity, party.part) for party in self), state)
