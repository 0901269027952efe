"""What the datapath counts: snapshots that control asks for, at low rate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LegCounters:
    """One leg. `round_trip` in microseconds; `refused` packets failed
    authentication, could not be read, or were more than one connection may send.

    `expected` and `lost` count what its publisher sent to us; `sent` and `missed` what its
    receiver reports tell of the packets we sent.
    """

    packets_in: int
    packets_out: int
    refused: int
    round_trip: int | None
    expected: int
    lost: int
    sent: int
    missed: int


@dataclass(frozen=True, slots=True)
class LayerCounters:
    """One incoming stream; `bitrate` in bits per second over the last second."""

    rid: str
    ssrc: int | None
    format: str
    active: bool
    bitrate: int
    width: int | None
    height: int | None
    received: int
    lost: int
    repaired: int
    keyframes: int
    keyframe_requests: int


@dataclass(frozen=True, slots=True)
class SubscriptionCounters:
    """One track towards one subscriber; `loss` is the fraction of its last receiver report."""

    layer: str | None
    packets: int
    retransmitted: int
    nacked: int
    loss: float


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each thing the datapath holds; all zero when everybody has gone."""

    legs: int
    addresses: int
    connections: int
    tracks: int
    subscriptions: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Since the datapath was opened: media packets that came and that left, and datagrams that the
    network did not take."""

    packets_in: int
    packets_out: int
    unsent: int
