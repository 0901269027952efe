"""What a session description says (RFC 8866, 8829): codecs, transports, m-lines, descriptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offhook.core.errors import InvalidInput

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
RidDirection = Literal["send", "recv"]

LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
ORIENTATION = "urn:3gpp:video-orientation"
PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
DEPENDENCY = (
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
)


class SdpError(InvalidInput):
    """A description cannot be read, or breaks a rule that we depend on."""

    code = "bad_sdp"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, field="sdp")


@dataclass(frozen=True, slots=True)
class Codec:
    """One payload type with its mapping, parameters and feedback."""

    payload_type: int
    name: str
    clock_rate: int
    channels: int = 1
    parameters: str = ""
    feedback: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name in lower case; names are compared without case (RFC 4855)."""
        return self.name.lower()

    def parameter(self, name: str) -> str | None:
        """One value of the `a=fmtp` line."""
        pairs = (part.strip().partition("=") for part in self.parameters.split(";"))
        return next((value for key, _, value in pairs if key == name), None)


@dataclass(frozen=True, slots=True)
class Transport:
    """What one end needs to know of the other's ICE and DTLS.

    `fingerprints` are (hash name in lower case, upper-case hex with colons); `candidates` are the
    values of `a=candidate` lines.
    """

    ufrag: str
    password: str
    fingerprints: tuple[tuple[str, str], ...]
    setup: str
    ice_lite: bool = False
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Media:
    """One m-line. `groups` are FID pairs: (SSRC, its repair SSRC)."""

    kind: str
    mid: str
    direction: Direction = "sendrecv"
    rejected: bool = False
    codecs: tuple[Codec, ...] = ()
    extensions: tuple[tuple[int, str], ...] = ()
    rids: tuple[str, ...] = ()
    rid_direction: RidDirection = "send"
    msid: tuple[str, str] | None = None
    ssrcs: tuple[int, ...] = ()
    groups: tuple[tuple[int, int], ...] = ()
    cname: str = ""
    protocol: str = "UDP/TLS/RTP/SAVPF"
    formats: tuple[str, ...] = ()

    @property
    def sends(self) -> bool:
        """Whether the writer of this line sends on it."""
        return not self.rejected and self.direction in ("sendrecv", "sendonly")

    @property
    def receives(self) -> bool:
        """Whether the writer of this line receives on it."""
        return not self.rejected and self.direction in ("sendrecv", "recvonly")

    def extension(self, uri: str) -> int | None:
        """The number of a header extension."""
        return next((number for number, name in self.extensions if name == uri), None)

    def codec(self, payload_type: int) -> Codec | None:
        """The codec of a payload type."""
        return next((c for c in self.codecs if c.payload_type == payload_type), None)

    def rtx_of(self, payload_type: int) -> Codec | None:
        """The retransmission payload type that repairs another (RFC 4588)."""
        wanted = str(payload_type)
        return next(
            (c for c in self.codecs if c.key == "rtx" and c.parameter("apt") == wanted), None
        )


@dataclass(frozen=True, slots=True)
class Description:
    """A whole offer or answer; every live m-line shares one transport (BUNDLE, RFC 9143)."""

    media: tuple[Media, ...]
    transport: Transport
    session_id: int = 0
    version: int = 0

    def by_mid(self, mid: str) -> Media | None:
        """The m-line of this mid."""
        return next((m for m in self.media if m.mid == mid), None)
