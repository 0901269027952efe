"""What a leg sends: sound and digits in one stream, of one source and one sequence of numbers."""

from __future__ import annotations

from dataclasses import dataclass

from media.rtp.codec import Codec
from media.rtp.dtmf import DigitSender
from media.sfu.datapath.rtp import HEADER
from media.tracks.level import Samples


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a stream begins, all drawn at random (RFC 3550, 5.1).

    With SRTP the sequence begins in the lower half, so that its first rollover is not mistaken
    (RFC 3711, 3.3.1).
    """

    ssrc: int
    sequence: int
    timestamp: int


class Outgoing:
    """One stream at 20 ms a step; whoever owns it asks for each step once, in time.

    `event_type` is the payload type of telephone events, None when they were not negotiated.
    """

    __slots__ = (
        "_codec",
        "_digits",
        "_events",
        "_payload_type",
        "_sequence",
        "_spurt",
        "_ssrc",
        "_step",
        "packets",
        "timestamp",
    )

    def __init__(
        self, codec: Codec, payload_type: int, event_type: int | None, origin: Origin
    ) -> None:
        self._codec, self._payload_type, self._events = codec, payload_type, event_type
        self._ssrc, self._sequence = origin.ssrc, origin.sequence & 0xFFFF
        self.timestamp = origin.timestamp & 0xFFFFFFFF
        self._step = codec.clock_rate // 50
        self._digits = DigitSender(codec.clock_rate)
        self._spurt = True
        self.packets = 0

    @property
    def digits(self) -> DigitSender:
        """Where digits are queued; they go out instead of the sound."""
        return self._digits

    @property
    def ssrc(self) -> int:
        """Our source."""
        return self._ssrc

    def change(self, codec: Codec, payload_type: int, event_type: int | None) -> None:
        """Go on with another codec after a new offer: same source and numbers (RFC 3264, 8.3.2)."""
        if codec.clock_rate != self._codec.clock_rate:
            self._digits = DigitSender(codec.clock_rate)
        self._codec, self._payload_type, self._events = codec, payload_type, event_type
        self._step = codec.clock_rate // 50
        self._spurt = True

    def step(self, frame: Samples | None) -> bytes | None:
        """The packet of these 20 ms: a digit when one is to go out, else the frame; None: nothing.

        After a pause, and after a digit, the first packet of sound is marked (RFC 3551, 4.1).
        """
        timestamp = self.timestamp
        self.timestamp = timestamp + self._step & 0xFFFFFFFF
        if self._events is not None and self._digits.busy:
            return self._digit(timestamp, self._events)
        if frame is None:
            self._spurt = True
            return None
        return self._sound(self._codec.encode(frame), timestamp)

    def payload(self, payload: bytes, *, marker: bool = False) -> bytes:
        """The packet of a payload as it came from elsewhere; the timestamp goes on by its ticks."""
        timestamp = self.timestamp
        self.timestamp = timestamp + self._codec.ticks(payload) & 0xFFFFFFFF
        self._spurt = self._spurt or marker
        return self._sound(payload, timestamp)

    def _sound(self, payload: bytes, timestamp: int) -> bytes:
        marker, self._spurt = self._spurt, False
        return self._packet(self._payload_type, marker, timestamp, payload)

    def _digit(self, timestamp: int, event_type: int) -> bytes | None:
        self._spurt = True
        event = self._digits.next(timestamp)
        if event is None:
            return None
        return self._packet(event_type, event.marker, event.timestamp, event.payload)

    def _packet(self, payload_type: int, marker: bool, timestamp: int, payload: bytes) -> bytes:
        sequence, self._sequence = self._sequence, self._sequence + 1 & 0xFFFF
        self.packets += 1
        second = payload_type | marker << 7
        return HEADER.pack(0x80, second, sequence, timestamp, self._ssrc) + payload
