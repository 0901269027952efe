"""The datapath in Python: the reference implementation of `port.Datapath`."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from media.sfu.datapath import bound
from media.sfu.datapath.context import Context
from media.sfu.datapath.dialect import Dialect
from media.sfu.datapath.figures import (
    LayerCounters,
    LegCounters,
    Sizes,
    SubscriptionCounters,
    Totals,
)
from media.sfu.datapath.layer import Layer
from media.sfu.datapath.leg_io import LegIo
from media.sfu.datapath.levels import LevelWindow
from media.sfu.datapath.plans import (
    Clip,
    Kind,
    LegNumber,
    Path,
    PublishPlan,
    SrtpMaterial,
    SubscriptionNumber,
    SubscriptionPlan,
    TrackNumber,
)
from media.sfu.datapath.player import Player
from media.sfu.datapath.port import Watcher
from media.sfu.datapath.subscription import Destination, Subscription
from media.sfu.datapath.tcp import TcpPort
from media.sfu.datapath.track import Track
from media.sfu.datapath.udp import UdpPort
from media.sfu.timers import Timers
from offhook.core.clock import Clock

#: Addresses that one browser can be at; the oldest is forgotten first.
_MAX_PATHS = 16


class PythonDatapath:
    """Owns the sockets and everything that happens per packet."""

    def __init__(self, clock: Clock, timers: Timers, watcher: Watcher) -> None:
        self._clock = clock
        self._timers = timers
        self._watcher = watcher
        self._context = Context(timers, watcher, LevelWindow(timers, watcher))
        self._udp: list[UdpPort] = []
        self._tcp: list[TcpPort] = []
        self._legs: dict[LegNumber, LegIo] = {}
        self._paths: dict[LegNumber, list[Path]] = {}
        self._tracks: dict[TrackNumber, Track] = {}
        self._subscriptions: dict[SubscriptionNumber, tuple[LegNumber, Subscription]] = {}
        self._gone_in = self._gone_out = 0

    # sockets

    async def open(self, addresses: Sequence[str], port: int) -> Sequence[int]:
        """Bind a UDP socket and a TCP listener on each address; return the ports."""
        pairs: list[tuple[socket.socket, socket.socket]] = []
        try:
            for address in addresses:
                pairs.append(bound.pair(address, port))  # noqa: PERF401 - all or none
        except Exception:
            for udp, tcp in pairs:
                udp.close()
                tcp.close()
            raise
        for local, (udp, tcp) in enumerate(pairs):
            self._udp.append(UdpPort(local, udp, self._clock, self._on_other))
            self._tcp.append(TcpPort(local, self._timers, self._on_frame, self._on_lost))
            await self._tcp[local].listen(tcp)
        return [udp.getsockname()[1] for udp, _ in pairs]

    async def close(self) -> None:
        """Close all sockets and connections and forget everything."""
        for number in list(self._legs):
            self.remove_leg(number)
        for track in list(self._tracks):
            self.remove_track(track)
        for tcp in self._tcp:
            await tcp.close()
        for udp in self._udp:
            udp.close()
        self._tcp.clear()
        self._udp.clear()

    def send(self, path: Path, datagram: bytes) -> None:
        """Send a STUN or DTLS datagram; what the network does not take at once is lost."""
        if path.protocol == "udp":
            self._udp[path.local].sender(path)(datagram)
        elif connection := self._tcp[path.local].connections.get(path.connection):
            connection.send(datagram)

    def _on_other(self, path: Path, leg: LegIo | None, data: bytes) -> None:
        """Sort what is not media, or comes from nowhere known, by its first byte (RFC 7983)."""
        if data[0] < 4:
            self._watcher.on_stun(path, data, known=leg is not None)
        elif leg is not None and 20 <= data[0] <= 63:
            self._watcher.on_dtls(leg.number, path, data)

    def _on_frame(self, path: Path, leg: LegIo | None, data: bytes) -> None:
        if leg is not None and data[0] & 0xC0 == 0x80:
            now = self._clock.now()
            leg.on_media(data, now, now)
        else:
            self._on_other(path, leg, data)

    def _on_lost(self, path: Path, leg: LegIo | None) -> None:
        if leg is None or leg.number not in self._legs:
            return
        self._unbind(leg, path)
        if leg.path == path:
            leg.lose_route()
        self._watcher.on_path_lost(leg.number, path)

    # legs

    def add_leg(self, leg: LegNumber) -> None:
        """Make room for a browser connection."""
        self._legs[leg] = LegIo(leg, self._context)
        self._paths[leg] = []

    def leg(self, leg: LegNumber) -> LegIo:
        """The packets' side of a leg."""
        return self._legs[leg]

    def bind(self, leg: LegNumber, path: Path) -> None:
        """What comes from this address is the leg's from now on."""
        known, io = self._paths[leg], self._legs[leg]
        if path.protocol == "udp":
            # Also when it is known: another leg may have had the address meanwhile.
            self._udp[path.local].bind(path, io)
        if path in known:
            return
        known.append(path)
        connections = self._tcp[path.local].connections if path.protocol == "tcp" else {}
        if connection := connections.get(path.connection):
            connection.claim(io)
        if len(known) > _MAX_PATHS:
            self._unbind(io, next(p for p in known if p != io.path))

    def _unbind(self, io: LegIo, path: Path) -> None:
        if path not in self._paths[io.number]:
            return
        self._paths[io.number].remove(path)
        if path.protocol == "udp":
            self._udp[path.local].unbind(path, io)
        elif connection := self._tcp[path.local].connections.get(path.connection):
            connection.abort()

    def route(self, leg: LegNumber, path: Path) -> None:
        """What the leg is sent goes there from now on."""
        io = self._legs[leg]
        if path.protocol == "udp":
            io.route(path, self._udp[path.local].sender(path))
        elif connection := self._tcp[path.local].connections.get(path.connection):
            io.route(path, connection.send)

    def secure(self, leg: LegNumber, keys: SrtpMaterial) -> None:
        """The leg's keys are known; media may flow."""
        self._legs[leg].secure(keys)

    def remove_leg(self, leg: LegNumber) -> None:
        """Forget a leg with its addresses, connections, m-lines and subscriptions."""
        io = self._legs.get(leg)
        if io is None:
            return
        for number, (owner, _) in list(self._subscriptions.items()):
            if owner == leg:
                self.unsubscribe(number)
        for path in list(self._paths[leg]):
            self._unbind(io, path)
        del self._legs[leg], self._paths[leg]
        self._gone_in += io.packets_in
        self._gone_out += io.packets_out
        io.close()

    # tracks

    def add_track(self, track: TrackNumber, kind: Kind, *, muted: bool = False) -> None:
        """Make a track that m-lines may carry and subscriptions may follow."""
        self._tracks[track] = Track(track, kind, self._context, muted=muted)

    def mute(self, track: TrackNumber, muted: bool) -> None:
        """Forward nothing of a track, or forward it again."""
        self._tracks[track].mute(muted)

    def play(self, track: TrackNumber, clip: Clip) -> None:
        """Have an audio track come from here: the clip over and over, while somebody follows it."""
        found = self._tracks[track]
        player = Player(clip, self._timers)
        player.carry(found)

    def remove_track(self, track: TrackNumber) -> None:
        """Forget a track with its subscriptions."""
        found = self._tracks.pop(track, None)
        if found is None:
            return
        for number, (_, subscription) in list(self._subscriptions.items()):
            if subscription.track is found:
                self.unsubscribe(number)
        if found.line is not None:
            found.line.carry(None)
        self._context.levels.forget(track)

    def publish(self, leg: LegNumber, plan: PublishPlan) -> None:
        """Take the whole list of m-lines of a publish leg; one that is missing is forgotten."""
        self._legs[leg].as_publisher().update(plan, self._tracks)

    # subscriptions

    def subscribe(self, number: SubscriptionNumber, plan: SubscriptionPlan) -> None:
        """Begin to send a track to a leg, once `follow` names a layer."""
        track = self._tracks[plan.track]
        subscriber = self._legs[plan.leg].as_subscriber()
        destination: Destination = subscriber
        if plan.extensions is not None:
            destination = Dialect(subscriber, plan.extensions)
        subscription = Subscription(plan, track, destination)
        subscriber.add(subscription)
        track.subscriptions.append(subscription)
        self._subscriptions[number] = (plan.leg, subscription)

    def follow(self, number: SubscriptionNumber, rid: str | None) -> None:
        """Aim at a layer, reached on its next keyframe, which is asked for; None: send nothing."""
        self._subscriptions[number][1].follow(rid)

    def redirect(
        self,
        number: SubscriptionNumber,
        track: TrackNumber,
        formats: Sequence[tuple[str, int]],
    ) -> None:
        """Have a subscription send another track of the same kind, its numbers going on."""
        self._subscriptions[number][1].redirect(self._tracks[track], formats)

    def unsubscribe(self, number: SubscriptionNumber) -> None:
        """Stop sending a track to a leg."""
        leg, subscription = self._subscriptions.pop(number, (None, None))
        if leg is None or subscription is None:
            return
        subscription.leave_layers()
        subscription.track.subscriptions.remove(subscription)
        self._legs[leg].as_subscriber().remove(subscription)

    # counters

    def leg_counters(self, leg: LegNumber) -> LegCounters:
        """Counters of one leg."""
        return self._legs[leg].counters()

    def layer_counters(self, track: TrackNumber) -> Sequence[LayerCounters]:
        """Counters of the layers of one track, as its publisher listed them."""
        line = self._tracks[track].line
        return [self._layer_counters(layer) for layer in line.layers.values()] if line else []

    def _layer_counters(self, layer: Layer) -> LayerCounters:
        width, height = layer.size or (None, None)
        return LayerCounters(
            rid=layer.rid,
            ssrc=layer.ssrc,
            format=layer.format,
            active=layer.active,
            bitrate=layer.rate.bits(self._clock.now()),
            width=width,
            height=height,
            received=layer.reception.received,
            lost=layer.reception.lost,
            repaired=layer.repaired,
            keyframes=layer.keyframes,
            keyframe_requests=layer.keyframe_requests,
        )

    def subscription_counters(self, number: SubscriptionNumber) -> SubscriptionCounters:
        """Counters of one subscription."""
        subscription = self._subscriptions[number][1]
        return SubscriptionCounters(
            layer=subscription.current.rid if subscription.current else None,
            packets=subscription.packets,
            retransmitted=subscription.retransmitted,
            nacked=subscription.nacked,
            loss=subscription.loss,
        )

    def sizes(self) -> Sizes:
        """How much there is."""
        return Sizes(
            legs=len(self._legs),
            addresses=sum(map(len, self._udp)),
            connections=sum(len(tcp.connections) for tcp in self._tcp),
            tracks=len(self._tracks),
            subscriptions=len(self._subscriptions),
        )

    def totals(self) -> Totals:
        """What passed, also through legs that are gone."""
        legs = self._legs.values()
        return Totals(
            packets_in=self._gone_in + sum(leg.packets_in for leg in legs),
            packets_out=self._gone_out + sum(leg.packets_out for leg in legs),
            unsent=sum(udp.unsent for udp in self._udp),
        )

    def take_delays(self) -> Sequence[int]:
        """Forwarding delays that were sampled since the last call."""
        return [delay for udp in self._udp for delay in udp.take_delays()]
