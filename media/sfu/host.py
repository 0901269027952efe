"""What rooms need of the media node that they live on."""

from __future__ import annotations

import random
from typing import Protocol

from media.figures import MediaFigures
from media.sfu.bounds import HalfOpen
from media.sfu.datapath.plans import SubscriptionNumber, TrackNumber
from media.sfu.datapath.port import Datapath
from media.sfu.leg import Leg
from media.sfu.music import Music
from media.sfu.publication import Publication
from media.sfu.sdp import CodecPolicy
from media.sfu.timers import Timers
from offhook.core.contracts.media import Direction, MediaNews


class Host(Protocol):
    """A media node, as its rooms see it."""

    node: str
    datapath: Datapath
    timers: Timers
    random: random.Random
    half_open: HalfOpen
    policy: CodecPolicy
    figures: MediaFigures
    music: Music

    def tell(self, news: MediaNews) -> None:
        """Publish news, in order."""
        ...

    def new_leg(self, direction: Direction, account: str) -> Leg:
        """A leg with names and addresses of its own."""
        ...

    def drop_leg(self, leg: Leg) -> None:
        """Close a leg and forget it."""
        ...

    def new_track(self, publication: Publication) -> None:
        """Facts about this track go to its publication from now on."""
        ...

    def drop_track(self, publication: Publication) -> None:
        """Remove the track with all that follows it."""
        ...

    def track_number(self) -> TrackNumber:
        """A number that no other track has had."""
        ...

    def subscription_number(self) -> SubscriptionNumber:
        """A number that no other subscription has had."""
        ...
