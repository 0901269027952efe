"""RTCP of one leg: what we say of the stream and hear about ours, and when (RFC 3550, 6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from media.sfu.datapath import rtcp_write
from media.sfu.datapath.reception import Reception, Unwrap
from media.sfu.datapath.rtcp import Bye, ReceiverReport, Report, SenderReport, parse
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.datapath.sender_clock import middle, ntp_now
from offhook.core.clock import SECOND, Micros

#: The least time between two reports (RFC 3550, 6.2), and the share of the bandwidth they take.
MINIMUM, SHARE = 5 * SECOND, 0.05
#: IP, UDP: counted in the average size of a report.
_OVERHEAD = 28
#: e - 3/2: what reconsideration takes away is given back (RFC 3550, 6.3.1).
_COMPENSATION = 1.21828
#: A round trip beyond this is nonsense.
_LONGEST_TRIP = 60 * SECOND


def interval(average: float, bandwidth: float, *, members: int, first: bool, luck: float) -> Micros:
    """Time to the next report (RFC 3550, A.7).

    `average` bytes of a report with its headers, `bandwidth` of the session in bytes a second,
    `luck` drawn evenly from 0 to 1.
    """
    minimum = MINIMUM / 2 if first else MINIMUM
    needed = members * average / (SHARE * bandwidth) * SECOND
    return Micros(round(max(needed, minimum) * (0.5 + luck) / _COMPENSATION))


@dataclass(frozen=True, slots=True)
class RemoteView:
    """What the other end says of our stream: loss 0 to 1, jitter and round trip in microseconds."""

    fraction_lost: float
    lost: int
    jitter: int
    round_trip: int | None


class RtcpSession:
    """The reports of a leg with one source on each side. `luck` draws evenly from 0 to 1."""

    __slots__ = (
        "_average",
        "_bandwidth",
        "_clock_rate",
        "_cname",
        "_extended",
        "_heard_at",
        "_last_sr",
        "_luck",
        "_octets",
        "_other",
        "_packets",
        "_reception",
        "_sent_at",
        "_sent_rtp",
        "_source",
        "_ssrc",
        "_unwrap",
        "deadline",
        "left",
        "remote",
    )

    def __init__(
        self,
        ssrc: int,
        cname: str,
        clock_rate: int,
        now: Micros,
        luck: Callable[[], float],
        *,
        bandwidth: int = 10_000,
    ) -> None:
        self._ssrc, self._cname, self._clock_rate = ssrc, cname, clock_rate
        self._luck, self._bandwidth = luck, bandwidth
        self._packets = self._octets = self._sent_rtp = 0
        self._sent_at: Micros | None = None
        self._average = 100.0
        self.remote: RemoteView | None = None
        self.left = False
        self._listen_to(None)
        self.deadline = self._after(now, first=True)

    def _listen_to(self, source: int | None) -> None:
        self._source = source
        self._other: tuple[int, int] | None = None
        self._unwrap = Unwrap()
        self._reception = Reception(self._clock_rate)
        self._extended = self._last_sr = 0
        self._heard_at = Micros(0)

    def change(self, clock_rate: int) -> None:
        """Go on with another clock, as a new codec has; what came is counted anew."""
        if clock_rate != self._clock_rate:
            self._clock_rate = clock_rate
            self._listen_to(self._source)

    # --- counting ------------------------------------------------------------------------------

    def sent(self, timestamp: int, size: int, now: Micros) -> None:
        """Count a packet of ours with `size` bytes of payload."""
        self._packets += 1
        self._octets += size
        self._sent_rtp, self._sent_at = timestamp, now

    def received(self, packet: RtpPacket, now: Micros, *, steady: bool = True) -> None:
        """Count a packet of theirs; one whose timestamp stands still says nothing of jitter.

        Another source is believed when its second packet follows the first.
        """
        if packet.ssrc != self._source and not self._believes(packet):
            return
        index = self._unwrap.take(packet.sequence)
        if index is None:
            return
        self._extended = self._unwrap.extended
        if steady:
            self._reception.add(index, packet.timestamp, now)
        else:
            self._reception.count(index)

    def _believes(self, packet: RtpPacket) -> bool:
        expected, self._other = self._other, (packet.ssrc, packet.sequence + 1 & 0xFFFF)
        if self._source is None or expected == (packet.ssrc, packet.sequence):
            self._listen_to(packet.ssrc)
            return True
        return False

    @property
    def received_packets(self) -> int:
        """Packets of theirs that came."""
        return self._reception.received

    @property
    def lost(self) -> int:
        """Packets of theirs that did not come."""
        return self._reception.lost

    @property
    def expected(self) -> int:
        """Packets that they sent, as far as we can tell."""
        return self._reception.expected

    @property
    def jitter(self) -> int:
        """Interarrival jitter in microseconds (RFC 3550, A.8)."""
        return self._reception.jitter * SECOND // self._clock_rate

    # --- in ------------------------------------------------------------------------------------

    def take(self, data: bytes, now: Micros) -> None:
        """Read a packet; raise `RtcpError` when it is cut short."""
        self._weigh(len(data))
        for message in parse(data):
            match message:
                case SenderReport():
                    self._heard(message, now)
                    self._reported(message.reports, now)
                case ReceiverReport():
                    self._reported(message.reports, now)
                case Bye(ssrcs=ssrcs) if self._source in ssrcs:
                    self.left = True
                case _:
                    pass

    def _heard(self, report: SenderReport, now: Micros) -> None:
        if report.ssrc == self._source:
            self._last_sr, self._heard_at = middle(report.ntp), now

    def _reported(self, reports: tuple[Report, ...], now: Micros) -> None:
        for report in reports:
            if report.ssrc == self._ssrc:
                self.remote = RemoteView(
                    report.fraction_lost / 256,
                    report.lost,
                    report.jitter * SECOND // self._clock_rate,
                    self._round_trip(report, now),
                )

    def _round_trip(self, report: Report, now: Micros) -> int | None:
        """Now, less when our report left, less how long it lay there (RFC 3550, 6.4.1)."""
        before = self.remote.round_trip if self.remote else None
        if not report.last_sr:
            return before
        units = middle(ntp_now(now)) - report.last_sr - report.delay & 0xFFFFFFFF
        if units >= 0x80000000:
            return 0 if units > 0xFFFFFFFF - 0x10000 else before
        trip = units * SECOND >> 16
        return trip if trip <= _LONGEST_TRIP else before

    # --- out -----------------------------------------------------------------------------------

    def due(self, now: Micros) -> bytes | None:
        """The next compound packet when its time has come."""
        if now < self.deadline:
            return None
        data = self.report(now)
        self._weigh(len(data))
        self.deadline = self._after(now, first=False)
        return data

    def report(self, now: Micros) -> bytes:
        """SR when we sent since the last two reports, else RR; and our name."""
        blocks = self._blocks(now)
        if self._sent_at is not None and now - self._sent_at <= 2 * MINIMUM:
            head = rtcp_write.sender_report(self._our_clocks(now, self._sent_at, blocks))
        else:
            head = rtcp_write.receiver_report(self._ssrc, blocks)
        return head + rtcp_write.source_description(self._ssrc, self._cname)

    def bye(self, now: Micros) -> bytes:
        """The last packet of a leg."""
        return self.report(now) + rtcp_write.goodbye(self._ssrc)

    def _our_clocks(self, now: Micros, sent_at: Micros, blocks: tuple[Report, ...]) -> SenderReport:
        ahead = (now - sent_at) * self._clock_rate // SECOND
        rtp = self._sent_rtp + ahead & 0xFFFFFFFF
        return SenderReport(self._ssrc, ntp_now(now), rtp, self._packets, self._octets, blocks)

    def _blocks(self, now: Micros) -> tuple[Report, ...]:
        if self._source is None:
            return ()
        delay = (now - self._heard_at << 16) // SECOND & 0xFFFFFFFF if self._last_sr else 0
        return (self._reception.report(self._source, self._extended, self._last_sr, delay),)

    def _weigh(self, size: int) -> None:
        self._average += (size + _OVERHEAD - self._average) / 16

    def _after(self, now: Micros, *, first: bool) -> Micros:
        wait = interval(self._average, self._bandwidth, members=2, first=first, luck=self._luck())
        return Micros(now + wait)
