"""One leg inside the datapath: SRTP in and out, and the publisher or subscriber behind it."""

from __future__ import annotations

from collections.abc import Callable

from media.sfu.datapath.context import Context
from media.sfu.datapath.figures import LegCounters
from media.sfu.datapath.intake import Intake
from media.sfu.datapath.plans import LegNumber, Path, SrtpMaterial
from media.sfu.datapath.port import Delivery
from media.sfu.datapath.publisher import Publisher
from media.sfu.datapath.rtcp import RtcpError
from media.sfu.datapath.rtp import RtpError
from media.sfu.datapath.srtp import Srtp, SrtpError
from media.sfu.datapath.subscriber import Subscriber
from offhook.core.clock import Micros

Send = Callable[[bytes], None]
#: RTCP packet types, as they stand in the second byte (RFC 5761).
_RTCP_FIRST, _RTCP_LAST = 192, 223


class LegIo:
    """Refuses what does not authenticate, drops what cannot be sent yet."""

    __slots__ = (
        "_context",
        "_send",
        "_srtp",
        "broken",
        "intake",
        "number",
        "packets_in",
        "packets_out",
        "path",
        "publisher",
        "refused",
        "subscriber",
    )

    def __init__(self, number: LegNumber, context: Context) -> None:
        self.number = number
        self._context = context
        self._srtp: Srtp | None = None
        self._send: Send | None = None
        self.path: Path | None = None
        self.publisher: Publisher | None = None
        self.subscriber: Subscriber | None = None
        self.packets_in = self.packets_out = self.refused = self.broken = 0
        self.intake = Intake()

    # control

    def secure(self, keys: SrtpMaterial) -> None:
        """Take the keys of the handshake."""
        self._srtp = Srtp(keys)
        self._begin()

    def route(self, path: Path, send: Send) -> None:
        """Send there from now on."""
        self.path, self._send = path, send
        self._begin()

    def lose_route(self) -> None:
        """The connection that packets went by has ended."""
        self.path = self._send = None

    @property
    def ready(self) -> bool:
        """Whether packets can leave."""
        return self._srtp is not None and self._send is not None

    def _begin(self) -> None:
        if self.subscriber is not None and self.ready and not self.subscriber.ready:
            self.subscriber.begin()

    def as_publisher(self) -> Publisher:
        """The publishing side of this leg, made at its first negotiation."""
        if self.publisher is None:
            self.publisher = Publisher(self.send_rtcp, self._context)
        return self.publisher

    def as_subscriber(self) -> Subscriber:
        """The subscribing side of this leg, made at its first subscription."""
        if self.subscriber is None:
            self.subscriber = Subscriber(
                self.send_rtp,
                self.send_rtcp,
                self._context.timers.now,
                self._deliver,
                ready=self.ready,
            )
        return self.subscriber

    # packets

    def on_media(self, data: bytes, now: Micros, arrived: int) -> None:
        """Take one SRTP or SRTCP packet, which `arrived` by a clock of its own."""
        srtp = self._srtp
        if srtp is None or len(data) < 12:
            return
        self.packets_in += 1
        try:
            if _RTCP_FIRST <= data[1] <= _RTCP_LAST:
                plain = srtp.unprotect_rtcp(data)
                if self.intake.takes_report(now):
                    self._on_rtcp(plain, now)
                else:
                    self._on_too_much()
            elif self.publisher is not None:
                plain = srtp.unprotect(data)
                if self.intake.takes(len(data), now):
                    self.publisher.on_rtp(plain, now, arrived)
                else:
                    self._on_too_much()
        except SrtpError:
            self.refused += 1
        except (RtpError, RtcpError):
            self.broken += 1

    def _on_too_much(self) -> None:
        if self.intake.flooded and self._srtp is not None:
            self._srtp = None
            self._context.watcher.on_flood(self.number)

    def _on_rtcp(self, plain: bytes, now: Micros) -> None:
        if self.publisher is not None:
            self.publisher.on_rtcp(plain, now)
        if self.subscriber is not None:
            self.subscriber.on_rtcp(plain, now)

    def send_rtp(self, plain: bytes) -> None:
        """Protect and send one RTP packet."""
        srtp, send = self._srtp, self._send
        if srtp is None or send is None:
            return
        try:
            send(srtp.protect(plain))
        except (SrtpError, ValueError):
            self.refused += 1
        else:
            self.packets_out += 1

    def send_rtcp(self, plain: bytes) -> None:
        """Protect and send one RTCP packet."""
        srtp, send = self._srtp, self._send
        if srtp is None or send is None:
            return
        try:
            send(srtp.protect_rtcp(plain))
        except (SrtpError, ValueError):
            self.refused += 1

    def _deliver(self, delivery: Delivery) -> None:
        self._context.watcher.on_delivery(self.number, delivery)

    def counters(self) -> LegCounters:
        """What was counted so far."""
        publisher, subscriber = self.publisher, self.subscriber
        expected, lost = publisher.totals() if publisher else (0, 0)
        sent, missed = subscriber.totals() if subscriber else (0, 0)
        round_trip = subscriber.round_trip if subscriber else None
        if round_trip is None and publisher is not None:
            round_trip = publisher.round_trip
        return LegCounters(
            packets_in=self.packets_in,
            packets_out=self.packets_out,
            refused=self.refused + self.broken + self.intake.dropped,
            round_trip=round_trip,
            expected=expected,
            lost=lost,
            sent=sent,
            missed=missed,
        )

    def close(self) -> None:
        """The leg is gone."""
        if self.publisher is not None:
            self.publisher.close()
        self._srtp = self._send = None
