"""What control asks of the datapath: frozen values with numbers and bytes, nothing that acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NewType

LegNumber = NewType("LegNumber", int)
TrackNumber = NewType("TrackNumber", int)
SubscriptionNumber = NewType("SubscriptionNumber", int)

Kind = Literal["audio", "video"]
Protocol = Literal["udp", "tcp"]


@dataclass(frozen=True, slots=True)
class Path:
    """Where one browser address is: behind which of our sockets, and which TCP connection."""

    protocol: Protocol
    local: int
    address: str
    port: int
    connection: int = 0

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.protocol} {host}:{self.port}"


@dataclass(frozen=True, slots=True)
class SrtpMaterial:
    """What DTLS exported for one leg (RFC 5764): client key, server key, client salt, server salt.

    We are the server. `profile` is the name in the IANA registry, such as SRTP_AEAD_AES_128_GCM.
    """

    profile: str
    material: bytes


@dataclass(frozen=True, slots=True)
class LinePlan:
    """One m-line of a publisher; without a track it rests, and keeps its SSRCs.

    `formats` maps payload types to format names (`opus`, `vp8`, `telephone-event/48000`, …);
    `rids` is `("",)` without simulcast; `known` are (SSRC, repair SSRC or 0) of the description.
    """

    mid: str
    kind: Kind
    track: TrackNumber | None
    clock_rate: int
    formats: tuple[tuple[int, str], ...]
    rids: tuple[str, ...] = ("",)
    known: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PublishPlan:
    """Everything that arrives on one publish leg; extension numbers are the publisher's.

    `forwarded` maps its extension numbers to ours, `repairs` its rtx payload types to those
    they repair.
    """

    lines: tuple[LinePlan, ...]
    mid_id: int | None = None
    rid_id: int | None = None
    repaired_rid_id: int | None = None
    transport_cc_id: int | None = None
    level_id: int | None = None
    forwarded: tuple[tuple[int, int], ...] = ()
    repairs: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SubscriptionPlan:
    """One track on its way to one subscribe leg.

    `formats` maps format names to the subscriber's payload types, `rtx` among them;
    `cname` joins the tracks of one publisher (RFC 7022). `extensions` maps our extension numbers
    to the subscriber's, when it has its own.
    """

    leg: LegNumber
    track: TrackNumber
    ssrc: int
    rtx_ssrc: int | None
    formats: tuple[tuple[str, int], ...]
    first_sequence: int
    cname: str
    extensions: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A clip in one format: its packets' payloads, each as long as every other."""

    format: str
    clock_rate: int
    payloads: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Clip:
    """Sound that is encoded already, to be played over and over: `step` microseconds a packet."""

    step: int
    forms: tuple[Form, ...]
