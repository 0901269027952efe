"""What goes out on one publish connection: sources in their rhythm, repairs, sender reports."""

from __future__ import annotations

from collections.abc import Callable

from media.load.histogram import Histogram
from media.load.sources import Pictures, Source
from media.sfu.datapath import rtcp, rtcp_write
from media.sfu.timers import Timers
from offhook.core.clock import SECOND, Micros

REPORT_INTERVAL = SECOND
CNAME = "load"
#: A source that is this late does not catch up: the process was held up.
_TOO_LATE = SECOND


class Transmitter:
    """Sends until it is stopped; `late` counts by how much each time was missed."""

    def __init__(
        self,
        send_rtp: Callable[[bytes], None],
        send_rtcp: Callable[[bytes], None],
        timers: Timers,
        late: Histogram,
    ) -> None:
        self._send_rtp = send_rtp
        self._send_rtcp = send_rtcp
        self._timers = timers
        self._late = late
        self.sources: list[Source] = []
        self._running = False

    def start(self, now: int) -> None:
        """Send from now on."""
        self._running = True
        for source in self.sources:
            self._send(source, now)
        self._report(Micros(now))

    def stop(self) -> None:
        """Send nothing new any more; what is asked for again is still sent."""
        self._running = False

    def on_rtcp(self, data: bytes) -> None:
        """Answer what the server asks for; raise `RtcpError` when it cannot be read."""
        for message in rtcp.parse(data):
            if isinstance(message, rtcp.Nack):
                self._repair(message)
            elif isinstance(message, rtcp.KeyframeRequest):
                self._refresh(message)

    def _send(self, source: Source, due: int) -> None:
        if not self._running:
            return
        now = self._timers.now()
        self._late.add(now - due)
        for packet in source.make(now):
            self._send_rtp(packet)
        base = now if now - due > _TOO_LATE else due
        following = base + source.interval
        self._timers.at(following, lambda _: self._send(source, following))

    def _repair(self, nack: rtcp.Nack) -> None:
        for source in self.sources:
            if source.stream.plan.ssrc == nack.ssrc:
                for packet in source.stream.repair(nack.sequences):
                    self._send_rtp(packet)

    def _refresh(self, request: rtcp.KeyframeRequest) -> None:
        """A keyframe at once: somebody waits for it, and the next picture may be far."""
        for source in self.sources:
            if isinstance(source, Pictures) and source.stream.plan.ssrc == request.ssrc:
                source.refresh()
                if self._running:
                    for packet in source.make(self._timers.now()):
                        self._send_rtp(packet)

    def _report(self, now: Micros) -> None:
        if not self._running:
            return
        for source in self.sources:
            report = rtcp_write.sender_report(source.stream.report(now))
            name = rtcp_write.source_description(source.stream.plan.ssrc, CNAME)
            self._send_rtcp(report + name)
        self._timers.at(now + REPORT_INTERVAL, self._report)
