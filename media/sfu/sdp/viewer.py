"""Answer a viewer: one sound and one picture, with the numbers that its own offer chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from media.sfu.sdp.answer import CodecPolicy, choose
from media.sfu.sdp.codecs import AUDIO_EXTENSIONS, VIDEO_EXTENSIONS
from media.sfu.sdp.offer import Source
from media.sfu.sdp.types import Codec, Description, Media, Transport

_EXTENSIONS = {"audio": frozenset(AUDIO_EXTENSIONS), "video": frozenset(VIDEO_EXTENSIONS)}
#: The last number of a one-byte header extension (RFC 8285).
_LAST_EXTENSION = 14


def answer_viewer(
    offer: Description,
    local: Transport,
    sources: Mapping[str, Source] | None = None,
    *,
    policy: CodecPolicy | None = None,
    session_id: int = 0,
    version: int = 0,
) -> Description:
    """Answer an offer to receive; `sources` are what goes out, by the kind of their m-line.

    The first m-line of each kind that receives is sent on, with every codec that we speak, so that
    one track may take another's place; the other lines are inactive, or rejected (RFC 9143).
    """
    chosen = policy or CodecPolicy()
    sent: set[str] = set()
    media = []
    for offered in offer.media:
        line = _line(offered, chosen)
        if not line.rejected and offered.receives and line.kind not in sent:
            sent.add(line.kind)
            line = _sending(line, (sources or {}).get(line.kind))
        media.append(line)
    transport = replace(local, setup="passive", ice_lite=True)
    return Description(tuple(media), transport, session_id, version)


def _line(offered: Media, policy: CodecPolicy) -> Media:
    codecs = _codecs(offered, policy)
    if offered.rejected or not codecs:
        return Media(
            offered.kind,
            offered.mid,
            rejected=True,
            protocol=offered.protocol,
            formats=offered.formats,
        )
    spoken = _EXTENSIONS[offered.kind]
    return Media(
        kind=offered.kind,
        mid=offered.mid,
        direction="inactive",
        codecs=codecs,
        extensions=tuple(
            (number, uri)
            for number, uri in offered.extensions
            if uri in spoken and 0 < number <= _LAST_EXTENSION
        ),
        protocol=offered.protocol,
        formats=tuple(str(codec.payload_type) for codec in codecs),
    )


def _sending(line: Media, source: Source | None) -> Media:
    if source is None:
        return replace(line, direction="sendonly")
    repaired = None if source.rtx_ssrc is None else (source.ssrc, source.rtx_ssrc)
    return replace(
        line,
        direction="sendonly",
        msid=(source.stream, source.track),
        ssrcs=repaired or (source.ssrc,),
        groups=() if repaired is None else (repaired,),
        cname=source.stream,
    )


def _codecs(offered: Media, policy: CodecPolicy) -> tuple[Codec, ...]:
    """All sound, as for a publisher; of each video codec the form that browsers send."""
    if offered.kind != "video":
        return choose(offered, policy)
    one_by_one = (choose(offered, replace(policy, video=(name,))) for name in policy.video)
    return tuple(codec for codecs in one_by_one for codec in codecs)
