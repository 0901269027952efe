"""Which sources the m-lines of an offer are, when nobody says: its first sound is a microphone."""

from __future__ import annotations

from collections.abc import Iterable

from offhook.core.contracts.media import OfferedLine, TrackSource

#: The sources of the first and the second m-line of each kind; further ones are not taken.
_IN_ORDER: dict[str, tuple[TrackSource, ...]] = {
    "audio": ("microphone", "screen_share_audio"),
    "video": ("camera", "screen_share"),
}


def assign_sources(lines: Iterable[OfferedLine]) -> tuple[tuple[str, TrackSource], ...]:
    """The (mid, source) of every m-line that is taken, in the order of the offer."""
    left = {kind: list(sources) for kind, sources in _IN_ORDER.items()}
    found: list[tuple[str, TrackSource]] = []
    for line in lines:
        sources = left.get(line.kind)
        if line.usable and sources:
            found.append((line.mid, sources.pop(0)))
    return tuple(found)
