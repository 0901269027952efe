"""The figures of a media node, for Prometheus."""

from __future__ import annotations

from collections.abc import Sequence

from media.sfu.datapath.figures import Sizes, Totals
from offhook.core.clock import SECOND
from offhook.core.telemetry import Metrics

_DELAYS = (0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1)
_LOSSES = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_ROUND_TRIPS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)


class MediaFigures:
    """What is counted, each under its name without the prefix."""

    def __init__(self, metrics: Metrics) -> None:
        self._rooms = metrics.gauge("media_rooms", "Rooms that live on this media node")
        self._legs = metrics.gauge("media_legs", "Browser connections")
        self._tracks = metrics.gauge("media_tracks", "Published tracks")
        self._subscriptions = metrics.gauge("media_subscriptions", "Tracks sent to subscribers")
        self._packets = metrics.counter("media_packets", "Media packets", ("direction",))
        self._unsent = metrics.counter(
            "media_unsent", "Datagrams that the network did not take at once, and that were dropped"
        )
        self._delay = metrics.histogram(
            "media_forward_seconds",
            "From the kernel's reception of a packet until it has been sent to all, one in sixteen",
            buckets=_DELAYS,
        )
        self._loss = metrics.histogram(
            "media_loss_ratio",
            "Loss on a participant's legs, every two seconds",
            (),
            _LOSSES,
        )
        self._round_trip = metrics.histogram(
            "media_round_trip_seconds",
            "Round trip to a participant, every two seconds",
            buckets=_ROUND_TRIPS,
        )
        self._seen = Totals(0, 0, 0)

    def count(self, rooms: int, sizes: Sizes, totals: Totals, delays: Sequence[int]) -> None:
        """Take over what the datapath counted since the last call; `delays` in microseconds."""
        self._rooms.set(rooms)
        self._legs.set(sizes.legs)
        self._tracks.set(sizes.tracks)
        self._subscriptions.set(sizes.subscriptions)
        before, self._seen = self._seen, totals
        self._packets.labels("in").inc(totals.packets_in - before.packets_in)
        self._packets.labels("out").inc(totals.packets_out - before.packets_out)
        self._unsent.inc(totals.unsent - before.unsent)
        for delay in delays:
            self._delay.observe(delay / SECOND)

    def quality(self, loss: float, round_trip: float | None) -> None:
        """One measurement of one participant; the round trip in seconds."""
        self._loss.observe(loss)
        if round_trip is not None:
            self._round_trip.observe(round_trip)
