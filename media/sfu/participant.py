"""One participant of a room's media: what it publishes, what it receives, what was counted."""

from __future__ import annotations

from media.sfu.choosing import Rank
from media.sfu.ears import Ears
from media.sfu.host import Host
from media.sfu.ice_session import End
from media.sfu.leg import Leg
from media.sfu.publication import Publication
from media.sfu.publishing import Publishing
from media.sfu.quality import UNHEARD, Meter, Sample
from media.sfu.receiving import Receiving
from media.sfu.subscribing import Subscribing
from media.sfu.telling import Telling
from media.sfu.watching import Watching
from offhook.core.clock import SECOND, Micros
from offhook.core.contracts.media import Direction, LegFigures, QualityOf


class Participant:
    """`subscribes` and `hidden` are its grants; `identity` stays when it comes under a new name."""

    def __init__(
        self,
        host: Host,
        room: str,
        name: str,
        rank: Rank,
        account: str = "",
        *,
        subscribes: bool,
        hidden: bool,
        identity: str = "",
    ) -> None:
        self.name = name
        self.identity = identity
        self.subscribes = subscribes
        self.hidden = hidden
        self.ears = Ears()
        self.publishing = Publishing(host, room, name, account)
        self.subscribing = Subscribing(host, room, name, rank, self.ears.permit, account)
        self.watching: Watching | None = None
        self.meter = Meter()
        self._host = host
        self._telling = Telling(host, room, name)

    @property
    def legs(self) -> list[Leg]:
        """Its open connections."""
        legs = (self.publishing.leg, self.receiving.leg)
        return [leg for leg in legs if leg is not None]

    def end(self, direction: Direction) -> End | None:
        """Its connection of this direction, when the client made the offer for it."""
        return self.publishing if direction == "publish" else self.watching

    @property
    def receiving(self) -> Receiving:
        """The way by which it gets the tracks of others."""
        return self.watching or self.subscribing

    @property
    def receives(self) -> bool:
        """Whether it gets them at all."""
        return self.subscribes or self.watching is not None

    def tell_of_legs(self) -> None:
        """Tell again which connections are up: signalling has started anew, or asked twice."""
        for leg in self.legs:
            if leg.connected:
                self._telling.connected(leg.direction)

    def publication(self, track: str) -> Publication | None:
        """One of its tracks."""
        return self.publishing.publications.get(track)

    def measure(self, now: Micros) -> QualityOf | None:
        """Judge its connection since the last call; None when that is no news."""
        legs = [leg for leg in self.legs if leg.connected]
        self.meter.forget({leg.number for leg in legs})
        if not legs:
            return None
        packets = lost = 0
        round_trip = 0
        for leg in legs:
            counted = self._host.datapath.leg_counters(leg.number)
            some, missing = self.meter.loss_since(
                leg.number, counted.expected + counted.sent, counted.lost + counted.missed
            )
            packets, lost = packets + some, lost + missing
            round_trip = max(round_trip, counted.round_trip or 0)
        heard = any(now - (leg.ice.last_check or 0) < UNHEARD for leg in legs)
        loss = min(1.0, lost / packets) if packets else 0.0
        self._host.figures.quality(loss, round_trip / SECOND if round_trip else None)
        sample = Sample(loss, round_trip / SECOND if round_trip else None, heard)
        if not self.meter.take(sample) or self.meter.quality is None:
            return None
        return QualityOf(
            participant=self.name,
            quality=self.meter.quality,
            loss=round(loss, 4),
            round_trip=sample.round_trip,
        )

    def figures(self) -> list[LegFigures]:
        """What its legs have counted."""
        return [self._leg_figures(leg) for leg in self.legs]

    def _leg_figures(self, leg: Leg) -> LegFigures:
        counted = self._host.datapath.leg_counters(leg.number)
        round_trip = counted.round_trip
        return LegFigures(
            participant=self.name,
            direction=leg.direction,
            connected=leg.connected,
            srtp_profile=leg.profile,
            path=str(leg.ice.path) if leg.ice.path else None,
            packets_in=counted.packets_in,
            packets_out=counted.packets_out,
            refused=counted.refused,
            round_trip=None if round_trip is None else round_trip / SECOND,
        )

    def close(self) -> None:
        """Close the subscribe leg, then the publish leg; tracks are the room's to withdraw."""
        self.receiving.close()
        self.publishing.drop_leg()
