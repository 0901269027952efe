"""One leg of RTP without its sockets: datagrams and frames in, datagrams, frames and events out."""

from __future__ import annotations

from collections.abc import Callable

from media.rtp.dtmf_receiver import DigitEvent, DigitReceiver
from media.rtp.figures import Statistics, measured
from media.rtp.latch import Address, Latch
from media.rtp.outgoing import Origin, Outgoing
from media.rtp.plan import (
    Event,
    MediaTimedOut,
    PayloadHeard,
    PeerLeft,
    Plan,
    Refused,
)
from media.rtp.playout import Playout
from media.rtp.rtcp import RtcpSession
from media.rtp.sdes import SrtpError
from media.rtp.tone_digits import ToneDigits, ToneSender
from media.sfu.datapath.rtcp import RtcpError
from media.sfu.datapath.rtp import RtpError, RtpPacket, parse
from media.tracks.level import Samples
from offhook.core.clock import Micros
from offhook.core.errors import Conflict
from offhook.core.machine import earliest

#: Where RTCP lies among the payload types when both share a port (RFC 5761, 4).
_RTCP_FIRST, _RTCP_LAST = 192, 223


class RtpSession:
    """The pure core of a leg. The shell gives it datagrams, calls `send` and `pull` every 20 ms,
    and `tick` at `deadline`; it sends what they return to `remote`.
    """

    def __init__(
        self, plan: Plan, origin: Origin, cname: str, now: Micros, luck: Callable[[], float]
    ) -> None:
        self.plan = plan
        self.latch = Latch(plan.latch)
        self.refused = Refused()
        self.outgoing = Outgoing(plan.codec, plan.payload_type, plan.event_type, origin)
        self.rtcp = RtcpSession(origin.ssrc, cname, plan.codec.clock_rate, now, luck)
        self._seed = origin.ssrc
        self.playout = Playout(plan.codec, plan.others, seed=self._seed)
        self._digits = DigitReceiver(plan.codec.clock_rate)
        self._digits_from: int | None = None
        self._alive = now
        self._timed_out = self._left = False
        self._listen_for_tones()

    @property
    def remote(self) -> Address | None:
        """Where our packets go now; None while it is not known."""
        return self.latch.remote

    def expect(self, remote: Address | None, now: Micros, *, signalled_from: str = "") -> None:
        """Where the other end says it hears, and the host that its signalling came from."""
        self.latch.expect(remote, now, signalled_from=signalled_from)

    def change(self, plan: Plan, now: Micros) -> None:
        """Go on as a new offer and answer say; source, numbers and address stay."""
        before, self.plan = self.plan, plan
        self.outgoing.change(plan.codec, plan.payload_type, plan.event_type)
        self.rtcp.change(plan.codec.clock_rate)
        if plan.codec.clock_rate != before.codec.clock_rate:
            self._digits = DigitReceiver(plan.codec.clock_rate)
        if (plan.codec is not before.codec) or (dict(plan.others) != dict(before.others)):
            self.playout = Playout(plan.codec, plan.others, seed=self._seed)
        if (plan.tones, plan.event_type) != (before.tones, before.event_type):
            self._listen_for_tones()
        self._alive, self._timed_out = now, False

    def _listen_for_tones(self) -> None:
        plan = self.plan
        rate = plan.codec.sample_rate if plan.tones and plan.event_type is None else None
        self._tones = None if rate is None else ToneDigits(rate)
        self._singer = None if rate is None else ToneSender(rate)
        self._sung: list[Event] = []

    # --- out -----------------------------------------------------------------------------------

    def send(self, frame: Samples | None, now: Micros) -> bytes | None:
        """The datagram of these 20 ms, None for none. Call it for every 20 ms, sound or not."""
        if self._singer is not None:
            frame = self._singer.next(frame)
        return self._sent(self.outgoing.timestamp, self.outgoing.step(frame), now)

    def send_payload(self, payload: bytes, now: Micros, *, marker: bool = False) -> bytes | None:
        """The datagram of an untouched payload; None while a digit goes out instead."""
        timestamp = self.outgoing.timestamp
        if self.plan.event_type is not None and self.outgoing.digits.busy:
            return self._sent(timestamp, self.outgoing.step(None), now)
        return self._sent(timestamp, self.outgoing.payload(payload, marker=marker), now)

    def dial(self, digits: str, **shape: int) -> None:
        """Queue digits as `DigitSender.send` does, or as tones when the plan says so.

        Raises `Conflict` when neither can be: INFO is left.
        """
        if self._singer is not None:
            self._singer.send(digits, **shape)
        elif self.plan.event_type is None:
            raise Conflict("telephone events were not negotiated", code="no_telephone_event")
        else:
            self.outgoing.digits.send(digits, **shape)

    def _sent(self, timestamp: int, packet: bytes | None, now: Micros) -> bytes | None:
        """Protect and count; for the clocks of a report a digit's frozen timestamp is no time."""
        if packet is None:
            return None
        self.rtcp.sent(timestamp, len(packet) - 12, now)
        protection = self.plan.protection
        return packet if protection is None else protection.protect(packet)

    # --- in ------------------------------------------------------------------------------------

    def receive(self, data: bytes, source: Address, now: Micros) -> list[Event]:
        """Take a datagram of the RTP port, RTCP too; what cannot be taken is only counted."""
        if len(data) > 1 and _RTCP_FIRST <= data[1] <= _RTCP_LAST:
            return self.receive_control(data, source, now)
        packet = self._opened(data)
        if packet is None:
            return []
        if not self._is_known(packet.payload_type):
            self.refused.unknown_type += 1
            return []
        if not self.latch.admits(source, now):
            self.refused.stranger += 1
            return []
        self._live(now)
        return self._heard(packet, now)

    def receive_control(self, data: bytes, source: Address, now: Micros) -> list[Event]:
        """Take a datagram of RTCP: from the host that is heard, whatever its port."""
        if self.remote is None or source[0] != self.remote[0]:
            self.refused.stranger += 1
            return []
        protection = self.plan.protection
        try:
            self.rtcp.take(data if protection is None else protection.unprotect_rtcp(data), now)
        except RtcpError:
            self.refused.malformed += 1
            return []
        except SrtpError:
            self.refused.forged += 1
            return []
        self._live(now)
        left, self._left = self.rtcp.left and not self._left, self.rtcp.left
        return [PeerLeft()] if left else []

    def _opened(self, data: bytes) -> RtpPacket | None:
        protection = self.plan.protection
        try:
            if data[:1] and data[0] >> 6 == 2:
                return parse(data if protection is None else protection.unprotect(data))
            self.refused.malformed += 1
        except RtpError:
            self.refused.malformed += 1
        except SrtpError:
            self.refused.forged += 1
        return None

    def _is_known(self, payload_type: int) -> bool:
        plan = self.plan
        known = (plan.payload_type, plan.event_type, plan.noise_type)
        return payload_type in known or payload_type in plan.others

    def _live(self, now: Micros) -> None:
        self._alive, self._timed_out = now, False

    def _heard(self, packet: RtpPacket, now: Micros) -> list[Event]:
        plan = self.plan
        if packet.payload_type == plan.event_type:
            self.rtcp.received(packet, now, steady=False)
            self.playout.push_silent(packet, now)
            return [*self._digit(packet, now)]
        self.rtcp.received(packet, now)
        if plan.untouched:
            return [_untouched(packet)]
        if packet.payload_type == plan.noise_type:
            self.playout.push_noise(packet, now)
        else:
            self.playout.push(packet, now)
        return []

    def _digit(self, packet: RtpPacket, now: Micros) -> list[DigitEvent]:
        out: list[DigitEvent] = []
        if packet.ssrc != self._digits_from:
            self._digits_from = packet.ssrc
            out = self._digits.clear()
        return out + self._digits.take(packet.timestamp, packet.payload, now)

    def pull(self, now: Micros) -> Samples:
        """The next frame for the ear. A digit's tone is taken out of it and told by `tick`."""
        frame = self.playout.pull(now)
        if self._tones is None:
            return frame
        self._sung += self._tones.hear(frame)
        return self.playout.noise() if self._tones.sounding else frame

    # --- time ----------------------------------------------------------------------------------

    @property
    def deadline(self) -> Micros | None:
        """When `tick` and `control` are to be called at the latest."""
        timeout = self._alive if self._sung else self._times_out()
        return earliest(self._digits.deadline, self.rtcp.deadline, timeout)

    def _times_out(self) -> Micros | None:
        if not self.plan.timeout or self._timed_out:
            return None
        return Micros(self._alive + self.plan.timeout)

    def tick(self, now: Micros) -> list[Event]:
        """What has happened since: digits that ended by time or sang, and what did not come."""
        events: list[Event] = [*self._digits.expire(now), *self._sung]
        self._sung = []
        timeout = self._times_out()
        if timeout is not None and now >= timeout:
            self._timed_out = True
            events.append(MediaTimedOut())
        return events

    def control(self, now: Micros) -> bytes | None:
        """The RTCP that is due."""
        data = self.rtcp.due(now)
        return None if data is None else self._control(data)

    def close(self, now: Micros) -> bytes:
        """The last RTCP: what was heard, and goodbye."""
        return self._control(self.rtcp.bye(now))

    def _control(self, data: bytes) -> bytes:
        protection = self.plan.protection
        return data if protection is None else protection.protect_rtcp(data)

    # --- numbers -------------------------------------------------------------------------------

    def statistics(self) -> Statistics:
        """The leg in numbers."""
        return measured(self.outgoing, self.playout, self.rtcp)


def _untouched(packet: RtpPacket) -> PayloadHeard:
    return PayloadHeard(
        packet.payload_type,
        bool(packet.marker),
        packet.sequence,
        packet.timestamp,
        packet.payload,
    )
