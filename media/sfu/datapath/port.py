"""The narrow waist: control goes in, facts come out at low rate, packets stay inside.

Everything that happens once per packet is behind `Datapath`. It is called from one thread; its
`Watcher` is called from the same thread and may call back at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from media.sfu.datapath.figures import (
    LayerCounters,
    LegCounters,
    Sizes,
    SubscriptionCounters,
    Totals,
)
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


@dataclass(frozen=True, slots=True)
class LayerFact:
    """A layer of a track began, fell silent, came back, or changed its size."""

    track: TrackNumber
    rid: str
    active: bool
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class LevelFact:
    """What one audio track was like in the last window of 500 ms.

    `loudest` is in dBov below zero, from 0 (loudest) to 127; `active` is the part of the window
    that was louder than the threshold of speech.
    """

    track: TrackNumber
    loudest: int
    active: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the packets sent on one leg in the last half second or so.

    `bitrate` is what arrived, bits per second; `queueing` how much longer all packets took than
    the fastest of late, microseconds.
    """

    bitrate: int
    loss: float
    queueing: int


class Watcher(Protocol):
    """Hears what the datapath cannot decide."""

    def on_stun(self, path: Path, data: bytes, *, known: bool) -> None:
        """A STUN message came from anywhere; `known`: from an address that is bound to a leg."""
        ...

    def on_dtls(self, leg: LegNumber, path: Path, data: bytes) -> None:
        """A DTLS datagram came from an address that is bound to a leg."""
        ...

    def on_flood(self, leg: LegNumber) -> None:
        """A leg sends far more than anybody needs to, and does not stop; nothing more is taken."""
        ...

    def on_path_lost(self, leg: LegNumber, path: Path) -> None:
        """A TCP connection of a leg has ended."""
        ...

    def on_layer(self, fact: LayerFact) -> None:
        """A layer of a track changed."""
        ...

    def on_levels(self, facts: Sequence[LevelFact]) -> None:
        """A window of audio levels is over; tracks that sent nothing are not in it."""
        ...

    def on_delivery(self, leg: LegNumber, delivery: Delivery) -> None:
        """A window of what a subscriber received is over; only while it is sent something."""
        ...


class Datapath(Protocol):
    """The per-packet work: sockets, SRTP, forwarding, repair, reports, counters."""

    async def open(self, addresses: Sequence[str], port: int) -> Sequence[int]:
        """Bind a UDP socket and a TCP listener on each address; return the ports.

        Port 0 takes any port that is free for both. Raises `Misconfigured` when an address is
        not ours, is the unspecified address, or its port is busy.
        """
        ...

    async def close(self) -> None:
        """Close all sockets and connections and forget everything."""
        ...

    def send(self, path: Path, datagram: bytes) -> None:
        """Send a STUN or DTLS datagram; what the network does not take at once is lost."""
        ...

    def add_leg(self, leg: LegNumber) -> None:
        """Make room for a browser connection."""
        ...

    def bind(self, leg: LegNumber, path: Path) -> None:
        """What comes from this address is the leg's from now on."""
        ...

    def route(self, leg: LegNumber, path: Path) -> None:
        """What the leg is sent goes there from now on."""
        ...

    def secure(self, leg: LegNumber, keys: SrtpMaterial) -> None:
        """The leg's keys are known; media may flow."""
        ...

    def remove_leg(self, leg: LegNumber) -> None:
        """Forget a leg with its addresses, connections, m-lines and subscriptions."""
        ...

    def add_track(self, track: TrackNumber, kind: Kind, *, muted: bool = False) -> None:
        """Make a track that m-lines may carry and subscriptions may follow."""
        ...

    def mute(self, track: TrackNumber, muted: bool) -> None:
        """Forward nothing of a track, or forward it again."""
        ...

    def play(self, track: TrackNumber, clip: Clip) -> None:
        """Have an audio track come from here: the clip over and over, while somebody follows it.

        Its layers are the clip's formats; a subscription follows one that its subscriber speaks.
        """
        ...

    def remove_track(self, track: TrackNumber) -> None:
        """Forget a track with its subscriptions."""
        ...

    def publish(self, leg: LegNumber, plan: PublishPlan) -> None:
        """Take the whole list of m-lines of a publish leg; one that is missing is forgotten."""
        ...

    def subscribe(self, number: SubscriptionNumber, plan: SubscriptionPlan) -> None:
        """Begin to send a track to a leg, once `follow` names a layer."""
        ...

    def follow(self, number: SubscriptionNumber, rid: str | None) -> None:
        """Aim at a layer, reached on its next keyframe, which is asked for; None: send nothing."""
        ...

    def redirect(
        self,
        number: SubscriptionNumber,
        track: TrackNumber,
        formats: Sequence[tuple[str, int]],
    ) -> None:
        """Have a subscription send another track of the same kind, its numbers going on.

        It sends nothing until `follow` names a layer of that track.
        """
        ...

    def unsubscribe(self, number: SubscriptionNumber) -> None:
        """Stop sending a track to a leg."""
        ...

    def leg_counters(self, leg: LegNumber) -> LegCounters:
        """Counters of one leg."""
        ...

    def layer_counters(self, track: TrackNumber) -> Sequence[LayerCounters]:
        """Counters of the layers of one track, as its publisher listed them."""
        ...

    def subscription_counters(self, number: SubscriptionNumber) -> SubscriptionCounters:
        """Counters of one subscription."""
        ...

    def sizes(self) -> Sizes:
        """How much there is."""
        ...

    def totals(self) -> Totals:
        """What passed since `open`."""
        ...

    def take_delays(self) -> Sequence[int]:
        """Microseconds from the kernel's reception of a packet until it was sent to everybody: of
        one in sixteen since the last call."""
        ...
