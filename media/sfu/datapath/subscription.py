"""One track on its way to one subscriber: renumbered, so that it looks like one stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from media.sfu.datapath import rtcp
from media.sfu.datapath.layer import Layer
from media.sfu.datapath.plans import SubscriptionPlan
from media.sfu.datapath.rtp import newer32, signed16
from media.sfu.datapath.sender_clock import middle, ntp_of
from media.sfu.datapath.shared import SharedPacket
from media.sfu.datapath.track import Track
from offhook.core.clock import SECOND, Micros

REPORT_INTERVAL = SECOND
#: Two requests for one packet so close together are one.
NACK_GUARD = 10_000
#: Layer switches that a retransmission can reach behind.
_SEGMENTS = 16
_REPORTS = 8
_ANSWERED = 512


class _Segment(NamedTuple):
    """The shifts of one stretch between two switches; `first` is its first index."""

    first: int
    layer: Layer
    shift: int
    timestamp_shift: int
    vp8_shifts: tuple[int, int]


class Destination(Protocol):
    """A subscriber, as its subscriptions know it."""

    @property
    def ready(self) -> bool:
        """Whether keys and path are known."""
        ...

    @property
    def send_rtp(self) -> Callable[[bytes], None]:
        """Protects and sends one packet."""
        ...

    def now(self) -> Micros:
        """The time of the datapath."""
        ...

    def next_transport(self, size: int, now: int) -> int:
        """The next transport-wide sequence number, for a packet of so many bytes."""
        ...

    def may_repair(self, now: int) -> bool:
        """Whether one more packet may be sent again."""
        ...

    def send_report(self, report: rtcp.SenderReport, cname: str) -> None:
        """Send a sender report with the name that joins audio and video."""
        ...


class Subscription:
    """Indexes are unwrapped sequence numbers; out index = in index + shift, until a switch."""

    __slots__ = (
        "_answered",
        "_cname",
        "_first",
        "_formats",
        "_last",
        "_newest",
        "_prior",
        "_report_at",
        "_reports",
        "_rtx_sequence",
        "_segments",
        "_shift",
        "_subscriber",
        "_timestamp_shift",
        "_vp8_shifts",
        "current",
        "keyframe_requests",
        "loss",
        "missed",
        "nacked",
        "octets",
        "packets",
        "retransmitted",
        "rtx_ssrc",
        "sent",
        "ssrc",
        "target",
        "track",
        "wanted",
    )

    def __init__(self, plan: SubscriptionPlan, track: Track, subscriber: Destination) -> None:
        self.track = track
        self.ssrc = plan.ssrc
        self.rtx_ssrc = plan.rtx_ssrc
        self._cname = plan.cname
        self._subscriber = subscriber
        self._formats = dict(plan.formats)
        self.wanted: str | None = None
        self.current: Layer | None = None
        self.target: Layer | None = None
        self._last = self._first = plan.first_sequence
        self._rtx_sequence = plan.first_sequence
        self._newest: SharedPacket | None = None
        self._shift = self._timestamp_shift = 0
        self._vp8_shifts = (0, 0)
        self._segments: deque[_Segment] = deque(maxlen=_SEGMENTS)
        self._answered: dict[int, int] = {}
        self._report_at = 0
        self._reports: dict[int, int] = {}
        self._prior: tuple[int, int] | None = None
        self.packets = self.octets = self.retransmitted = 0
        self.nacked = self.keyframe_requests = self.sent = self.missed = 0
        self.loss = 0.0

    # layers

    def follow(self, rid: str | None) -> None:
        """Aim at a layer; None: send nothing."""
        self.wanted = rid
        if rid is None:
            self.leave_layers()
        else:
            self.aim()

    def redirect(self, track: Track, formats: Sequence[tuple[str, int]]) -> None:
        """Send another track from its next keyframe on, as if it were the same stream."""
        self.leave_layers()
        self.wanted = None
        self.track.subscriptions.remove(self)
        track.subscriptions.append(self)
        self.track = track
        self._formats = dict(formats)
        self._segments.clear()

    def aim(self) -> None:
        """Wait for a keyframe of the wanted layer, and keep to the present one until then."""
        if self.wanted is None or self.track.muted or not self._subscriber.ready:
            return
        layer = self.track.layer(self.wanted)
        if layer is self.target and layer is not None:
            return
        self._leave_target()
        if layer is None or layer is self.current:
            return
        self.target = layer
        layer.waiting.append(self)
        self.track.want_keyframe(layer, self._subscriber.now())

    def leave_layers(self) -> None:
        """Send nothing for now; the numbers go on from here later."""
        self._leave_target()
        if self.current is not None:
            self.current.followers.remove(self)
            self.current = None

    def _leave_target(self) -> None:
        if self.target is not None:
            self.target.waiting.remove(self)
            self.target = None

    def switch(self, layer: Layer, packet: SharedPacket) -> None:
        """Begin to follow `layer` with this keyframe, all numbers going on where they stopped."""
        timestamp = self._continued(layer, packet)
        self._vp8_shifts = self._continued_vp8(packet)
        self._timestamp_shift = timestamp - packet.timestamp
        self._first = self._last + 1
        self._shift = self._first - packet.index
        self._segments.append(
            _Segment(self._first, layer, self._shift, self._timestamp_shift, self._vp8_shifts)
        )
        self._leave_target()
        if self.current is not None:
            self.current.followers.remove(self)
        self.current = layer
        layer.followers.append(self)

    def _continued(self, layer: Layer, packet: SharedPacket) -> int:
        """Same capture time, same output time.

        Sender reports of both layers tell; without them, or when they contradict the wall clock
        by more than a second, the wall clock does.
        """
        newest = self._newest
        if newest is None:
            return packet.timestamp
        last = newest.timestamp + self._timestamp_shift & 0xFFFFFFFF
        rate = layer.clock_rate
        out = last + (packet.arrived - newest.arrived) * rate // SECOND & 0xFFFFFFFF
        before = self._segments[-1].layer.clock if self._segments else None
        if layer.clock is not None and before is not None:
            captured = layer.clock.ntp_of(packet.timestamp, rate)
            told = before.rtp_of(captured, rate) + self._timestamp_shift & 0xFFFFFFFF
            error = (told - out + 0x80000000 & 0xFFFFFFFF) - 0x80000000
            out = told if abs(error) < rate else out
        return out if newer32(out, last) else last + rate // 1000 & 0xFFFFFFFF

    def _continued_vp8(self, packet: SharedPacket) -> tuple[int, int]:
        """Picture ids and tl0 indexes go on by one; before the first switch they are kept."""
        before = self._newest.vp8 if self._newest else None
        if packet.vp8 is None or before is None:
            return self._vp8_shifts
        picture, tl0 = self._vp8_shifts
        return (
            picture + (before.picture_id or 0) + 1 - (packet.vp8.picture_id or 0),
            tl0 + (before.tl0 or 0) + 1 - (packet.vp8.tl0 or 0),
        )

    # packets

    def forward(self, packet: SharedPacket) -> None:
        """Send one packet of the followed layer."""
        payload_type = self._formats.get(packet.format)
        if payload_type is None:
            return
        index = packet.index + self._shift
        if index > self._last:
            self._last = index
            self._newest = packet
        elif index < self._first:
            return
        self.packets += 1
        self.octets += len(packet.payload)
        timestamp = packet.timestamp + self._timestamp_shift & 0xFFFFFFFF
        subscriber = self._subscriber
        transport = subscriber.next_transport(len(packet.tail), packet.arrived)
        shifts = self._vp8_shifts
        if packet.vp8 is None or shifts == (0, 0):
            data = packet.write(payload_type, index, timestamp, self.ssrc, transport)
        else:
            data = packet.write_shifted(
                payload_type, index, timestamp, self.ssrc, transport, shifts
            )
        subscriber.send_rtp(data)
        if packet.arrived >= self._report_at:
            self._report(packet.arrived)

    def _report(self, now: int) -> None:
        """Send a sender report: the publisher's clock carried forward to now.

        Audio and video of a publisher keep one clock, so lips stay in step on any layer.
        """
        clock = self.current.clock if self.current else None
        if clock is None or self.current is None:
            return
        self._report_at = now + REPORT_INTERVAL
        micros = clock.ntp + (now - clock.heard)
        rtp = clock.rtp_of(micros, self.current.clock_rate) + self._timestamp_shift & 0xFFFFFFFF
        ntp = ntp_of(micros)
        self._reports[middle(ntp)] = now
        if len(self._reports) > _REPORTS:
            del self._reports[next(iter(self._reports))]
        self._subscriber.send_report(
            rtcp.SenderReport(self.ssrc, ntp, rtp, self.packets, self.octets), self._cname
        )

    # feedback of the subscriber

    def on_nack(self, sequences: tuple[int, ...], now: int) -> None:
        """Send again what is still here; each packet at most once in 10 ms."""
        self.nacked += len(sequences)
        for sequence in sequences:
            index = self._last + signed16(sequence - self._last)
            if now - self._answered.get(index, -NACK_GUARD) < NACK_GUARD:
                continue
            segment = next((s for s in reversed(self._segments) if index >= s.first), None)
            if segment is None or index > self._last:
                continue
            packet = segment.layer.history.get(index - segment.shift)
            if packet is not None and self._subscriber.may_repair(now):
                self._note_answered(index, now)
                self._retransmit(packet, index, segment, now)

    def _note_answered(self, index: int, now: int) -> None:
        self._answered.pop(index, None)
        self._answered[index] = now
        if len(self._answered) > _ANSWERED:
            del self._answered[next(iter(self._answered))]

    def _retransmit(self, packet: SharedPacket, index: int, segment: _Segment, now: int) -> None:
        """By RTX when negotiated (RFC 4588), else the packet itself once more."""
        timestamp = packet.timestamp + segment.timestamp_shift & 0xFFFFFFFF
        transport = self._subscriber.next_transport(len(packet.tail), now)
        shifts = segment.vp8_shifts
        rtx = self._formats.get("rtx")
        plain = self._formats.get(packet.format)
        self.retransmitted += 1
        if rtx is not None and self.rtx_ssrc is not None:
            self._rtx_sequence += 1
            data = packet.write_rtx(
                rtx, self._rtx_sequence, timestamp, self.rtx_ssrc, transport, shifts, index
            )
            self._subscriber.send_rtp(data)
        elif plain is not None:
            self._subscriber.send_rtp(
                packet.write_shifted(plain, index, timestamp, self.ssrc, transport, shifts)
            )

    def on_keyframe_request(self, now: int) -> None:
        """The subscriber cannot decode."""
        self.keyframe_requests += 1
        layer = self.current or self.target
        if layer is not None:
            self.track.want_keyframe(layer, now)

    def on_report(self, report: rtcp.Report, now: int) -> int | None:
        """Take a receiver report; return the round trip it shows, in microseconds."""
        self.loss = report.fraction_lost / 256
        if self._prior is not None:
            expected = report.highest - self._prior[0] & 0xFFFFFFFF
            if expected < 0x10000:
                self.sent += expected
                self.missed += max(0, report.lost - self._prior[1])
        self._prior = (report.highest, report.lost)
        sent_at = self._reports.get(report.last_sr)
        if sent_at is None:
            return None
        return max(0, now - sent_at - (report.delay * SECOND >> 16))
