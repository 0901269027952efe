"""Write a description as text, the inverse of `parse`."""

from __future__ import annotations

from collections.abc import Iterator

from media.sfu.sdp.types import Codec, Description, Media, Transport


def write(description: Description) -> str:
    """The text: lines end in CRLF, candidates stand once, on the first live m-line."""
    return "".join(f"{line}\r\n" for line in _lines(description))


def _lines(description: Description) -> Iterator[str]:
    transport = description.transport
    yield "v=0"
    yield f"o=- {description.session_id} {description.version} IN IP4 127.0.0.1"
    yield "s=-"
    yield "t=0 0"
    if transport.ice_lite:
        yield "a=ice-lite"
    live = [media.mid for media in description.media if not media.rejected]
    if live:
        yield f"a=group:BUNDLE {' '.join(live)}"
    yield "a=msid-semantic: WMS *"
    for media in description.media:
        if media.rejected:
            yield from _rejected(media)
        else:
            yield from _media(media, transport, with_candidates=media.mid == live[0])


def _rejected(media: Media) -> Iterator[str]:
    yield f"m={media.kind} 0 {media.protocol} {' '.join(media.formats) or '0'}"
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{media.mid}"


def _media(media: Media, transport: Transport, *, with_candidates: bool) -> Iterator[str]:
    formats = " ".join(str(codec.payload_type) for codec in media.codecs)
    yield f"m={media.kind} 9 {media.protocol} {formats}"
    yield "c=IN IP4 0.0.0.0"
    yield "a=rtcp:9 IN IP4 0.0.0.0"
    yield from _transport(transport)
    yield f"a=mid:{media.mid}"
    yield f"a={media.direction}"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    for number, uri in media.extensions:
        yield f"a=extmap:{number} {uri}"
    for codec in media.codecs:
        yield from _codec(codec)
    yield from _layers(media)
    yield from _sources(media)
    if with_candidates:
        for candidate in transport.candidates:
            yield f"a=candidate:{candidate}"
        yield "a=end-of-candidates"


def _transport(transport: Transport) -> Iterator[str]:
    yield f"a=ice-ufrag:{transport.ufrag}"
    yield f"a=ice-pwd:{transport.password}"
    for algorithm, value in transport.fingerprints:
        yield f"a=fingerprint:{algorithm} {value}"
    yield f"a=setup:{transport.setup}"


def _codec(codec: Codec) -> Iterator[str]:
    channels = f"/{codec.channels}" if codec.channels > 1 else ""
    yield f"a=rtpmap:{codec.payload_type} {codec.name}/{codec.clock_rate}{channels}"
    for feedback in codec.feedback:
        yield f"a=rtcp-fb:{codec.payload_type} {feedback}"
    if codec.parameters:
        yield f"a=fmtp:{codec.payload_type} {codec.parameters}"


def _layers(media: Media) -> Iterator[str]:
    for rid in media.rids:
        yield f"a=rid:{rid} {media.rid_direction}"
    if media.rids:
        yield f"a=simulcast:{media.rid_direction} {';'.join(media.rids)}"


def _sources(media: Media) -> Iterator[str]:
    if media.msid:
        yield f"a=msid:{' '.join(media.msid)}"
    for ssrc, repair in media.groups:
        yield f"a=ssrc-group:FID {ssrc} {repair}"
    for ssrc in media.ssrcs:
        yield f"a=ssrc:{ssrc} cname:{media.cname}"
