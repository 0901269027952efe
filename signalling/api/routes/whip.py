"""/whip and /whep: publish into a room, and watch one, by HTTP alone (RFC 9725 and its sibling)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from msgspec import Struct

from signalling.api.routing import Answer, Ask, Handler, Refusal, Route
from signalling.domain.ice_fragment import IceFragment
from signalling.domain.views import IceServer
from signalling.services.http_sessions import Kind

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"


class WatchQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`participant`: the identity of whom to watch; else whoever publishes is shown."""

    participant: str = ""


_TITLES: dict[Kind, str] = {"whip": "Publish into a room", "whep": "Watch a room"}
_NO_SESSION = Refusal(404, "session_not_found", "There is no such session, or it is over.")
_BAD_SDP = Refusal(422, "bad_sdp", "The offer cannot be read, or nothing of it can be used.")
_ROOMS = (
    Refusal(403, "wrong_room", "The token is for another room."),
    Refusal(403, "not_allowed", "The token does not allow this."),
    Refusal(403, "room_locked", "The room is locked."),
    Refusal(404, "room_not_found", "There is no such room."),
    Refusal(409, "room_full", "The room is full."),
    Refusal(503, "no_media_node", "No media server is here at the moment."),
    _BAD_SDP,
)


def links(servers: Iterable[IceServer]) -> list[str]:
    """ICE servers as Link values (RFC 9725, section 4.6)."""
    return [
        f'<{url}>; rel="ice-server"; username="{server.username}"; '
        f'credential="{server.credential}"; credential-type="password"'
        for server in servers
        for url in server.urls
    ]


def _tag(ufrag: str) -> str:
    """The strong entity tag of an ICE session: each has a user fragment of its own."""
    return f'"{ufrag}"'


def _open(kind: Kind) -> Handler:
    async def handle(ask: Ask) -> Answer:
        publisher = ask.query.participant if kind == "whep" else ""
        opened = await ask.services.http_sessions.open(
            kind, ask.token, ask.path.get("name"), ask.body, publisher or None
        )
        headers = {
            "Location": f"/{kind}/{quote(opened.room)}/{opened.session}",
            "ETag": _tag(opened.tag),
        }
        if opened.ice_servers:
            headers["Link"] = ", ".join(links(opened.ice_servers))
        return Answer(raw=opened.sdp.encode(), headers=headers)

    return handle


def _update(kind: Kind) -> Handler:
    async def handle(ask: Ask) -> Answer:
        fragment = IceFragment.parse(ask.body)
        known = _ufrags(ask.if_match)
        ice = await ask.services.http_sessions.update(kind, ask.path["session"], fragment, known)
        if not ice.restarted:
            return Answer()
        ours = IceFragment(
            ufrag=ice.ufrag,
            password=ice.password,
            candidates=ice.candidates,
            ended=True,
            media=fragment.media,
            mid=fragment.mid,
        )
        return Answer(raw=str(ours).encode(), headers={"ETag": _tag(ice.ufrag)}, status=200)

    return handle


def _ufrags(tags: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The user fragments of strong tags; weak ones match nothing (RFC 9110, section 13.1.1).

    None when any will do: the examples of RFC 9725 write the star in quotes.
    """
    if tags is None or '"*"' in tags:
        return None
    return tuple(tag[1:-1] for tag in tags if len(tag) > 1 and tag[0] == tag[-1] == '"')


def _close(kind: Kind) -> Handler:
    async def handle(ask: Ask) -> Answer:
        await ask.services.http_sessions.close(kind, ask.path["session"])
        return Answer()

    return handle


def _routes(kind: Kind) -> tuple[Route, ...]:
    name, title = kind.capitalize(), _TITLES[kind]
    tag = kind.upper()
    begin = (
        Route(
            method="POST",
            path=path,
            id=f"open{name}{suffix}",
            tag=tag,
            summary=f"{title}: {which}",
            handler=_open(kind),
            query=WatchQuery if kind == "whep" else None,
            text=SDP,
            media_type=SDP,
            status=201,
            etag=True,
            headers=("Location", "Link"),
            refusals=_ROOMS,
            joins=True,
            limited="address",
        )
        for path, suffix, which in (
            (f"/{kind}", "", "the token names it"),
            (f"/{kind}/{{name}}", "InRoom", "the token must be for this one"),
        )
    )
    session = f"/{kind}/{{name}}/{{session}}"
    return (
        *begin,
        Route(
            method="PATCH",
            path=session,
            id=f"update{name}",
            tag=tag,
            summary="Tell candidates, or restart ICE with new names",
            handler=_update(kind),
            text=FRAGMENT,
            media_type=FRAGMENT,
            status=204,
            other=(200, "ICE was restarted: our new names, and a new ETag"),
            if_match=True,
            if_match_needed=True,
            refusals=(
                _NO_SESSION,
                Refusal(412, "precondition_failed", "ICE was restarted since that ETag."),
                Refusal(428, "precondition_required", "If-Match is missing."),
                Refusal(422, "bad_sdp_fragment", "The fragment cannot be read."),
            ),
            limited="address",
        ),
        Route(
            method="DELETE",
            path=session,
            id=f"close{name}",
            tag=tag,
            summary="End the session and leave the room",
            handler=_close(kind),
            refusals=(_NO_SESSION,),
            limited="address",
        ),
    )


ROUTES = (*_routes("whip"), *_routes("whep"))
