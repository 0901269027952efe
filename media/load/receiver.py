"""Everything that arrives on one subscribe connection, and what is told of it to the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from media.load.descriptions import Heard
from media.load.histogram import Histogram
from media.load.incoming import Incoming
from media.sfu.datapath import rtcp, rtcp_write, rtp
from media.sfu.datapath.arrivals import ArrivalLog
from media.sfu.timers import Timers
from offhook.core.clock import SECOND, Micros

#: RTCP sender SSRC of an end that sends no media; libwebrtc uses the same.
RECEIVER_SSRC = 1
FEEDBACK_INTERVAL = 50_000
NACK_INTERVAL = 10_000
REPORT_INTERVAL = SECOND
_REPORTS = 31


class Receiver:
    """Counts the streams that were announced; asks again for lost video, reports arrivals."""

    def __init__(
        self, send_rtcp: Callable[[bytes], None], timers: Timers, delays: Histogram
    ) -> None:
        self._send = send_rtcp
        self._timers = timers
        self._delays = delays
        self._streams: dict[int, Incoming] = {}
        self._repairs: dict[int, Incoming] = {}
        self._past: list[Incoming] = []
        self._arrivals = ArrivalLog()
        self._transport_id: int | None = None
        self._nacking = False
        self._closed = False
        self._report_at = 0

    # what is announced

    def expect(self, heard: Iterable[Heard], transport_id: int | None) -> None:
        """Take the streams of the newest offer; those that are not in it have ended."""
        self._transport_id = transport_id
        wanted = {each.ssrc: each for each in heard}
        for ssrc in self._streams.keys() - wanted.keys():
            ended = self._streams.pop(ssrc)
            ended.gaps.clear()
            self._past.append(ended)
        for ssrc, each in wanted.items():
            if ssrc not in self._streams:
                self._streams[ssrc] = Incoming(each, self._delays)
        self._repairs = {
            stream.heard.repairs[0]: stream
            for stream in self._streams.values()
            if stream.heard.repairs is not None
        }

    def streams(self) -> list[Incoming]:
        """All streams, those that have ended among them."""
        return [*self._past, *self._streams.values()]

    @property
    def hears(self) -> bool:
        """Whether a packet has arrived."""
        return any(stream.received for stream in self._streams.values())

    # packets

    def on_rtp(self, data: bytes) -> None:
        """Take one decrypted packet; raise `RtpError` when it cannot be read."""
        packet = rtp.parse(data)
        now = self._timers.now()
        number = packet.extensions.get(self._transport_id or 0)
        if number is not None and self._arrivals.add(int.from_bytes(number), now):
            self._timers.at(now + FEEDBACK_INTERVAL, self._send_feedback)
        stream = self._streams.get(packet.ssrc)
        if stream is not None:
            stream.take(packet, now)
            if stream.gaps and stream.heard.nacks and not self._nacking:
                self._nacking = True
                self._timers.at(now + NACK_INTERVAL, self._send_nacks)
        elif (repaired := self._repairs.get(packet.ssrc)) is not None:
            repaired.repair(packet, now)
        if now >= self._report_at:
            self._send_reports(now)

    def on_rtcp(self, data: bytes) -> None:
        """Take one decrypted RTCP packet; raise `RtcpError` when it cannot be read."""
        for message in rtcp.parse(data):
            if isinstance(message, rtcp.SenderReport):
                stream = self._streams.get(message.ssrc)
                if stream is not None:
                    stream.on_sender_report(message, self._timers.now())

    # feedback

    def _send_feedback(self, _now: Micros) -> None:
        data = self._arrivals.feedback(RECEIVER_SSRC, next(iter(self._streams), 0))
        if data is not None and not self._closed:
            self._send(data)

    def _send_nacks(self, now: Micros) -> None:
        """Ask for what is missing, as long as something is."""
        if self._closed:
            return
        nacked = [stream for stream in self._streams.values() if stream.heard.nacks]
        for stream in nacked:
            ssrc = stream.heard.ssrc
            if missing := stream.missing(now):
                self._send(rtcp_write.nack(RECEIVER_SSRC, ssrc, missing))
            if stream.broken():
                self._send(rtcp_write.pli(RECEIVER_SSRC, ssrc))
        self._nacking = any(stream.gaps for stream in nacked)
        if self._nacking:
            self._timers.at(now + NACK_INTERVAL, self._send_nacks)

    def _send_reports(self, now: int) -> None:
        self._report_at = now + REPORT_INTERVAL
        blocks = (stream.report(now) for stream in self._streams.values())
        reports = [block for block in blocks if block is not None]
        for start in range(0, len(reports), _REPORTS):
            self._send(rtcp_write.receiver_report(RECEIVER_SSRC, reports[start : start + _REPORTS]))

    def close(self) -> None:
        """Tell nothing any more; the figures stay."""
        self._closed = True
