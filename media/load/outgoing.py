"""One RTP stream that a light participant sends: numbers, repairs and sender reports. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from media.sfu.datapath import rtp
from media.sfu.datapath.rtcp import SenderReport
from media.sfu.datapath.rtp import RtpPacket
from media.sfu.datapath.sender_clock import ntp_now
from offhook.core.clock import SECOND

#: Packets kept for repair; at 500 a second this is one second.
HISTORY = 512

_NONE: Mapping[int, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """What was negotiated for one stream; `rtx` is (SSRC, payload type) of its repairs."""

    mid: str
    ssrc: int
    payload_type: int
    clock_rate: int
    mid_id: int | None = None
    transport_id: int | None = None
    rtx: tuple[int, int] | None = None


class Outgoing:
    """Makes packets; `number` gives the next transport-wide sequence number of the connection."""

    def __init__(self, plan: StreamPlan, number: Callable[[], int], *, first: int = 0) -> None:
        self.plan = plan
        self._number = number
        self._sequence = first & 0xFFFF
        self._rtx_sequence = first & 0xFFFF
        self._kept: dict[int, RtpPacket] = {}
        self._clock = (0, 0)
        self.packets = self.octets = self.repaired = 0

    def packet(
        self,
        payload: bytes,
        timestamp: int,
        now: int,
        *,
        marker: bool = False,
        extensions: Mapping[int, bytes] = _NONE,
    ) -> bytes:
        """The next packet, with these header extensions beside our own."""
        plan = self.plan
        packet = RtpPacket(
            plan.payload_type,
            0x80 if marker else 0,
            self._sequence,
            timestamp & 0xFFFFFFFF,
            plan.ssrc,
            {**self._extensions(), **extensions},
            payload,
        )
        if plan.rtx is not None:
            self._kept[self._sequence] = packet
            self._kept.pop(self._sequence - HISTORY & 0xFFFF, None)
        self._sequence = self._sequence + 1 & 0xFFFF
        self._clock = (now, timestamp)
        self.packets += 1
        self.octets += len(payload)
        return rtp.build(packet)

    def repair(self, sequences: Iterable[int]) -> list[bytes]:
        """The packets asked for again, those that are still kept (RFC 4588)."""
        rtx = self.plan.rtx
        found = (self._kept.get(sequence) for sequence in sequences)
        return [self._again(packet, *rtx) for packet in found if rtx and packet is not None]

    def _again(self, packet: RtpPacket, ssrc: int, payload_type: int) -> bytes:
        self._rtx_sequence = self._rtx_sequence + 1 & 0xFFFF
        self.repaired += 1
        return rtp.build(
            RtpPacket(
                payload_type,
                packet.marker,
                self._rtx_sequence,
                packet.timestamp,
                ssrc,
                self._extensions(),
                packet.sequence.to_bytes(2) + packet.payload,
            )
        )

    def report(self, now: int) -> SenderReport:
        """Which RTP time it is now, and how much was sent."""
        at, timestamp = self._clock
        rtp_now = timestamp + (now - at) * self.plan.clock_rate // SECOND & 0xFFFFFFFF
        return SenderReport(self.plan.ssrc, ntp_now(now), rtp_now, self.packets, self.octets)

    def _extensions(self) -> dict[int, bytes]:
        plan = self.plan
        extensions = {} if plan.mid_id is None else {plan.mid_id: plan.mid.encode()}
        if plan.transport_id is not None:
            extensions[plan.transport_id] = (self._number() & 0xFFFF).to_bytes(2)
        return extensions
