"""All subscriptions of one subscribe leg, and the feedback that comes back for them."""

from __future__ import annotations

from collections.abc import Callable

from media.sfu.datapath import rtcp, rtcp_write
from media.sfu.datapath.delivery import DeliveryMeter
from media.sfu.datapath.port import Delivery
from media.sfu.datapath.subscription import Subscription
from offhook.core.clock import SECOND, Micros

#: Retransmissions of one leg each second; a burst of loss on three cameras is a few hundred.
MAX_REPAIRS = 2000


class Subscriber:
    """`transport` is the last transport-wide sequence number; `ready` once packets can leave."""

    __slots__ = (
        "_by_ssrc",
        "_deliver",
        "_now",
        "_repairs",
        "_repairs_renewed",
        "_send_rtcp",
        "delivery",
        "ready",
        "round_trip",
        "send_rtp",
        "transport",
    )

    def __init__(
        self,
        send_rtp: Callable[[bytes], None],
        send_rtcp: Callable[[bytes], None],
        now: Callable[[], Micros],
        deliver: Callable[[Delivery], None],
        *,
        ready: bool,
    ) -> None:
        self.send_rtp = send_rtp
        self._send_rtcp = send_rtcp
        self._now = now
        self.ready = ready
        self._deliver = deliver
        self.delivery = DeliveryMeter()
        self.transport = 0
        self.round_trip: int | None = None
        self._by_ssrc: dict[int, Subscription] = {}
        self._repairs = MAX_REPAIRS
        self._repairs_renewed = 0

    def now(self) -> Micros:
        """The time of the datapath."""
        return self._now()

    def next_transport(self, size: int, now: int) -> int:
        """The next transport-wide sequence number, for a packet of so many bytes."""
        self.transport = number = self.transport + 1 & 0xFFFF
        self.delivery.note(number, size, now)
        return number

    def may_repair(self, now: int) -> bool:
        """Whether one more packet may be sent again: who asks for all of them again and again does
        not have us send a multiple of what it sends."""
        if now - self._repairs_renewed >= SECOND:
            self._repairs, self._repairs_renewed = MAX_REPAIRS, now
        self._repairs -= 1
        return self._repairs >= 0

    def add(self, subscription: Subscription) -> None:
        """Take a subscription; packets flow when it follows a layer and the leg is ready."""
        self._by_ssrc[subscription.ssrc] = subscription

    def remove(self, subscription: Subscription) -> None:
        """Let go of a subscription."""
        self._by_ssrc.pop(subscription.ssrc, None)

    def begin(self) -> None:
        """Keys and path are known: subscriptions ask for their first keyframes."""
        self.ready = True
        for subscription in self._by_ssrc.values():
            subscription.aim()

    def send_report(self, report: rtcp.SenderReport, cname: str) -> None:
        """Send a sender report with the name that joins audio and video."""
        self._send_rtcp(
            rtcp_write.sender_report(report) + rtcp_write.source_description(report.ssrc, cname)
        )

    def on_rtcp(self, data: bytes, now: int) -> None:
        """Take one decrypted RTCP packet of the subscriber."""
        for message in rtcp.parse(data):
            match message:
                case rtcp.Nack(ssrc, sequences):
                    if found := self._by_ssrc.get(ssrc):
                        found.on_nack(sequences, now)
                case rtcp.KeyframeRequest(ssrc):
                    if found := self._by_ssrc.get(ssrc):
                        found.on_keyframe_request(now)
                case rtcp.ReceiverReport(_, reports) | rtcp.SenderReport(reports=reports):
                    self._on_reports(reports, now)
                case rtcp.TransportFeedback():
                    delivered = self.delivery.on_feedback(message, now)
                    if delivered is not None:
                        self._deliver(delivered)
                case _:
                    pass

    def _on_reports(self, reports: tuple[rtcp.Report, ...], now: int) -> None:
        for report in reports:
            if found := self._by_ssrc.get(report.ssrc):
                round_trip = found.on_report(report, now)
                if round_trip is not None:
                    self.round_trip = round_trip

    def totals(self) -> tuple[int, int]:
        """Packets sent and missed, as transport-wide feedback tells, or else receiver reports.

        Reports count what was lost on its way to us too.
        """
        if self.delivery.sent:
            return self.delivery.sent, self.delivery.lost
        subscriptions = self._by_ssrc.values()
        return sum(s.sent for s in subscriptions), sum(s.missed for s in subscriptions)
