"""What was negotiated for a leg, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from media.rtp.codec import Codec
from media.rtp.comfort import PAYLOAD_TYPE as COMFORT_NOISE
from media.rtp.dtmf_receiver import DigitEvent
from media.rtp.latch import Policy
from offhook.core.clock import SECOND


class Protection(Protocol):
    """SRTP of one leg, such as `sdes.SdesSession`; what cannot be believed raises `SrtpError`."""

    protect: Callable[[bytes], bytes]
    protect_rtcp: Callable[[bytes], bytes]

    def unprotect(self, data: bytes) -> bytes:
        """The RTP packet inside."""
        ...

    def unprotect_rtcp(self, data: bytes) -> bytes:
        """The RTCP packet inside."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What was negotiated. `others` are the further codecs of the same rates, by payload type.

    With `untouched` what comes is told as `PayloadHeard` and never decoded. `timeout` is how long
    nothing may come, in microseconds; 0: for ever, as on hold. With `tones`, and no telephone
    events, digits are sent and heard as tones in the sound.
    """

    codec: Codec
    payload_type: int
    event_type: int | None = None
    noise_type: int | None = COMFORT_NOISE
    others: Mapping[int, Codec] = field(default_factory=dict)
    untouched: bool = False
    timeout: int = 30 * SECOND
    tones: bool = False
    latch: Policy = "port"
    protection: Protection | None = None


@dataclass(frozen=True, slots=True)
class PayloadHeard:
    """A payload of sound as it came."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class MediaTimedOut:
    """Nothing came for too long; told once until something comes again."""


@dataclass(frozen=True, slots=True)
class PeerLeft:
    """The other end's source said goodbye by RTCP; the call itself is signalling's."""


Event = DigitEvent | PayloadHeard | MediaTimedOut | PeerLeft


@dataclass(slots=True)
class Refused:
    """Datagrams that were not taken, by what was wrong with them."""

    malformed: int = 0
    forged: int = 0
    stranger: int = 0
    unknown_type: int = 0
