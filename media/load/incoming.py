"""One RTP stream that a light participant receives: what came, was lost, was repaired. Pure."""

from __future__ import annotations

from media.load.descriptions import Heard
from media.load.histogram import Histogram
from media.load.stamp import Stamp
from media.sfu.datapath import rtp
from media.sfu.datapath.gaps import Gaps
from media.sfu.datapath.reception import Reception, Unwrap
from media.sfu.datapath.rtcp import Report, SenderReport
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.datapath.sender_clock import middle
from offhook.core.clock import SECOND

#: What a round trip is taken for; both ends are on one machine, or near.
_ROUND_TRIP = 20_000


class Incoming:
    """Counts; the times that packets took go to `delays`."""

    def __init__(self, heard: Heard, delays: Histogram) -> None:
        self.heard = heard
        self.gaps = Gaps()
        self.octets = self.repaired = 0
        self._delays = delays
        self._unwrap = Unwrap()
        self._reception = Reception(heard.clock_rate)
        self._first: tuple[int, int] | None = None
        self._last = (0, 0)
        self._sender = (0, 0)
        self._gave_up = 0

    def take(self, packet: RtpPacket, now: int) -> None:
        """Count a packet of the stream itself."""
        index = self._unwrap.take(packet.sequence)
        if index is None or not self.gaps.add(index, now):
            return
        self._reception.add(index, packet.timestamp, now)
        self._count(packet, index, now)

    def repair(self, packet: RtpPacket, now: int) -> None:
        """Take a retransmission; it counts when it fills a gap."""
        original = rtp.unwrap_rtx(packet, 0, self.heard.ssrc)
        if original is None or self._unwrap.highest < 0:
            return
        index = self._unwrap.index(original.sequence)
        if index <= self._unwrap.highest and self.gaps.add(index, now):
            self.repaired += 1
            self._count(original, index, now)

    def _count(self, packet: RtpPacket, index: int, now: int) -> None:
        self.octets += len(packet.payload)
        stamp = Stamp.parse(packet.payload)
        if stamp is None:
            return
        self._delays.add(now - stamp.made)
        if self._first is None:
            self._first = self._last = (index, stamp.number)
        elif index > self._last[0]:
            self._last = (index, stamp.number)

    # figures

    @property
    def expected(self) -> int:
        """How many packets were sent to us, by their numbers."""
        return self._reception.expected

    @property
    def received(self) -> int:
        """How many of them came, first time or by repair."""
        return self._reception.received + self.repaired

    @property
    def withheld(self) -> int:
        """How many packets of the publisher the server numbered away: a stream that it paused."""
        if self._first is None:
            return 0
        made = self._last[1] - self._first[1]
        return max(0, made - (self._last[0] - self._first[0]))

    # feedback

    def missing(self, now: int) -> list[int]:
        """The sequence numbers to ask for now, as they stand on the wire."""
        return [self._unwrap.sequence(index) for index in self.gaps.due(now, _ROUND_TRIP)]

    def broken(self) -> bool:
        """Whether a packet was given up since the last call: a decoder would want a keyframe."""
        before, self._gave_up = self._gave_up, self.gaps.gave_up
        return self.gaps.gave_up > before

    def on_sender_report(self, report: SenderReport, now: int) -> None:
        """Remember it: our reports name it, and the server learns the round trip."""
        self._sender = (middle(report.ntp), now)

    def report(self, now: int) -> Report | None:
        """The next report block; None before the first packet."""
        if self._unwrap.highest < 0:
            return None
        last, at = self._sender
        delay = (now - at) * 65536 // SECOND if last else 0
        return self._reception.report(self.heard.ssrc, self._unwrap.extended, last, delay)
