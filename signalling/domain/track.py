"""A published track, and how an offer's m-lines keep the ids they had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from offhook.core.contracts.events import TrackView
from offhook.core.contracts.media import KIND_OF_SOURCE, TrackSource


@dataclass(frozen=True, slots=True)
class Track:
    """Something published; `mid` is its m-line in the publish connection."""

    sid: str
    mid: str
    source: TrackSource
    muted: bool

    def view(self) -> TrackView:
        """What everybody in the room may know of it."""
        return TrackView(
            sid=self.sid,
            source=self.source,
            kind=KIND_OF_SOURCE[self.source],
            muted=self.muted,
        )


def assign_sids(
    known: Sequence[Track],
    wanted: Sequence[tuple[str, TrackSource, bool]],
    fresh: Sequence[str],
) -> tuple[Track, ...]:
    """Give each (mid, source, muted) of an offer the id it had, or the next of `fresh`."""
    had = {(track.mid, track.source): track.sid for track in known}
    ids = iter(fresh)
    return tuple(
        Track(had.get((mid, source)) or next(ids), mid, source, muted)
        for mid, source, muted in wanted
    )
