"""Who is in the room and what they publish, as a peer knows it from the snapshot and the facts."""

from __future__ import annotations

from dataclasses import dataclass

from media.peers.protocol import Fact, Snapshot, read
from offhook.core.contracts.events import ParticipantView, TrackView


@dataclass(frozen=True)
class Known:
    """A track that somebody publishes."""

    participant: str
    identity: str
    track: TrackView


class Roster:
    """Follows the room fact by fact."""

    def __init__(self) -> None:
        self.seq = 0
        self._people: dict[str, ParticipantView] = {}
        self._tracks: dict[str, Known] = {}

    def identities(self) -> set[str]:
        """Who is there, ourselves included."""
        return {person.identity for person in self._people.values()}

    def identity(self, participant: str) -> str:
        """The name of a participant's id; empty for one that is not known."""
        person = self._people.get(participant)
        return "" if person is None else person.identity

    def track(self, sid: str) -> Known | None:
        """The track of this id."""
        return self._tracks.get(sid)

    def load(self, snapshot: Snapshot) -> None:
        """Begin anew from a snapshot."""
        self.seq = snapshot.seq
        self._people.clear()
        self._tracks.clear()
        for person in snapshot.participants:
            self._enter(person)

    def apply(self, fact: Fact) -> None:
        """Take in one fact; those that the snapshot had are passed over."""
        if fact.seq <= self.seq:
            return
        self.seq = fact.seq
        match fact.type:
            case "participant_joined" | "participant_updated":
                self._enter(read(fact.data["participant"], ParticipantView))
            case "participant_left":
                self._leave(fact.data["participant"])
            case "track_published":
                track = read(fact.data["track"], TrackView)
                self._publish(fact.data["participant"], track)
            case "track_unpublished":
                self._tracks.pop(fact.data["track"], None)

    def _enter(self, person: ParticipantView) -> None:
        self._people[person.sid] = person
        for track in person.tracks:
            self._publish(person.sid, track)

    def _leave(self, participant: str) -> None:
        self._people.pop(participant, None)
        gone = [sid for sid, known in self._tracks.items() if known.participant == participant]
        for sid in gone:
            del self._tracks[sid]

    def _publish(self, participant: str, track: TrackView) -> None:
        self._tracks[track.sid] = Known(participant, self.identity(participant), track)
