"""A leg in numbers: what was sent and heard, lost and late, and how it sounded."""

from __future__ import annotations

from dataclasses import dataclass

from media.rtp.outgoing import Outgoing
from media.rtp.playout import Playout
from media.rtp.quality import estimate
from media.rtp.rtcp import RtcpSession

#: One frame at each end, in microseconds: what a packet waits to be full, and an ear to be fed.
_FRAMING = 40_000


@dataclass(frozen=True, slots=True)
class Statistics:
    """A leg in numbers; times in microseconds, losses 0 to 1, None where nobody said."""

    sent: int
    received: int
    expected: int
    lost: int
    late: int
    duplicate: int
    reordered: int
    discarded: int
    concealed: int
    jitter: int
    target: int
    drift: float | None
    round_trip: int | None
    remote_loss: float | None
    remote_jitter: int | None
    rating: float
    mos: float


def measured(outgoing: Outgoing, playout: Playout, rtcp: RtcpSession) -> Statistics:
    """The numbers of a leg now."""
    buffer, remote = playout.buffer, rtcp.remote
    counts, trip = buffer.counts, remote.round_trip if remote else None
    missed = (max(0, rtcp.lost) + counts.late + counts.discarded) / max(1, rtcp.expected)
    delay = (trip or 0) // 2 + buffer.target + _FRAMING
    quality = estimate(playout.codec.name, delay=delay, loss=missed)
    return Statistics(
        sent=outgoing.packets,
        received=rtcp.received_packets,
        expected=rtcp.expected,
        lost=rtcp.lost,
        late=counts.late,
        duplicate=counts.duplicate,
        reordered=counts.reordered,
        discarded=counts.discarded,
        concealed=playout.played.concealed,
        jitter=rtcp.jitter,
        target=buffer.target,
        drift=buffer.delays.drift,
        round_trip=trip,
        remote_loss=remote.fraction_lost if remote else None,
        remote_jitter=remote.jitter if remote else None,
        rating=quality.rating,
        mos=quality.mos,
    )
