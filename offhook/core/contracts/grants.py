"""What a token grants, in LiveKit's shape: the claims `video`, `sip`, and our own `desk`."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from offhook.core.contracts.media import TrackSource

DeskRole = Literal["agent", "supervisor", "admin"]


class VideoGrant(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The claim `video`. What is unset is None here; the methods say what that means."""

    room_join: bool = False
    room: str = ""
    can_publish: bool | None = None
    can_subscribe: bool | None = None
    can_publish_data: bool | None = None
    can_publish_sources: tuple[TrackSource, ...] | None = None
    room_admin: bool = False
    room_create: bool = False
    room_list: bool = False
    room_record: bool = False
    hidden: bool = False
    recorder: bool = False
    can_update_own_metadata: bool | None = None

    def may_publish(self, source: str | None = None) -> bool:
        """Whether this source, or anything at all, may be published.

        Unset means yes, but for who is hidden: whoever is not seen must not be heard by mistake.
        A list of sources allows only these; an empty one says nothing, because it is often an
        unset one that was serialised. `can_publish` false forbids them all.
        """
        if self.can_publish is False:
            return False
        if self.hidden and self.can_publish is None and not self.can_publish_sources:
            return False
        if not self.can_publish_sources or source is None:
            return True
        return source in self.can_publish_sources

    def may_subscribe(self) -> bool:
        """Whether others may be received; unset means yes."""
        return self.can_subscribe is not False

    def may_publish_data(self) -> bool:
        """Whether chat and data may be sent; unset follows `can_publish`."""
        return self.may_publish() if self.can_publish_data is None else self.can_publish_data

    def may_update_own_metadata(self) -> bool:
        """Whether one may change one's own name and attributes; unset means no."""
        return self.can_update_own_metadata is True

    def sources(self) -> tuple[TrackSource, ...]:
        """All sources that may be published."""
        every: tuple[TrackSource, ...] = (
            "camera",
            "microphone",
            "screen_share",
            "screen_share_audio",
        )
        return tuple(source for source in every if self.may_publish(source))


class SipGrant(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The claim `sip`: manage trunks and numbers; dial."""

    admin: bool = False
    call: bool = False


class DeskGrant(Struct, frozen=True, kw_only=True, rename="camel"):
    """The claim `desk`: who this is in the contact centre."""

    role: DeskRole
