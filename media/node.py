"""The media node: its sockets, its certificate, its timers, and the legs and tracks on it."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Sequence

import structlog
from msgspec import Struct

from media.figures import MediaFigures
from media.sfu.bounds import HalfOpen, HalfOpenLimits, Strangers
from media.sfu.datapath.plans import LegNumber, Path, SubscriptionNumber, TrackNumber
from media.sfu.datapath.port import Datapath, Delivery, LayerFact, LevelFact
from media.sfu.datapath.python import PythonDatapath
from media.sfu.dtls import ALL_PROFILES, Identity
from media.sfu.ice_lite import Credentials
from media.sfu.leg import Leg, LegParts
from media.sfu.music import MakeClip, Music, make_clip
from media.sfu.publication import Audience, Publication
from media.sfu.sdp import CodecPolicy, host_candidates
from media.sfu.stun import BindingRequest
from media.sfu.timers import Timers
from offhook.core.clock import Clock
from offhook.core.contracts.media import Direction, MediaNews
from offhook.core.errors import Misconfigured

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class MediaSettings(Struct, frozen=True, kw_only=True):
    """Where browsers reach this node, and how.

    `addresses` are bound, one socket each, never the unspecified address; `announced` stand in
    the candidates instead, in the same order (behind NAT), when they are given. Port 0 takes any.
    `half_open`: connections that may be begun and not done, of one account and in all.
    """

    addresses: tuple[str, ...] = ("127.0.0.1",)
    announced: tuple[str, ...] = ()
    port: int = 7882
    srtp_profiles: tuple[str, ...] = ALL_PROFILES
    audio_codecs: tuple[str, ...] = CodecPolicy().audio
    video_codecs: tuple[str, ...] = CodecPolicy().video
    half_open_of_account: int = HalfOpenLimits().account
    half_open: int = HalfOpenLimits().node


class MediaNode:
    """Implements `media.sfu.host.Host` for rooms and `Watcher` for the datapath."""

    def __init__(
        self,
        node: str,
        clock: Clock,
        randomness: random.Random,
        settings: MediaSettings,
        tell: Callable[[MediaNews], None],
        figures: MediaFigures,
        make_clip: MakeClip = make_clip,
    ) -> None:
        self.node = node
        self.random = randomness
        self.figures = figures
        self.timers = Timers(clock)
        self.datapath: Datapath = PythonDatapath(clock, self.timers, self)
        self.policy = CodecPolicy(settings.audio_codecs, settings.video_codecs)
        self._settings = settings
        self._tell = tell
        self._identity = Identity(clock.now())
        self._context = self._identity.context(settings.srtp_profiles)
        self._candidates: tuple[str, ...] = ()
        self._ufrags: dict[str, Leg] = {}
        self._legs: dict[LegNumber, Leg] = {}
        self._publications: dict[TrackNumber, Publication] = {}
        self._numbers = itertools.count(1)
        self.music = Music(self.datapath, self.track_number(), make_clip)
        self._strangers = Strangers()
        limits = HalfOpenLimits(settings.half_open_of_account, settings.half_open)
        self.half_open = HalfOpen(limits)

    async def open(self) -> None:
        """Bind the sockets; raise `Misconfigured` when that cannot be."""
        settings = self._settings
        announced = settings.announced or settings.addresses
        if not settings.addresses or len(announced) != len(settings.addresses):
            raise Misconfigured("as many addresses must be announced as are listened on")
        ports = await self.datapath.open(settings.addresses, settings.port)
        self._candidates = host_candidates(list(zip(announced, ports, strict=True)))

    async def close(self) -> None:
        """Make no music any more, close all legs, then the sockets, then forget the timers."""
        await self.music.close()
        for leg in list(self._legs.values()):
            self.drop_leg(leg)
        await self.datapath.close()
        self.timers.close()

    @property
    def legs(self) -> int:
        """How many connections there are."""
        return len(self._legs)

    @property
    def names(self) -> int:
        """How many user fragments are registered."""
        return len(self._ufrags)

    @property
    def candidates(self) -> tuple[str, ...]:
        """What our descriptions announce."""
        return self._candidates

    # for rooms

    def tell(self, news: MediaNews) -> None:
        """Publish news, in order."""
        self._tell(news)

    def new_leg(self, direction: Direction, account: str) -> Leg:
        """A leg with names and addresses of its own."""
        parts = LegParts(
            datapath=self.datapath,
            timers=self.timers,
            context=self._context,
            fingerprint=self._identity.fingerprint,
            candidates=self._candidates,
            ufrags=self._ufrags,
            new_credentials=self._new_credentials,
            settled=self.half_open.over,
        )
        leg = Leg(LegNumber(next(self._numbers)), direction, parts)
        self._legs[leg.number] = leg
        self.half_open.begun(leg.number, account)
        return leg

    def drop_leg(self, leg: Leg) -> None:
        """Close a leg and forget it."""
        leg.close()
        self._legs.pop(leg.number, None)
        self.half_open.over(leg.number)

    def new_track(self, publication: Publication) -> None:
        """Facts about this track go to its publication from now on."""
        self._publications[publication.number] = publication
        self.datapath.add_track(publication.number, publication.kind, muted=publication.muted)

    def drop_track(self, publication: Publication) -> None:
        """Remove the track with all that follows it."""
        self._publications.pop(publication.number, None)
        self.datapath.remove_track(publication.number)

    def track_number(self) -> TrackNumber:
        """A number that no other track has had."""
        return TrackNumber(next(self._numbers))

    def subscription_number(self) -> SubscriptionNumber:
        """A number that no other subscription has had."""
        return SubscriptionNumber(next(self._numbers))

    def _new_credentials(self) -> Credentials:
        while True:
            ufrag = f"{self.random.getrandbits(48):012x}"
            if ufrag not in self._ufrags:
                return Credentials(ufrag, f"{self.random.getrandbits(128):032x}")

    # from the datapath

    def on_stun(self, path: Path, data: bytes, *, known: bool) -> None:
        """A STUN message: its leg is found by the user fragment it names."""
        now = self.timers.now()
        if not known and self._strangers.ignored(path.address, now):
            return
        request = BindingRequest.parse(data)
        leg = self._ufrags.get(request.ufrag) if request is not None else None
        right = request is not None and leg is not None and leg.on_stun(request, path, now)
        if not right and not known:
            self._strangers.failed(path.address, now)

    def on_dtls(self, leg: LegNumber, path: Path, data: bytes) -> None:
        """A DTLS datagram of a leg."""
        if found := self._legs.get(leg):
            found.on_dtls(path, data)

    def on_flood(self, leg: LegNumber) -> None:
        """A leg is ended for what it sends."""
        if found := self._legs.get(leg):
            found.on_flood()

    def on_path_lost(self, leg: LegNumber, path: Path) -> None:
        """A TCP connection of a leg has ended."""
        if found := self._legs.get(leg):
            found.on_path_lost(path)

    def on_layer(self, fact: LayerFact) -> None:
        """A layer changed: its room chooses again."""
        if publication := self._publications.get(fact.track):
            publication.learn(fact)
            publication.audience.on_layers(publication)

    def on_delivery(self, leg: LegNumber, delivery: Delivery) -> None:
        """A window of what a subscriber received is over."""
        if found := self._legs.get(leg):
            found.on_delivery(delivery)

    def on_levels(self, facts: Sequence[LevelFact]) -> None:
        """A window of levels is over: each room hears of its own tracks, even of silence."""
        levels = {fact.track: fact for fact in facts}
        rooms: dict[Audience, list[tuple[Publication, LevelFact]]] = defaultdict(list)
        for number, publication in self._publications.items():
            if publication.kind == "audio":
                heard = rooms[publication.audience]
                if fact := levels.get(number):
                    heard.append((publication, fact))
        for room, heard in rooms.items():
            room.on_levels(heard)
