"""Offers to a subscriber: m-lines that outlive their tracks, and fixed numbers in all of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from media.sfu.sdp.codecs import AUDIO_EXTENSIONS, EXTENSION_IDS, VIDEO_EXTENSIONS, offered
from media.sfu.sdp.types import Description, Media, Transport

_EXTENSIONS = {
    kind: tuple((EXTENSION_IDS[uri], uri) for uri in uris)
    for kind, uris in (("audio", AUDIO_EXTENSIONS), ("video", VIDEO_EXTENSIONS))
}


@dataclass(frozen=True, slots=True)
class Source:
    """A track as announced in our offers: its SSRCs and names; `rtx_ssrc` for video only."""

    track: str
    stream: str
    codec: str
    ssrc: int
    rtx_ssrc: int | None = None


@dataclass(slots=True)
class Slot:
    """One m-line of a subscribe connection; `source` is None while it rests."""

    mid: str
    kind: str
    codec: str
    source: Source | None = None


@dataclass(slots=True)
class OfferBook:
    """The m-lines of one subscribe connection through all its renegotiations."""

    session_id: int
    slots: list[Slot] = field(default_factory=list)
    version: int = 0

    def add(self, kind: str, source: Source) -> Slot:
        """Put a track on a resting m-line of its kind, else on a new one."""
        resting = [s for s in self.slots if s.source is None and s.kind == kind]
        slot = resting[0] if resting else Slot(str(len(self.slots)), kind, source.codec)
        if not resting:
            self.slots.append(slot)
        slot.codec, slot.source = source.codec, source
        return slot

    def remove(self, mid: str) -> None:
        """Stop the track of an m-line; the line stays, inactive, for the next track of its kind."""
        for slot in self.slots:
            if slot.mid == mid:
                slot.source = None

    def offer(self, local: Transport) -> Description:
        """Write the next offer."""
        self.version += 1
        media = tuple(_media(slot) for slot in self.slots)
        transport = replace(local, setup="actpass", ice_lite=True)
        return Description(media, transport, self.session_id, self.version)


def _media(slot: Slot) -> Media:
    codecs = offered(slot.kind, slot.codec)
    source, ssrcs, groups = slot.source, tuple[int, ...](), tuple[tuple[int, int], ...]()
    if source is not None:
        ssrcs = (source.ssrc,)
        if source.rtx_ssrc is not None:
            ssrcs = (source.ssrc, source.rtx_ssrc)
            groups = (ssrcs,)
    return Media(
        kind=slot.kind,
        mid=slot.mid,
        direction="sendonly" if source else "inactive",
        codecs=codecs,
        extensions=_EXTENSIONS[slot.kind],
        msid=(source.stream, source.track) if source else None,
        ssrcs=ssrcs,
        groups=groups,
        cname=source.stream if source else "",
        formats=tuple(str(codec.payload_type) for codec in codecs),
    )
