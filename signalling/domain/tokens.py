"""The claims of a token in LiveKit's shape, and what they allow."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct

from offhook.core.clock import SECOND, Micros
from offhook.core.contracts.grants import DeskGrant, SipGrant, VideoGrant
from offhook.core.errors import Forbidden, InvalidInput, Unauthenticated
from signalling.domain import names
from signalling.domain.events import Profile
from signalling.domain.views import Grants

#: How far, in seconds, another machine's clock may be off.
LEEWAY = 10
#: Seconds that a join token lasts unless told otherwise, and at most.
DEFAULT_TTL = 6 * 3600
MAX_TTL = 30 * 24 * 3600


#: The kind of token that the server issues to who comes by link.
GUEST = "guest"


class Claims(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A token's payload. `iss` is an API key's id, `sub` the identity; times are Unix seconds."""

    iss: str = ""
    exp: float = 0
    sub: str = ""
    iat: float | None = None
    nbf: float | None = None
    name: str = ""
    metadata: str = ""
    attributes: dict[str, str] = {}
    kind: str = ""
    video: VideoGrant | None = None
    sip: SipGrant | None = None
    desk: DeskGrant | None = None


def parse(payload: dict[str, Any]) -> Claims:
    """Read a payload whose signature is good; raise `Unauthenticated` when it is no token."""
    try:
        claims = msgspec.convert(payload, Claims, strict=True)
    except msgspec.ValidationError as error:
        raise Unauthenticated(
            f"The token's claims are wrong: {error}.", code="token_invalid"
        ) from error
    if not claims.iss or "exp" not in payload:
        raise Unauthenticated("A token needs `iss` and `exp`.", code="token_invalid")
    return claims


def check_times(claims: Claims, now: Micros) -> None:
    """Raise `Unauthenticated` when the token is over (`token_expired`) or not yet on."""
    seconds = now / SECOND
    if not claims.exp > seconds - LEEWAY:
        raise Unauthenticated("The token has expired; ask for a new one.", code="token_expired")
    if claims.nbf is not None and claims.nbf > seconds + LEEWAY:
        raise Unauthenticated("The token is not valid yet.", code="token_not_yet_valid")


def room_of(claims: Claims) -> str:
    """The one room that a join token opens; raise `Forbidden` when it opens none."""
    video = claims.video
    if video is None or not video.room_join:
        raise Forbidden("The token does not let anybody join a room.", code="not_invited")
    if not video.room:
        raise Forbidden("The token names no room; a join token must.", code="token_without_room")
    return video.room


def require_room(claims: Claims, room: str) -> None:
    """Raise `Forbidden` (`wrong_room`) when the token is for another room."""
    if room_of(claims) != room:
        raise Forbidden("The token is for another room.", code="wrong_room")


def identity_of(claims: Claims) -> str:
    """The bearer's identity; raise `Unauthenticated` when the token has none that can be one."""
    try:
        return names.identity(claims.sub, "sub")
    except InvalidInput as error:
        raise Unauthenticated(error.detail, code="token_invalid", field="sub") from error


def profile_of(claims: Claims) -> Profile:
    """What the token says of its bearer; raise `Unauthenticated` when it says too much."""
    try:
        return Profile(
            name=names.display_name(claims.name),
            metadata=names.metadata(claims.metadata),
            attributes=names.attributes(claims.attributes),
        )
    except InvalidInput as error:
        raise Unauthenticated(error.detail, code="token_invalid", field=error.field) from error


def grants_of(video: VideoGrant) -> Grants:
    """What the bearer may do inside the room, with what is unset filled in."""
    return Grants(
        can_publish=video.may_publish(),
        can_subscribe=video.may_subscribe(),
        can_publish_data=video.may_publish_data(),
        can_publish_sources=list(video.sources()),
        can_update_own_metadata=video.may_update_own_metadata(),
        room_admin=video.room_admin,
        hidden=video.hidden,
    )


def video_of(grants: Grants, room: str) -> VideoGrant:
    """The same the other way round, for the policy table."""
    return VideoGrant(
        room_join=True,
        room=room,
        can_publish=grants.can_publish,
        can_subscribe=grants.can_subscribe,
        can_publish_data=grants.can_publish_data,
        can_publish_sources=tuple(grants.can_publish_sources),
        can_update_own_metadata=grants.can_update_own_metadata,
        room_admin=grants.room_admin,
        hidden=grants.hidden,
    )


def guest_grant(room: str) -> VideoGrant:
    """What somebody who came by link may do in that room."""
    return VideoGrant(room_join=True, room=room, can_update_own_metadata=True)
