"""A room of media: everybody in it may hear and see everybody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from media.sfu.datapath.port import LevelFact
from media.sfu.host import Host
from media.sfu.inspect import inspection
from media.sfu.participant import Participant
from media.sfu.publication import Publication
from media.sfu.publishing import Negotiation
from media.sfu.speakers import Speakers
from media.sfu.timers import Alarm
from media.sfu.watching import Watching
from offhook.core.clock import SECOND, Micros
from offhook.core.contracts.media import (
    Hearing,
    Inspection,
    PublishedTrack,
    QualityChanged,
    SpeakersChanged,
    TrackWish,
)
from offhook.core.errors import NotFound

QUALITY_INTERVAL = 2 * SECOND


class Room:
    """Owns its participants; closes with the last of them, or when told."""

    def __init__(self, host: Host, name: str, account: str = "") -> None:
        self.name = name
        self._account = account
        self.participants: dict[str, Participant] = {}
        self._host = host
        self._speakers = Speakers()
        self._quality: Alarm = host.timers.after(QUALITY_INTERVAL, self._measure)

    # who is in

    def enter(
        self,
        name: str,
        *,
        subscribes: bool,
        hidden: bool,
        identity: str = "",
        hearing: Hearing | None = None,
        order: int = 0,
    ) -> bool:
        """Let a participant in, or take its new grants; whether it was there already.

        Raises `RateLimited` (`too_many_connecting`) for a newcomer whose connections cannot be
        begun now.
        """
        known = self.participants.get(name)
        if known is None:
            self._host.half_open.require_room(self._account)
            person = Participant(
                self._host,
                self.name,
                name,
                self._rank,
                self._account,
                subscribes=subscribes,
                hidden=hidden,
                identity=identity,
            )
            self.participants[name] = person
            person.ears.take(hearing, order)
            self._show_all(person)
            return False
        known.hidden = hidden
        self._hear(known, hearing, order)
        if subscribes and not known.subscribes:
            known.subscribes = True
            self._show_all(known)
        elif known.subscribes and not subscribes:
            known.subscribes = False
            for publication in self._shown_to(known):
                known.subscribing.remove(publication, ended=False)
        known.tell_of_legs()
        return True

    def exit(self, name: str) -> None:
        """Take a participant out; nobody receives its tracks any more."""
        person = self.participants.pop(name, None)
        if person is None:
            return
        for publication in list(person.publishing.publications.values()):
            self._withdraw(publication)
        person.publishing.publications.clear()
        person.close()
        self._silence(name)

    def participant(self, name: str) -> Participant:
        """Somebody in the room; raise `NotFound` otherwise."""
        person = self.participants.get(name)
        if person is None:
            raise NotFound("this participant is not in the room", code="unknown_participant")
        return person

    def close(self) -> None:
        """Take everybody out."""
        self._quality.cancel()
        for name in list(self.participants):
            self.exit(name)

    # tracks

    def publish(self, name: str, text: str, tracks: Sequence[PublishedTrack]) -> str:
        """Answer a publish offer; tracks that are not listed have ended."""
        person = self.participant(name)
        negotiation = person.publishing.check(text, tracks)
        before = person.publishing.publications
        listed = {track.track for track in tracks}
        for ended in [p for p in before.values() if p.track not in listed]:
            self._withdraw(ended)
        publications, begun, recoded = self._sort(person, negotiation)
        answer = person.publishing.accept(negotiation, publications)
        for other in self._listeners(name):
            for publication in recoded:
                other.receiving.renew(publication)
            other.receiving.add(begun)
        return answer

    def _sort(
        self, person: Participant, negotiation: Negotiation
    ) -> tuple[dict[str, Publication], list[Publication], list[Publication]]:
        """The publication of each track; those that begin, and those whose codec changes."""
        before = person.publishing.publications
        publications: dict[str, Publication] = {}
        begun, recoded = [], []
        for mid, track in negotiation.tracks.items():
            codec = negotiation.codec(mid)
            publication = before.get(track.track)
            if publication is None:
                publication = self._begin(person, track, codec)
                begun.append(publication)
            else:
                self._mute(publication, track.muted)
                if publication.kind == "video" and publication.codec != codec:
                    recoded.append(publication)
            publications[track.track] = publication
        return publications, begun, recoded

    def _begin(self, person: Participant, track: PublishedTrack, codec: str) -> Publication:
        publication = Publication(
            track=track.track,
            participant=person.name,
            identity=person.identity,
            source=track.source,
            number=self._host.track_number(),
            codec=codec,
            audience=self,
            muted=track.muted,
        )
        self._host.new_track(publication)
        return publication

    def _withdraw(self, publication: Publication) -> None:
        for other in self.participants.values():
            other.receiving.remove(publication)
        self._host.drop_track(publication)

    def _mute(self, publication: Publication, muted: bool) -> None:
        if publication.muted != muted:
            publication.muted = muted
            self._host.datapath.mute(publication.number, muted)
            if publication.source == "microphone" and muted:
                self._silence(publication.participant)

    def mute(self, name: str, track: str, muted: bool) -> None:
        """Stop or resume forwarding a track; raise `NotFound` when there is none such."""
        publication = self.participant(name).publication(track)
        if publication is None:
            raise NotFound("this participant publishes no such track", code="unknown_track")
        self._mute(publication, muted)

    def withdraw(self, name: str, tracks: Iterable[str]) -> None:
        """End tracks whatever their publisher goes on sending, until it offers new ones."""
        publications = self.participant(name).publishing.publications
        ended = [publications.pop(track) for track in tracks if track in publications]
        for publication in ended:
            self._withdraw(publication)
        if any(publication.source == "microphone" for publication in ended):
            self._silence(name)

    def wish(self, name: str, wishes: Iterable[TrackWish]) -> None:
        """Change what a subscriber receives; tracks that have ended meanwhile are passed over."""
        person = self.participant(name)
        if not person.subscribes:
            return
        published = {p.track: p for p in self._others(person)}
        for wish in wishes:
            if publication := published.get(wish.track):
                person.subscribing.wish(wish, publication)

    def hear(self, name: str, hearing: Hearing | None, order: int) -> None:
        """Decide whom somebody receives; what they may not have stops at once."""
        self._hear(self.participant(name), hearing, order)

    def _hear(self, person: Participant, hearing: Hearing | None, order: int) -> None:
        if person.ears.take(hearing, order):
            if hearing is not None and person.receives:
                person.receiving.add([self._host.music.publication(self)])
            person.receiving.reconsider()

    def watch(self, name: str, text: str, publisher: str | None) -> str:
        """Answer a viewer's offer; what is published now, and later, goes out as it fits in."""
        person = self.participant(name)
        watching = person.watching or self._new_watching(name)
        answer = watching.answer(text, publisher)
        person.watching = watching
        watching.add(self._shown_to(person))
        return answer

    def _new_watching(self, name: str) -> Watching:
        permit = self.participant(name).ears.permit
        return Watching(self._host, self.name, name, self._rank, permit, self._account)

    def _show_all(self, person: Participant) -> None:
        if person.subscribes:
            person.subscribing.add(self._shown_to(person))

    def _shown_to(self, person: Participant) -> list[Publication]:
        """What the others publish; with the music, for whom it was decided what they hear: it is
        there before they are put on hold."""
        others = self._others(person)
        if person.ears.hearing is not None:
            others.append(self._host.music.publication(self))
        return others

    def _others(self, person: Participant) -> list[Publication]:
        return [
            publication
            for other in self.participants.values()
            if other is not person
            for publication in other.publishing.publications.values()
        ]

    def _listeners(self, speaker: str) -> list[Participant]:
        return [p for p in self.participants.values() if p.name != speaker and p.receives]

    def _rank(self, publication: Publication) -> int:
        """What is shared on a screen comes before faces, and faces that speak before others."""
        if publication.source == "screen_share":
            return 0
        speaking = {speaker.participant for speaker in self._speakers.current}
        return 1 if publication.participant in speaking else 2

    # facts

    def on_layers(self, publication: Publication) -> None:
        """A layer began, ended or changed: its subscribers choose again."""
        for person in self.participants.values():
            person.receiving.choose(publication)

    def on_levels(self, levels: Sequence[tuple[Publication, LevelFact]]) -> None:
        """Find the speakers of one window; hidden participants are nobody's business."""
        window: dict[str, tuple[int, float]] = {}
        for publication, fact in levels:
            person = self.participants.get(publication.participant)
            if person is None or person.hidden or publication.source != "microphone":
                continue
            window[person.name] = (fact.loudest, fact.active)
        if self._speakers.observe(window):
            self._tell_speakers()

    def _silence(self, name: str) -> None:
        if self._speakers.forget(name):
            self._tell_speakers()

    def _tell_speakers(self) -> None:
        self._host.tell(
            SpeakersChanged(node=self._host.node, room=self.name, speakers=self._speakers.current)
        )

    def _measure(self, now: Micros) -> None:
        self._quality = self._host.timers.at(now + QUALITY_INTERVAL, self._measure)
        judged = [(person, person.measure(now)) for person in self.participants.values()]
        changed = tuple(quality for person, quality in judged if quality and not person.hidden)
        if changed:
            self._host.tell(QualityChanged(node=self._host.node, room=self.name, qualities=changed))

    def inspect(self) -> Inspection:
        """Figures of all legs, tracks and subscriptions."""
        return inspection(self._host.datapath, self.participants.values())
