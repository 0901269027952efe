"""A media node without media: it answers on the bus as a node does, and carries nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from offhook.core.bus.bus import Bus, Registration
from offhook.core.contracts import media
from offhook.core.contracts.media import MEDIA_TOPIC, MediaCommand, MediaNews, MediaReply
from offhook.core.errors import Conflict, InvalidInput, NotFound, PreconditionFailed

_PATIENCE = 10.0


@dataclass(slots=True)
class SilentLegs:
    """What the node knows of one participant."""

    subscribe: bool
    tracks: dict[str, media.PublishedTrack] = field(default_factory=dict)
    version: int = 0
    answered: int = 0
    remote_ufrag: str = ""
    restarts: int = 0


class SilentMedia:
    """One node. A description that says `broken` cannot be read; every other one is fine."""

    def __init__(self, bus: Bus, node: str = "ND-silent") -> None:
        self._bus = bus
        self.node = node
        self.rooms: dict[str, dict[str, SilentLegs]] = {}
        self.epochs: dict[str, int] = {}
        self.commands: list[MediaCommand] = []
        self.refuse_enter: Exception | None = None
        self.hold: asyncio.Event | None = None
        self.holding = asyncio.Event()
        self._heard = asyncio.Condition()
        self._serving: Registration | None = None

    async def start(self) -> None:
        """Serve, and say that it is alive."""
        await self.serve()
        await self.say_alive()

    async def serve(self) -> None:
        """Carry out commands, of whoever knows of it."""
        self._serving = await self._bus.serve(self.node, self.handle)

    def remember(self, before: SilentMedia) -> None:
        """Be that node, which went on while signalling was away."""
        self.rooms, self.epochs = before.rooms, before.epochs

    async def say_alive(self) -> None:
        """What a node says every second."""
        await self.tell(media.NodeAlive(node=self.node, legs=self.legs, rooms=len(self.rooms)))

    async def close(self, *, goodbye: bool = True) -> None:
        """Stop serving; without a goodbye it has just died."""
        if self._serving is not None:
            await self._serving.close()
            self._serving = None
        if goodbye:
            await self.tell(media.NodeGone(node=self.node))

    async def tell(self, news: MediaNews) -> None:
        """Publish news."""
        await self._bus.publish(MEDIA_TOPIC, news)

    @property
    def legs(self) -> int:
        """How many participants it holds."""
        return sum(len(people) for people in self.rooms.values())

    def of(self, participant: str) -> SilentLegs | None:
        """What it knows of a participant of whatever room."""
        found = (people[participant] for people in self.rooms.values() if participant in people)
        return next(found, None)

    async def until(self, kind: type[MediaCommand], participant: str = "") -> MediaCommand:
        """Wait for a command of this kind (about a participant), and return the first there was."""

        def found() -> list[MediaCommand]:
            about = (c for c in self.commands if isinstance(c, kind))
            return [
                c for c in about if getattr(c, "participant", "") == participant or not participant
            ]

        async with asyncio.timeout(_PATIENCE), self._heard:
            await self._heard.wait_for(found)
            return found()[0]

    async def empty(self, within: float = _PATIENCE) -> None:
        """Wait until it holds nobody any more."""
        async with asyncio.timeout(within), self._heard:
            await self._heard.wait_for(lambda: self.legs == 0)

    async def handle(self, command: MediaCommand) -> MediaReply:
        """Carry out one command, with a node's refusals."""
        if isinstance(command, media.Describe):
            return _described(command)
        if command.epoch < self.epochs.get(command.room, 0):
            raise Conflict("stale", code="stale_epoch")
        self.epochs[command.room] = command.epoch
        if self.hold is not None:
            self.holding.set()
            await self.hold.wait()
        try:
            return await self._carry_out(command)
        finally:
            async with self._heard:
                self.commands.append(command)
                self._heard.notify_all()

    async def _carry_out(self, command: MediaCommand) -> MediaReply:
        people = self.rooms.setdefault(command.room, {})
        match command:
            case media.Enter(participant=who):
                return await self._enter(people, command)
            case media.Publish(participant=who):
                return await self._publish(command, self._known(people, who))
            case media.AnswerSubscribe(participant=who, version=version):
                self._known(people, who).answered = version
            case media.RestartSubscribe(participant=who, fresh=fresh):
                await self._offer(command.room, who, self._known(people, who), fresh=fresh)
            case media.Mute(participant=who, track=track) if (
                track not in self._known(people, who).tracks
            ):
                raise NotFound("no such track", code="unknown_track")
            case media.Withdraw(participant=who, tracks=tracks):
                await self._withdraw(command.room, who, tracks)
            case media.Wish(participant=who):
                self._known(people, who)
            case media.Watch(participant=who):
                self._known(people, who)
                return media.Answered(sdp=f"answer to {command.sdp}")
            case media.UpdateIce(participant=who):
                return _ice_session(self._known(people, who), command)
            case media.Exit(participant=who):
                people.pop(who, None)
            case media.CloseRoom():
                del self.rooms[command.room]
            case media.Inspect():
                return media.Inspection(legs=(), tracks=(), subscriptions=())
            case _:
                pass
        return media.Done()

    def _known(self, people: dict[str, SilentLegs], who: str) -> SilentLegs:
        if who not in people:
            raise NotFound("unknown participant", code="unknown_participant")
        return people[who]

    async def _enter(self, people: dict[str, SilentLegs], command: media.Enter) -> media.Entered:
        if self.refuse_enter is not None:
            raise self.refuse_enter
        kept = command.participant in people
        legs = people.setdefault(command.participant, SilentLegs(command.subscribe))
        others = any(who != command.participant and it.tracks for who, it in people.items())
        if not kept and legs.subscribe and others:
            await self._offer(command.room, command.participant, legs, fresh=True)
        return media.Entered(kept=kept)

    async def _publish(self, command: media.Publish, legs: SilentLegs) -> media.Answered:
        if "broken" in command.sdp:
            raise InvalidInput("cannot be read", code="bad_sdp", field="sdp")
        legs.tracks = {track.track: track for track in command.tracks}
        legs.remote_ufrag = _ufrag(command.sdp)
        for who, other in self.rooms[command.room].items():
            if who != command.participant and other.subscribe:
                await self._offer(command.room, who, other, fresh=False)
        return media.Answered(sdp=f"answer to {command.sdp}")

    async def _withdraw(self, room: str, who: str, tracks: tuple[str, ...]) -> None:
        people = self.rooms[room]
        for track in tracks:
            self._known(people, who).tracks.pop(track, None)
        for other, legs in people.items():
            if other != who and legs.subscribe:
                await self._offer(room, other, legs, fresh=False)

    async def _offer(self, room: str, who: str, legs: SilentLegs, *, fresh: bool) -> None:
        legs.version += 1
        offered = [
            (track, other)
            for other, theirs in self.rooms[room].items()
            if other != who
            for track in theirs.tracks
        ]
        await self.tell(
            media.SubscribeOffer(
                node=self.node,
                room=room,
                participant=who,
                version=legs.version,
                sdp=f"offer {legs.version}",
                tracks=tuple(
                    media.OfferedTrack(mid=str(mid), track=track, participant=other)
                    for mid, (track, other) in enumerate(offered)
                ),
                fresh=fresh,
            )
        )


