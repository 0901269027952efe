"""Who hears whom in a call with a visitor: talking, on hold, consulting, in conference. Pure.

Two tables say it by part: whose sound and picture each receives, and who gets the hold music. They
name all who may be heard, so somebody of whom the call knows nothing is heard by nobody in it.

| | talking | held | consulting | conference |
|---|---|---|---|---|
| visitor | agents | music | music | agents, the consulted |
| agent | visitors | nobody | the consulted | visitors, the consulted |
| consulted | music | nobody | agents | visitors, agents |

Several of one part hear each other, but visitors who are held. A supervisor who **monitors** hears
whom an agent hears, and the agents, and is heard by nobody; one who **whispers** is heard by agents
too; one who **barges** in takes part as an agent does. A visitor on hold is heard by nobody,
supervisors among them: who waits does not know that anybody listens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from offhook.core.contracts.media import Hearing


class Part(Enum):
    """What somebody is in a call. A colleague who is asked for help is the consulted, until the
    transfer makes them the agent; a supervisor is what they do at the moment."""

    VISITOR = "visitor"
    AGENT = "agent"
    CONSULTED = "consulted"
    MONITOR = "monitor"
    WHISPER = "whisper"
    BARGE = "barge"


class CallState(Enum):
    """Where a call stands, as far as it matters to who hears whom.

    While talking, the consulted waits with music; while held, agents and the consulted wait.
    """

    TALKING = "talking"
    HELD = "held"
    CONSULTING = "consulting"
    CONFERENCE = "conference"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody in a call."""

    identity: str
    part: Part


_VISITOR, _AGENT, _CONSULTED = Part.VISITOR, Part.AGENT, Part.CONSULTED
_MONITOR, _WHISPER, _BARGE = Part.MONITOR, Part.WHISPER, Part.BARGE
_Row = Mapping[Part, frozenset[Part]]


def _row(
    visitor: Iterable[Part], agent: Iterable[Part], consulted: Iterable[Part], barge: Iterable[Part]
) -> _Row:
    """A line of the table; monitors and whisperers hear what agents do, and the agents."""
    agents = frozenset(agent) | {_AGENT, _WHISPER, _BARGE}
    return {
        _VISITOR: frozenset(visitor),
        _AGENT: agents,
        _CONSULTED: frozenset(consulted),
        _MONITOR: agents,
        _WHISPER: agents,
        _BARGE: frozenset(barge) | {_AGENT, _BARGE},
    }


#: Whom each receives.
RECEIVES: Mapping[CallState, _Row] = {
    CallState.TALKING: _row(
        visitor=(_VISITOR, _AGENT, _BARGE),
        agent=(_VISITOR,),
        consulted=(),
        barge=(_VISITOR,),
    ),
    CallState.HELD: _row(visitor=(), agent=(), consulted=(), barge=()),
    CallState.CONSULTING: _row(
        visitor=(),
        agent=(_CONSULTED,),
        consulted=(_AGENT, _CONSULTED, _BARGE),
        barge=(_CONSULTED,),
    ),
    CallState.CONFERENCE: _row(
        visitor=(_VISITOR, _AGENT, _CONSULTED, _BARGE),
        agent=(_VISITOR, _CONSULTED),
        consulted=(_VISITOR, _AGENT, _CONSULTED, _BARGE),
        barge=(_VISITOR, _CONSULTED),
    ),
}

#: Who hears the hold music.
MUSIC: Mapping[CallState, frozenset[Part]] = {
    CallState.TALKING: frozenset({_CONSULTED}),
    CallState.HELD: frozenset({_VISITOR}),
    CallState.CONSULTING: frozenset({_VISITOR}),
    CallState.CONFERENCE: frozenset(),
}


def hearing(parties: Iterable[Party], state: CallState) -> dict[str, Hearing]:
    """Whom each party of a call receives, by identity; the whole of it, for `HearingChanged`."""
    parties = sorted(set(parties), key=lambda party: party.identity)
    return {
        party.identity: Hearing(
            publishers=tuple(
                other.identity
                for other in parties
                if other.identity != party.identity and other.part in RECEIVES[state][party.part]
            ),
            music=party.part in MUSIC[state],
        )
        for party in parties
    }
