"""All streams of one publish leg: routing by SSRC, mid and rid, and the feedback to its browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from media.sfu.datapath import rtcp, rtcp_write, rtp
from media.sfu.datapath.arrivals import ArrivalLog
from media.sfu.datapath.context import Context
from media.sfu.datapath.layer import Layer
from media.sfu.datapath.line import Line
from media.sfu.datapath.plans import PublishPlan, TrackNumber
from media.sfu.datapath.sender_clock import middle, ntp_now
from media.sfu.datapath.track import Track
from offhook.core.clock import SECOND, Micros

#: RTCP sender SSRC of a leg that sends no media; libwebrtc uses the same.
RECEIVER_SSRC = 1
CNAME = "offhook"
FEEDBACK_INTERVAL = 50_000
REPORT_INTERVAL = SECOND // 2
NACK_INTERVAL = 10_000
#: What a round trip is taken for until one was measured.
USUAL_ROUND_TRIP = 50_000
#: SSRCs of one leg; a browser with thirty simulcast tracks has 180.
MAX_ROUTES = 512

_Route = tuple[Line, Layer, bool]


class Publisher:
    """Takes the decrypted packets of one publish leg."""

    def __init__(self, send_rtcp: Callable[[bytes], None], context: Context) -> None:
        self._send_rtcp = send_rtcp
        self._context = context
        self.lines: dict[str, Line] = {}
        self._routes: dict[int, _Route] = {}
        self._plan = PublishPlan(())
        self._repairs: dict[int, int] = {}
        self.forwarded: dict[int, int] = {}
        self.level_id = 0
        self._transport_cc_id = 0
        self._arrivals = ArrivalLog()
        self._report_at = 0
        self._nacking = False
        self._reference = (0, 0)
        self.round_trip: int | None = None
        self.unrouted = 0
        self._closed = False

    def update(self, plan: PublishPlan, tracks: Mapping[TrackNumber, Track]) -> None:
        """Take the result of a negotiation: new m-lines appear, missing ones go."""
        self._plan = plan
        self._repairs = dict(plan.repairs)
        self.forwarded = dict(plan.forwarded)
        self.level_id = plan.level_id or 0
        self._transport_cc_id = plan.transport_cc_id or 0
        for mid in self.lines.keys() - {line.mid for line in plan.lines}:
            self._forget(self.lines.pop(mid))
        for wanted in plan.lines:
            line = self.lines.get(wanted.mid)
            if line is None:
                line = self.lines[wanted.mid] = Line(wanted, self, self._context)
            for ssrc, repair in wanted.known:
                layer = next(iter(line.layers.values()))
                self._bind(ssrc, line, layer, repair=False)
                if repair:
                    self._bind(repair, line, layer, repair=True)
            line.update(wanted, tracks[wanted.track] if wanted.track is not None else None)

    def _forget(self, line: Line) -> None:
        line.close()
        self._routes = {ssrc: route for ssrc, route in self._routes.items() if route[0] is not line}

    def _bind(self, ssrc: int, line: Line, layer: Layer, *, repair: bool) -> None:
        before = layer.rtx_ssrc if repair else layer.ssrc
        if before is not None and before != ssrc:
            self._routes.pop(before, None)
        if len(self._routes) >= MAX_ROUTES:
            return
        if repair:
            layer.rtx_ssrc = ssrc
        else:
            layer.bind(ssrc)
        self._routes[ssrc] = (line, layer, repair)

    # packets

    def on_rtp(self, data: bytes, now: int, arrived: int) -> None:
        """Take one decrypted packet; raise `RtpError` when it cannot be read.

        `arrived` is for feedback only: microseconds of any clock, always the same one.
        """
        packet = rtp.parse(data)
        number = packet.extensions.get(self._transport_cc_id)
        if (
            number is not None
            and len(number) == 2
            and self._arrivals.add(number[0] << 8 | number[1], arrived)
        ):
            self._context.timers.at(now + FEEDBACK_INTERVAL, self._send_feedback)
        route = self._routes.get(packet.ssrc) or self._discover(packet)
        if route is None:
            self.unrouted += 1
            return
        line, layer, repair = route
        if repair:
            self._on_repair(line, layer, packet, now)
            return
        index = layer.unwrap.take(packet.sequence)
        if index is None:
            return
        layer.rate.add(len(data), now)
        layer.reception.add(index, packet.timestamp, now)
        if layer.gaps.add(index, now):
            line.take(layer, packet, index, now)
        else:
            layer.duplicates += 1
        if line.kind == "video" and layer.gaps and not self._nacking:
            self._nacking = True
            self._context.timers.at(now + NACK_INTERVAL, self._send_nacks)
        if now >= self._report_at:
            self._send_reports(now)

    def _on_repair(self, line: Line, layer: Layer, packet: rtp.RtpPacket, now: int) -> None:
        """A retransmission, or a copy sent to probe the bandwidth: new only if it fills a gap."""
        repaired = self._repairs.get(packet.payload_type)
        if repaired is None or layer.ssrc is None or layer.unwrap.highest < 0:
            return
        original = rtp.unwrap_rtx(packet, repaired, layer.ssrc)
        if original is None:
            return
        index = layer.unwrap.index(original.sequence)
        if index <= layer.unwrap.highest and layer.gaps.add(index, now):
            layer.repaired += 1
            line.take(layer, original, index, now)
        else:
            layer.duplicates += 1

    def _discover(self, packet: rtp.RtpPacket) -> _Route | None:
        """First packet of an SSRC: bind it by mid and (repaired) rid (RFC 8843, 8852).

        Without a mid, a payload type that only one m-line has will do.
        """
        plan = self._plan
        mid = _text(packet, plan.mid_id)
        line = self.lines.get(mid) if mid else self._only_line(packet.payload_type)
        if line is None:
            return None
        repaired = _text(packet, plan.repaired_rid_id)
        repair = bool(repaired) or packet.payload_type in self._repairs
        layer = line.layers.get(repaired or _text(packet, plan.rid_id))
        if layer is None:
            return None
        self._bind(packet.ssrc, line, layer, repair=repair)
        return self._routes.get(packet.ssrc)

    def _only_line(self, payload_type: int) -> Line | None:
        media_type = self._repairs.get(payload_type, payload_type)
        lines = [line for line in self.lines.values() if media_type in line.formats]
        return lines[0] if len(lines) == 1 else None

    def on_rtcp(self, data: bytes, now: int) -> None:
        """Take one decrypted RTCP packet: clocks, and the echo of our reference time."""
        for message in rtcp.parse(data):
            if isinstance(message, rtcp.SenderReport):
                route = self._routes.get(message.ssrc)
                if route is not None and not route[2]:
                    route[1].on_sender_report(message, now)
            elif isinstance(message, rtcp.RoundTripEcho):
                sent_as, sent_at = self._reference
                if message.last_rr == sent_as and sent_as:
                    delay = message.delay * SECOND >> 16
                    self.round_trip = max(0, now - sent_at - delay)

    # feedback

    def request_keyframes(self, ssrcs: list[int]) -> None:
        """Ask for keyframes of these streams in one packet."""
        self._send_rtcp(b"".join(rtcp_write.pli(RECEIVER_SSRC, ssrc) for ssrc in ssrcs))

    def _send_feedback(self, _now: Micros) -> None:
        if self._closed:
            return
        media = next(iter(self._routes), 0)
        data = self._arrivals.feedback(RECEIVER_SSRC, media)
        if data is not None:
            self._send_rtcp(data)

    def _send_nacks(self, now: Micros) -> None:
        """Ask for what is missing, as long as something is."""
        if self._closed:
            return
        missing = False
        for layer in self._layers("video"):
            if layer.ssrc is not None and layer.gaps:
                indexes = layer.gaps.due(now, self.round_trip or USUAL_ROUND_TRIP)
                if indexes:
                    numbers = [layer.unwrap.sequence(index) for index in indexes]
                    self._send_rtcp(rtcp_write.nack(RECEIVER_SSRC, layer.ssrc, numbers))
                missing = missing or bool(layer.gaps)
        self._nacking = missing
        if missing:
            self._context.timers.at(now + NACK_INTERVAL, self._send_nacks)

    def _send_reports(self, now: int) -> None:
        self._report_at = now + REPORT_INTERVAL
        reports = [layer.report(now) for layer in self._layers() if layer.ssrc is not None]
        reference = ntp_now(now)
        self._reference = (middle(reference), now)
        for start in range(0, len(reports), 31):
            self._send_rtcp(
                rtcp_write.receiver_report(RECEIVER_SSRC, reports[start : start + 31])
                + rtcp_write.source_description(RECEIVER_SSRC, CNAME)
                + rtcp_write.reference_time(RECEIVER_SSRC, reference)
            )

    def _layers(self, kind: str | None = None) -> list[Layer]:
        return [
            layer
            for line in self.lines.values()
            if kind is None or line.kind == kind
            for layer in line.layers.values()
        ]

    def totals(self) -> tuple[int, int]:
        """Packets expected and lost on all streams, before repair."""
        layers = self._layers()
        return (
            sum(layer.reception.expected for layer in layers),
            sum(max(0, layer.reception.lost) for layer in layers),
        )

    def close(self) -> None:
        """The leg is gone: its tracks rest."""
        self._closed = True
        for line in self.lines.values():
            line.close()
        self.lines.clear()
        self._routes.clear()


def _text(packet: rtp.RtpPacket, number: int | None) -> str:
    return packet.extensions.get(number or 0, b"").decode("ascii", "replace")
