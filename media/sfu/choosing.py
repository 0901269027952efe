"""Which layers of which videos one subscriber is sent: whom it may hear and see, its wishes, what
is alive, its budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from media.sfu.budget import Budget, Request, allocate, demand
from media.sfu.datapath.plans import SubscriptionNumber
from media.sfu.datapath.port import Datapath, Delivery
from media.sfu.layers import Wish
from media.sfu.publication import Publication
from media.sfu.subscription import Subscription
from offhook.core.clock import Micros
from offhook.core.contracts.media import TrackWish

#: Importance of a video when not all can be sent: lowest first.
Rank = Callable[[Publication], int]
#: Told which tracks are paused for want of bandwidth, or sent again.
Paused = Callable[[tuple[str, ...], bool], None]

#: Whether the subscriber may have this at all, whatever it wishes.
Permits = Callable[[Publication], bool]

_NO_WISH = Wish()


class Choosing:
    """Asks the datapath to follow; it is asked again whenever something has changed."""

    def __init__(self, datapath: Datapath, rank: Rank, permits: Permits, paused: Paused) -> None:
        self._datapath = datapath
        self._rank = rank
        self._permits = permits
        self._tell_paused = paused
        self.budget = Budget()

    def choose(
        self,
        subscriptions: Mapping[str, Subscription],
        wishes: Mapping[str, TrackWish],
        changed: Publication | None = None,
    ) -> None:
        """Choose for `changed` alone while nothing is limited, else for all videos together."""
        limit = self.budget.limit
        some = list(subscriptions.values())
        if changed is not None and limit is None:
            found = subscriptions.get(changed.track)
            some = [found] if found is not None else []
        shown = self._shown(some, wishes)
        for subscription in shown:
            if subscription.publication.kind == "audio":
                self._follow(subscription, subscription.sound)
        videos = [s for s in shown if s.publication.kind == "video"]
        ordered = sorted(videos, key=lambda s: self._rank(s.publication))
        requests = [self._request(s, wishes) for s in ordered]
        if limit is not None:
            limit = max(0, limit - self._sound(shown))
        self._apply(ordered, requests, allocate(requests, limit))

    def _shown(
        self, subscriptions: Iterable[Subscription], wishes: Mapping[str, TrackWish]
    ) -> list[Subscription]:
        """Those that the browser accepted, may have, and wants to see; the others are sent
        nothing."""
        shown = []
        for subscription in subscriptions:
            wish = wishes.get(subscription.publication.track)
            hidden = wish is not None and not wish.enabled
            if hidden or not self._permits(subscription.publication):
                self._follow(subscription, None)
            elif subscription.number is not None:
                shown.append(subscription)
        return shown

    def take(
        self,
        delivery: Delivery,
        subscriptions: Mapping[str, Subscription],
        wishes: Mapping[str, TrackWish],
        now: Micros,
    ) -> None:
        """Take a window of delivery; while something is limited, choose again."""
        limited = self.budget.limit is not None
        wanted = 0
        if limited:
            shown = self._shown(subscriptions.values(), wishes)
            videos = [s for s in shown if s.publication.kind == "video"]
            wanted = demand([self._request(s, wishes) for s in videos])
        if self.budget.take(delivery, wanted, now) or limited:
            self.choose(subscriptions, wishes)

    def _request(self, subscription: Subscription, wishes: Mapping[str, TrackWish]) -> Request:
        publication = subscription.publication
        wish = wishes.get(publication.track)
        muted = publication.muted
        counters = () if muted else self._datapath.layer_counters(publication.number)
        return Request(
            publication.track,
            tuple(publication.views(counters)),
            Wish(wish.width, wish.height) if wish else _NO_WISH,
            subscription.rid,
        )

    def _sound(self, subscriptions: Iterable[Subscription]) -> int:
        """Bits per second of the sound that is sent whatever the budget."""
        return sum(
            counter.bitrate
            for s in subscriptions
            if s.publication.kind == "audio"
            for counter in self._datapath.layer_counters(s.publication.number)
        )

    def _apply(
        self,
        subscriptions: Iterable[Subscription],
        requests: Iterable[Request],
        chosen: Mapping[str, str | None],
    ) -> None:
        paused: list[str] = []
        resumed: list[str] = []
        for subscription, request in zip(subscriptions, requests, strict=True):
            rid = chosen[request.track]
            starved = rid is None and any(view.active for view in request.views)
            if starved != subscription.paused:
                subscription.paused = starved
                (paused if starved else resumed).append(request.track)
            if rid is not None or starved:
                self._follow(subscription, rid)
        if paused:
            self._tell_paused(tuple(paused), True)
        if resumed:
            self._tell_paused(tuple(resumed), False)

    def _follow(self, subscription: Subscription, rid: str | None) -> None:
        number: SubscriptionNumber | None = subscription.number
        if number is not None and subscription.asked != (number, rid):
            subscription.asked = (number, rid)
            subscription.rid = rid
            self._datapath.follow(number, rid)
