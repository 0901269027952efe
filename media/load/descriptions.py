"""The session descriptions of a light participant: it offers what it sends, and takes all. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from media.load.outgoing import StreamPlan
from media.load.sources import Kind
from media.sfu import sdp
from media.sfu.sdp.types import LEVEL, MID, REPAIRED_RID, RID, TRANSPORT_CC

_FEEDBACK = ("transport-cc", "ccm fir", "nack", "nack pli")
_OPUS = (
    sdp.Codec(111, "opus", 48000, 2, "minptime=10;useinbandfec=1", ("transport-cc",)),
    sdp.Codec(110, "telephone-event", 48000),
)
_VP8 = (
    sdp.Codec(96, "VP8", 90000, feedback=_FEEDBACK),
    sdp.Codec(97, "rtx", 90000, parameters="apt=96"),
)
_EXTENSIONS = ((1, LEVEL), (3, TRANSPORT_CC), (4, MID), (10, RID), (11, REPAIRED_RID))


def sending(kind: Kind, mid: str, ssrcs: Sequence[int] = ()) -> sdp.Media:
    """An m-line that sends Opus or VP8; `ssrcs` are its SSRC and, of video, that of its repairs.

    Without SSRCs the server learns them from the packets' mid.
    """
    return sdp.Media(
        kind,
        mid,
        "sendonly",
        codecs=_OPUS if kind == "audio" else _VP8,
        extensions=_EXTENSIONS,
        ssrcs=tuple(ssrcs),
        groups=((ssrcs[0], ssrcs[1]),) if len(ssrcs) == 2 else (),
        cname="load",
    )


def offer(lines: Sequence[sdp.Media], transport: sdp.Transport) -> str:
    """The publish offer of these lines."""
    return sdp.write(sdp.Description(tuple(lines), transport))


def answer(offered: sdp.Description, transport: sdp.Transport) -> str:
    """The answer to a subscribe offer: receive everything that is sent."""
    media = tuple(
        replace(
            line,
            direction="recvonly" if line.sends else "inactive",
            msid=None,
            ssrcs=(),
            groups=(),
        )
        for line in offered.media
    )
    return sdp.write(sdp.Description(media, transport))


def negotiated(line: sdp.Media, answered: sdp.Media) -> StreamPlan:
    """What the server agreed to of a line that we offered with its SSRCs."""
    codec = answered.codecs[0]
    rtx = answered.rtx_of(codec.payload_type)
    repairs = line.groups[0][1] if line.groups and rtx is not None else None
    return StreamPlan(
        mid=line.mid,
        ssrc=line.ssrcs[0],
        payload_type=codec.payload_type,
        clock_rate=codec.clock_rate,
        mid_id=answered.extension(MID),
        transport_id=answered.extension(TRANSPORT_CC),
        rtx=None if repairs is None or rtx is None else (repairs, rtx.payload_type),
    )


@dataclass(frozen=True, slots=True)
class Heard:
    """A stream that a subscribe offer announces.

    `repairs` is (SSRC, payload type) of its retransmissions, `nacks` and `feedback` whether we
    may ask for them and report arrivals.
    """

    kind: Kind
    ssrc: int
    clock_rate: int
    nacks: bool = False
    repairs: tuple[int, int] | None = None


def announced(offered: sdp.Description) -> list[Heard]:
    """The streams of a subscribe offer that are being sent."""
    return [_heard(line) for line in offered.media if line.sends and line.ssrcs]


def _heard(line: sdp.Media) -> Heard:
    codec = line.codecs[0]
    rtx = line.rtx_of(codec.payload_type)
    groups = dict(line.groups)
    ssrc = next(s for s in line.ssrcs if s not in groups.values())
    repairs = groups.get(ssrc)
    return Heard(
        kind="audio" if line.kind == "audio" else "video",
        ssrc=ssrc,
        clock_rate=codec.clock_rate,
        nacks="nack" in codec.feedback,
        repairs=None if repairs is None or rtx is None else (repairs, rtx.payload_type),
    )


def transport_number(offered: sdp.Description) -> int | None:
    """The header extension of transport-wide sequence numbers; in a bundle it is one for all."""
    numbers = (line.extension(TRANSPORT_CC) for line in offered.media)
    return next((number for number in numbers if number is not None), None)


def level_number(answered: sdp.Media) -> int | None:
    """The header extension of audio levels."""
    return answered.extension(LEVEL)
