"""What a participant does inside a room: publish, subscribe, mute, speak, change its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from offhook.core.contracts import media
from offhook.core.contracts.media import TrackSource, TrackWish
from offhook.core.errors import InvalidInput, NotFound, TooLarge, Unavailable
from signalling.domain import names
from signalling.domain.events import ChatSaid, ProfileChanged, Published, TrackMuted
from signalling.domain.participant import Participant
from signalling.domain.track import Track, assign_sids
from signalling.services.audience import Seat
from signalling.services.files import Files
from signalling.services.inside import Place, ask, inside, require_granted
from signalling.services.owner import RoomOwner
from signalling.services.parts import Parts
from signalling.services.rooms import Rooms

#: More than any browser sends: a description with some hundred m-lines.
SDP_LIMIT = 512 * 1024
#: M-lines of one publish offer, and wishes of one subscription.
TRACKS_LIMIT = 32
WISHES_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """One m-line of a publish offer as the client describes it."""

    mid: str
    source: TrackSource
    muted: bool


class Conversation:
    """Carries out the commands of those who have a seat."""

    def __init__(self, parts: Parts, rooms: Rooms, files: Files) -> None:
        self._parts = parts
        self._rooms = rooms
        self._files = files

    async def offer(
        self, seat: Place, sdp: str, wanted: Sequence[Wanted]
    ) -> tuple[str, tuple[Track, ...]]:
        """Publish exactly these tracks; return the answer and the tracks with their ids.

        A source that the grants do not allow is refused (`not_allowed`), and so is an offer that
        cannot be read; then nothing changes.
        """
        owner, participant = inside(self._rooms, seat)
        _require_readable(sdp, wanted)
        for each in wanted:
            require_granted(owner, participant, "tracks.publish", each.source)
        if not wanted:
            require_granted(owner, participant, "tracks.publish")
        tracks = assign_sids(
            list(participant.tracks.values()),
            [(each.mid, each.source, each.muted) for each in wanted],
            [self._parts.ids.new("TR") for _ in wanted],
        )
        try:
            with owner.media.publishing():
                answer = await self._publish(owner, participant, sdp, tracks)
                await ask(owner, Published(participant.id, tracks))
        finally:
            await owner.media.offer_held(owner.tracks)
        return answer, tracks

    async def _publish(
        self, owner: RoomOwner, participant: Participant, sdp: str, tracks: tuple[Track, ...]
    ) -> str:
        lines = tuple(
            media.PublishedTrack(mid=t.mid, track=t.sid, source=t.source, muted=t.muted)
            for t in tracks
        )
        reply = await owner.media.ask(
            participant,
            lambda epoch: media.Publish(
                room=owner.room.id,
                epoch=epoch,
                participant=participant.id,
                sdp=sdp,
                tracks=lines,
            ),
        )
        if not isinstance(reply, media.Answered):
            raise Unavailable("The media server gave no answer.", code="media_failed")
        return reply.sdp

    async def answer(self, seat: Seat, version: int, sdp: str) -> None:
        """Hand in the browser's answer to a subscribe offer."""
        owner, participant = inside(self._rooms, seat)
        require_granted(owner, participant, "tracks.subscribe")
        _require_readable(sdp, ())
        await owner.media.ask(
            participant,
            lambda epoch: media.AnswerSubscribe(
                room=owner.room.id,
                epoch=epoch,
                participant=participant.id,
                version=version,
                sdp=sdp,
            ),
        )

    async def restart_subscribe(self, seat: Seat, *, fresh: bool) -> None:
        """Have a new subscribe offer made."""
        owner, participant = inside(self._rooms, seat)
        require_granted(owner, participant, "tracks.subscribe")
        await owner.media.ask(
            participant,
            lambda epoch: media.RestartSubscribe(
                room=owner.room.id, epoch=epoch, participant=participant.id, fresh=fresh
            ),
        )

    async def subscription(self, seat: Seat, wishes: Sequence[TrackWish]) -> None:
        """Change what is received of some tracks."""
        owner, participant = inside(self._rooms, seat)
        require_granted(owner, participant, "tracks.subscribe")
        if len(wishes) > WISHES_LIMIT:
            raise InvalidInput(f"There are at most {WISHES_LIMIT} wishes.", field="tracks")
        known = owner.tracks
        wanted = tuple(wish for wish in wishes if wish.track in known)
        if wanted:
            await owner.media.ask(
                participant,
                lambda epoch: media.Wish(
                    room=owner.room.id, epoch=epoch, participant=participant.id, tracks=wanted
                ),
            )

    async def mute(self, seat: Seat, sid: str, *, muted: bool) -> None:
        """Mute or unmute one's own track; raise `NotFound` (`track_not_found`)."""
        owner, participant = inside(self._rooms, seat)
        track = participant.tracks.get(sid)
        if track is None:
            raise NotFound("You publish no such track.", code="track_not_found", field="sid")
        require_granted(owner, participant, "tracks.publish", track.source)
        await ask(owner, TrackMuted(participant.id, sid, muted))

    async def chat(self, seat: Seat, text: str, file: str | None = None) -> str:
        """Say something to everybody, or send them a file that is there, with or without words;
        return the id of the message."""
        owner, participant = inside(self._rooms, seat)
        require_granted(owner, participant, "data.send")
        said = "" if file and not text.strip() else names.chat_text(text)
        sent = None if file is None else await self._files.sendable(owner, participant, file)
        sid = self._parts.ids.new("CH")
        await ask(owner, ChatSaid(participant.id, sid, said, sent))
        return sid

    async def update(
        self, seat: Seat, name: str | None, attributes: Mapping[str, str] | None
    ) -> None:
        """Change one's own name or attributes."""
        owner, participant = inside(self._rooms, seat)
        require_granted(owner, participant, "self.update")
        profile = participant.profile
        if name is not None:
            profile = replace(profile, name=names.display_name(name))
        if attributes is not None:
            profile = replace(profile, attributes=names.attributes(attributes))
        await ask(owner, ProfileChanged(participant.id, profile))


def _require_readable(sdp: str, wanted: Sequence[Wanted]) -> None:
    if len(sdp) > SDP_LIMIT:
        raise TooLarge("The description is too large.", field="sdp")
    if not sdp.strip():
        raise InvalidInput("A description is needed.", code="bad_sdp", field="sdp")
    if len(wanted) > TRACKS_LIMIT:
        raise InvalidInput(f"There are at most {TRACKS_LIMIT} tracks.", field="tracks")
    mids = [each.mid for each in wanted]
    if len(set(mids)) != len(mids) or not all(0 < len(mid) <= 32 for mid in mids):
        raise InvalidInput("Each track needs an m-line of its own.", field="tracks")
