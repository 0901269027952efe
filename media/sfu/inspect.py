"""The figures of a room, put together from what its legs, tracks and subscriptions counted."""

from __future__ import annotations

from collections.abc import Iterable

from media.sfu.datapath.port import Datapath
from media.sfu.participant import Participant
from media.sfu.publication import Publication
from media.sfu.subscription import Subscription
from offhook.core.contracts.media import (
    Inspection,
    LayerFigures,
    SubscriptionFigures,
    TrackFigures,
)


def inspection(datapath: Datapath, people: Iterable[Participant]) -> Inspection:
    """Everything that is counted about these participants."""
    people = list(people)
    return Inspection(
        legs=tuple(figures for person in people for figures in person.figures()),
        tracks=tuple(
            _track(datapath, publication)
            for person in people
            for publication in person.publishing.publications.values()
        ),
        subscriptions=tuple(
            _subscription(datapath, person.name, subscription)
            for person in people
            for subscription in person.receiving.subscriptions.values()
        ),
    )


def _track(datapath: Datapath, publication: Publication) -> TrackFigures:
    counters = datapath.layer_counters(publication.number)
    return TrackFigures(
        track=publication.track,
        participant=publication.participant,
        source=publication.source,
        codec=next((c.format for c in counters if c.format), publication.codec),
        muted=publication.muted,
        layers=tuple(
            LayerFigures(
                rid=c.rid,
                ssrc=c.ssrc,
                bitrate=c.bitrate,
                width=c.width,
                height=c.height,
                received=c.received,
                lost=c.lost,
                repaired=c.repaired,
                keyframes=c.keyframes,
                keyframe_requests=c.keyframe_requests,
            )
            for c in counters
        ),
    )


def _subscription(
    datapath: Datapath, participant: str, subscription: Subscription
) -> SubscriptionFigures:
    counted = (
        datapath.subscription_counters(subscription.number)
        if subscription.number is not None
        else None
    )
    return SubscriptionFigures(
        track=subscription.publication.track,
        participant=participant,
        mid=subscription.mid,
        layer=counted.layer if counted else None,
        packets=counted.packets if counted else 0,
        retransmitted=counted.retransmitted if counted else 0,
        nacked=counted.nacked if counted else 0,
        loss=counted.loss if counted else 0.0,
    )
