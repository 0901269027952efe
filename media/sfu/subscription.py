"""One track for one subscriber, as control knows it."""

from __future__ import annotations

from dataclasses import dataclass

from media.sfu.datapath.plans import SubscriptionNumber
from media.sfu.publication import Publication
from media.sfu.sdp import Source


@dataclass(slots=True, eq=False)
class Subscription:
    """`number` once the browser has accepted it; `rid` the layer asked for; `paused` when it is
    not sent for want of bandwidth; `sound` the layer of an audio track that it takes."""

    publication: Publication
    source: Source
    mid: str
    number: SubscriptionNumber | None = None
    rid: str | None = None
    asked: tuple[SubscriptionNumber, str | None] | None = None
    paused: bool = False
    sound: str = ""
