"""Who speaks in a room, as each of those in it may know: nobody is told of who is hidden, or of
whom they do not hear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from offhook.core.contracts.media import Speaker
from signalling.domain.room import Room

Speakers = tuple[Speaker, ...]


class Speaking:
    """`current` is what the media node told last."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.current: Speakers = ()
        #: What those were told last who do not hear everybody.
        self._told: dict[str, Speakers] = {}

    def heard_by(self, participant: str) -> Speakers:
        """Of those who speak now, those whom one participant may know of."""
        known, shown = self._known()
        identity = self._bound(participant)
        return known if identity is None else self._heard(identity, known, shown)

    def news(self, listeners: Iterable[str]) -> dict[Speakers, list[str]]:
        """Which listeners are to be told what.

        To who does not hear everybody that is no news when it is what they were told last: even
        that somebody spoke, whom they do not hear, is none of their business.
        """
        known, shown = self._known()
        news: dict[Speakers, list[str]] = {}
        for listener in listeners:
            before, heard = self._told.pop(listener, None), known
            identity = self._bound(listener)
            if identity is not None:
                heard = self._told[listener] = self._heard(identity, known, shown)
            if identity is None or heard != before:
                news.setdefault(heard, []).append(listener)
        return news

    def forget(self, participant: str) -> None:
        """They are told anew whatever it is: they left, came back, or hear others now."""
        self._told.pop(participant, None)

    def _known(self) -> tuple[Speakers, Mapping[str, str]]:
        """Those of whom everybody may know who hears everybody, and all identities by id."""
        shown = {other.id: other.identity for other in self._room.present()}
        return tuple(s for s in self.current if s.participant in shown), shown

    def _bound(self, participant: str) -> str | None:
        """The identity of one about whom it was decided whom they hear."""
        me = self._room.participants.get(participant)
        decided = self._room.standing.hearing
        return me.identity if me is not None and me.identity in decided else None

    def _heard(self, identity: str, known: Speakers, shown: Mapping[str, str]) -> Speakers:
        """Oneself, and whom one hears."""
        return tuple(
            speaker
            for speaker in known
            if (other := shown[speaker.participant]) == identity
            or self._room.standing.hears(identity, other)
        )
