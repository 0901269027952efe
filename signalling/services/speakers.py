"""Who is told of whose speaking: nobody of those whom they do not hear, or who are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from offhook.core.contracts.media import Speaker
from signalling.domain.room import Room


def heard(room: Room, speakers: Iterable[Speaker], participant: str) -> list[Speaker]:
    """Of these speakers, those whom one participant may know of: itself, and whom it hears."""
    me = room.participants.get(participant)
    shown = {other.id: other.identity for other in room.present()}
    known = [speaker for speaker in speakers if speaker.participant in shown]
    if me is None or me.identity not in room.standing.hearing:
        return known
    return _heard_by(room, me.identity, known, shown)


def by_listeners(
    room: Room, speakers: Iterable[Speaker], listeners: Iterable[str]
) -> dict[tuple[Speaker, ...], list[str]]:
    """The listeners who are to be told the same, by what they are to be told."""
    shown = {other.id: other.identity for other in room.present()}
    known = [speaker for speaker in speakers if speaker.participant in shown]
    told: dict[tuple[Speaker, ...], list[str]] = {}
    for listener in listeners:
        me = room.participants.get(listener)
        bound = me is not None and me.identity in room.standing.hearing
        theirs = _heard_by(room, me.identity, known, shown) if me and bound else known
        told.setdefault(tuple(theirs), []).append(listener)
    return told


def _heard_by(
    room: Room, identity: str, speakers: Iterable[Speaker], shown: Mapping[str, str]
) -> list[Speaker]:
    return [
        speaker
        for speaker in speakers
        if (other := shown[speaker.participant]) == identity or room.standing.hears(identity, other)
    ]
