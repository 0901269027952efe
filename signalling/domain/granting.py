"""How a moderator changes what somebody may do, while they are in a room."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from offhook.core.contracts.media import TrackSource
from signalling.domain.views import Grants

EVERY_SOURCE: tuple[TrackSource, ...] = (
    "camera",
    "microphone",
    "screen_share",
    "screen_share_audio",
)


class GrantsChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is to be otherwise; what is None stays."""

    can_publish: bool | None = None
    can_publish_sources: list[TrackSource] | None = None
    can_subscribe: bool | None = None
    can_publish_data: bool | None = None
    can_update_own_metadata: bool | None = None
    room_admin: bool | None = None


def changed(grants: Grants, change: GrantsChange) -> Grants:
    """The grants after a change.

    Nothing may be published exactly when no source may be: an empty list in a token allows all of
    them, and must never come to mean that here.
    """
    sources = _sources(grants, change)
    rest = {
        name: value
        for name, value in msgspec.structs.asdict(change).items()
        if value is not None and name not in {"can_publish", "can_publish_sources"}
    }
    return msgspec.structs.replace(
        grants, can_publish=bool(sources), can_publish_sources=sources, **rest
    )


def narrowed(grants: Grants, by: Grants) -> Grants:
    """The grants without what others, of the same person, do not allow."""
    sources = [source for source in grants.can_publish_sources if source in by.can_publish_sources]
    return msgspec.structs.replace(
        grants,
        can_publish=bool(sources),
        can_publish_sources=sources,
        can_publish_data=grants.can_publish_data and by.can_publish_data,
        can_subscribe=grants.can_subscribe and by.can_subscribe,
    )


def _sources(grants: Grants, change: GrantsChange) -> list[TrackSource]:
    if change.can_publish is False:
        return []
    wanted = change.can_publish_sources
    if wanted is None:
        wanted = grants.can_publish_sources if grants.can_publish else []
        if change.can_publish and not wanted:
            return list(EVERY_SOURCE)
    return [source for source in EVERY_SOURCE if source in wanted]
