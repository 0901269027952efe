"""What one participant receives: its subscribe leg, our offers on it, and its wishes.

One offer is pending at a time. What changes in one turn of the loop shares an offer; what changes
while an offer is pending waits for the next one. Packets flow once the browser has answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from media.sfu import sdp
from media.sfu.bounds import Beginnings
from media.sfu.choosing import Choosing, Permits, Rank
from media.sfu.datapath.plans import SubscriptionPlan
from media.sfu.datapath.port import Delivery
from media.sfu.host import Host
from media.sfu.leg import Leg, LostReason
from media.sfu.publication import Publication
from media.sfu.sdp.codecs import format_key, offered
from media.sfu.subscription import Subscription
from media.sfu.telling import Telling
from offhook.core.clock import Micros
from offhook.core.contracts.media import OfferedTrack, TrackWish


@dataclass(frozen=True, slots=True)
class _Pending:
    version: int
    subscriptions: tuple[Subscription, ...]


class Subscribing:
    """Offers to one browser; versions count up through all its legs."""

    def __init__(
        self,
        host: Host,
        room: str,
        participant: str,
        rank: Rank,
        permits: Permits,
        account: str = "",
    ) -> None:
        self._host = host
        self._account = account
        self._beginnings = Beginnings(host.half_open, account, host.timers.now())
        self._rank, self._permits = rank, permits
        self._telling = Telling(host, room, participant)
        self._choosing = self._new_choosing()
        self.leg: Leg | None = None
        self.subscriptions: dict[str, Subscription] = {}
        self._wishes: dict[str, TrackWish] = {}
        self._book = sdp.OfferBook(host.random.getrandbits(40))
        self._version = 0
        self._pending: _Pending | None = None
        self._dirty = False
        self._soon: asyncio.Handle | None = None
        self._lost = False
        self._fresh = False

    def _new_choosing(self) -> Choosing:
        return Choosing(self._host.datapath, self._rank, self._permits, self._telling.paused)

    # tracks

    def add(self, publications: Iterable[Publication]) -> None:
        """Offer these tracks, except those that are not wished for."""
        for publication in publications:
            wish = self._wishes.get(publication.track)
            if publication.track not in self.subscriptions and (wish is None or wish.subscribed):
                self._subscribe(publication)

    def remove(self, publication: Publication, *, ended: bool = True) -> None:
        """Stop a track; `ended` forgets the wish for it too."""
        if ended:
            self._wishes.pop(publication.track, None)
        subscription = self.subscriptions.pop(publication.track, None)
        if subscription is None:
            return
        if subscription.number is not None:
            self._host.datapath.unsubscribe(subscription.number)
        self._book.remove(subscription.mid)
        self._changed()

    def renew(self, publication: Publication) -> None:
        """The track's codec is another one now: offer it anew."""
        if publication.track in self.subscriptions:
            self.remove(publication, ended=False)
            self._subscribe(publication)

    def wish(self, wish: TrackWish, publication: Publication) -> None:
        """Take a wish for a track that is published."""
        self._wishes[publication.track] = wish
        if not wish.subscribed:
            self.remove(publication, ended=False)
        elif publication.track not in self.subscriptions:
            self._subscribe(publication)
        else:
            self.choose(publication)

    def _subscribe(self, publication: Publication) -> None:
        video = publication.kind == "video"
        source = sdp.Source(
            track=publication.track,
            stream=publication.participant,
            codec=publication.codec,
            ssrc=self._new_ssrc(),
            rtx_ssrc=self._new_ssrc() if video else None,
        )
        slot = self._book.add(publication.kind, source)
        self.subscriptions[publication.track] = Subscription(publication, source, slot.mid)
        self._changed()

    def _new_ssrc(self) -> int:
        taken = {
            ssrc
            for subscription in self.subscriptions.values()
            for ssrc in (subscription.source.ssrc, subscription.source.rtx_ssrc)
        }
        while True:
            ssrc = self._host.random.randrange(1 << 20, 1 << 32)
            if ssrc not in taken:
                return ssrc

    # layers

    def choose(self, publication: Publication | None = None) -> None:
        """Follow the layers that suit the wishes, what is alive, and the budget."""
        self._choosing.choose(self.subscriptions, self._wishes, publication)

    def reconsider(self) -> None:
        """Whom the browser may hear and see has changed: no offer is needed for that."""
        self.choose()

    def leg_delivered(self, delivery: Delivery, now: Micros) -> None:
        """A window of what arrived at the browser is over."""
        self._choosing.take(delivery, self.subscriptions, self._wishes, now)

    # offers

    def _changed(self) -> None:
        self._dirty = True
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_soon(self._offer)

    def _offer(self) -> None:
        self._soon = None
        if self._pending is not None or not self._dirty or self._lost:
            return
        if self.leg is None:
            if not self._book.slots:
                return
            self.leg = self._host.new_leg("subscribe", self._account)
            self.leg.owner = self
        self._dirty = False
        self._version += 1
        offer = self._book.offer(self.leg.transport())
        current = tuple(self.subscriptions.values())
        self._pending = _Pending(self._version, current)
        tracks = tuple(_offered(subscription) for subscription in current)
        self._telling.offer(self._version, sdp.write(offer), tracks, fresh=self._fresh)

    def answer(self, version: int, text: str) -> None:
        """Take the browser's answer; one to an older offer is ignored.

        Another certificate means another connection, which is offered everything anew. Raises
        `SdpError` or `RateLimited`; the offer stays pending then.
        """
        pending = self._pending
        if pending is None or version != pending.version or self.leg is None:
            return
        reply = sdp.parse(text)
        if reply.transport.setup == "passive":
            raise sdp.SdpError("we are the passive end of DTLS: answer active")
        fingerprints = reply.transport.fingerprints
        if fingerprints and self.leg.expecting and not self.leg.knows(fingerprints):
            self.restart(fresh=True)
            return
        self._pending, self._fresh = None, False
        if fingerprints:
            self.leg.expect(fingerprints)
        for subscription in pending.subscriptions:
            current = self.subscriptions.get(subscription.publication.track)
            media = reply.by_mid(subscription.mid)
            if current is subscription and subscription.number is None and media is not None:
                self._start(subscription, media)
        if self._dirty:
            self._changed()

    def _start(self, subscription: Subscription, media: sdp.Media) -> None:
        if not media.receives or self.leg is None:
            return
        ours, publication = subscription.source, subscription.publication
        accepted = {codec.payload_type for codec in media.codecs}
        formats = {
            format_key(codec): codec.payload_type
            for codec in offered(publication.kind, ours.codec)
            if codec.payload_type in accepted
        }
        subscription.sound = publication.sound_for(formats)
        subscription.number = self._host.subscription_number()
        self._host.datapath.subscribe(
            subscription.number,
            SubscriptionPlan(
                leg=self.leg.number,
                track=publication.number,
                ssrc=ours.ssrc,
                rtx_ssrc=ours.rtx_ssrc,
                formats=tuple(formats.items()),
                first_sequence=self._host.random.randrange(1, 1 << 14),
                cname=ours.stream,
            ),
        )
        self.choose(publication)

    # the leg

    def restart(self, *, fresh: bool) -> None:
        """Offer again: with new ICE names, or on a new leg when the old one cannot be used.

        Raises `RateLimited` when no new connection can be begun now.
        """
        if self.leg is not None and not fresh and self.leg.expecting:
            self.leg.restart()
        else:
            self._beginnings.require(self._host.timers.now())
            self._renew_leg()
        self._pending = None
        if self._book.slots:
            self._changed()

    def _renew_leg(self) -> None:
        self._fresh = self._fresh or self.leg is not None or self._lost
        self._drop_leg()
        self._lost = False
        publications = [s.publication for s in self.subscriptions.values()]
        self.subscriptions.clear()
        self._book = sdp.OfferBook(self._host.random.getrandbits(40))
        for publication in publications:
            self._subscribe(publication)

    def leg_connected(self, leg: Leg) -> None:
        """ICE and DTLS of the subscribe leg are done."""
        self._telling.connected("subscribe")

    def leg_lost(self, leg: Leg, reason: LostReason) -> None:
        """The browser is gone: offer nothing until a restart is asked for."""
        self._drop_leg()
        self._lost, self._pending = True, None
        self._telling.lost("subscribe", reason)

    def _drop_leg(self) -> None:
        leg, self.leg = self.leg, None
        if leg is not None:
            for subscription in self.subscriptions.values():
                subscription.number = None
            self._choosing = self._new_choosing()
            self._host.drop_leg(leg)

    def close(self) -> None:
        """Close the leg and forget what was to be offered."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        self._drop_leg()
        self.subscriptions.clear()
        self._wishes.clear()
        self._pending = None


def _offered(subscription: Subscription) -> OfferedTrack:
    publication = subscription.publication
    return OfferedTrack(
        mid=subscription.mid, track=publication.track, participant=publication.participant
    )