def _described(command: media.Describe) -> media.Described:
    """Every m-line is as good as any, unless it goes the other way."""
    if "broken" in command.sdp:
        raise InvalidInput("cannot be read", code="bad_sdp", field="sdp")
    away = "recvonly" if command.direction == "publish" else "sendonly"
    sections = command.sdp.split("\nm=")[1:]
    return media.Described(
        lines=tuple(
            media.OfferedLine(
                mid=str(mid), kind=section.split()[0], usable=f"a={away}" not in section
            )
            for mid, section in enumerate(sections)
        )
    )


def _ufrag(sdp: str) -> str:
    return sdp.partition("a=ice-ufrag:")[2].split("\n")[0].strip()


def _ice_session(legs: SilentLegs, command: media.UpdateIce) -> media.IceSession:
    if command.known is not None and f"ours{legs.restarts}" not in command.known:
        raise PreconditionFailed("ICE was restarted since", field="If-Match")
    restarted = bool(command.ufrag) and command.ufrag != legs.remote_ufrag
    if restarted:
        legs.remote_ufrag = command.ufrag
        legs.restarts += 1
    return media.IceSession(
        ufrag=f"ours{legs.restarts}",
        password="p" * 22,
        candidates=("1 1 udp 1 192.0.2.1 7882 typ host",),
        restarted=restarted,
    )
