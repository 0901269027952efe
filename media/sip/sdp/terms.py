"""What we want of a call's audio, and what we can do: the same for offers and for answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from media.rtp.sdes import Suite
from media.sip.sdp.crypto import AES_32, AES_80
from media.sip.sdp.formats import PCMA, PCMU, TELEPHONE_EVENT, Format
from media.sip.sdp.values import Direction

#: Packet times in milliseconds that are sent and taken.
PTIMES = (10, 20, 30, 40, 60)
AVP, SAVP = "RTP/AVP", "RTP/SAVP"


class Srtp(Enum):
    """Whether audio is encrypted by SDES keys (RFC 4568).

    OPTIONAL offers keys on a plain RTP/AVP line, as phones do that take either, and takes what
    it is offered; REQUIRED offers RTP/SAVP and takes nothing without a key.
    """

    OFF = auto()
    OPTIONAL = auto()
    REQUIRED = auto()


class Mux(Enum):
    """Whether RTP and RTCP share a port (RFC 5761): never, when it is offered, or by our offer."""

    OFF = auto()
    ACCEPT = auto()
    OFFER = auto()


@dataclass(frozen=True, slots=True)
class Terms:
    """Our side of one call. `formats` are ordered by preference and carry the numbers of our own
    offers; `direction` is what we wish, whatever the other side holds.

    `ours_first` answers in our order and not in the offer's; `one_codec` answers with a single
    voice codec, so that nobody switches; `ptime` and `max_ptime` are milliseconds to be sent to
    us; without `rtcp_port` RTCP is on the next port.
    """

    address: str
    port: int
    formats: tuple[Format, ...] = (PCMU, PCMA, TELEPHONE_EVENT)
    direction: Direction = Direction.SENDRECV
    rtcp_port: int | None = None
    ours_first: bool = False
    one_codec: bool = False
    ptime: int = 20
    max_ptime: int | None = None
    ptimes: tuple[int, ...] = PTIMES
    srtp: Srtp = Srtp.OFF
    suites: tuple[Suite, ...] = (AES_80, AES_32)
    mux: Mux = Mux.ACCEPT

    def takes_protocol(self, protocol: str) -> bool:
        """Whether audio of this protocol can be taken; what needs DTLS or AVPF timing cannot."""
        return protocol == AVP or (protocol == SAVP and self.srtp is not Srtp.OFF)
