"""The doors of the server itself: health, status, and the page that knocks."""

from __future__ import annotations

from offhook.core.errors import Unavailable
from offhook.core.telemetry import CONTENT_TYPE
from signalling.api import messages, resources
from signalling.api.routing import Answer, Ask, Refusal, Route


async def _healthz(ask: Ask) -> Answer:
    return Answer(resources.Health(status="ok"))


async def _readyz(ask: Ask) -> Answer:
    found = await ask.services.status.readiness()
    if not found.ready:
        missing = [name for name in ("store", "bus", "media") if not getattr(found, name)]
        raise Unavailable(f"Not ready: no {', no '.join(missing)}.", code="not_ready")
    return Answer(
        resources.Readiness(ready=True, store=found.store, bus=found.bus, media=found.media)
    )


async def _status(ask: Ask) -> Answer:
    settings, status = ask.services.settings, ask.services.status
    return Answer(
        messages.ServerStatus(
            version=settings.version,
            demo=settings.demo,
            media=ask.services.directory.any(),
            media_port=settings.media_port,
            turn=bool(settings.turn_urls),
            rooms=status.rooms(),
            participants=status.participants(),
        )
    )


async def _metrics(ask: Ask) -> Answer:
    return Answer(raw=ask.services.figures.metrics.render())


async def _openapi(ask: Ask) -> Answer:
    return Answer(raw=ask.document)


async def _knock(ask: Ask) -> Answer:
    services, browser = ask.services, ask.browser
    found = await services.admissions.knock(
        services.main, ask.path["name"], ask.body.token, browser.guest
    )
    cookie = {} if found.cookie is None else {"Set-Cookie": browser.keep_guest(found.cookie)}
    return Answer(
        messages.Admission(
            token=found.token,
            identity=found.identity,
            name=found.name,
            room=found.room,
            title=found.title,
            present=[messages.Present(identity=who, name=name) for who, name in found.present],
            grants=found.grants,
        ),
        headers=cookie,
    )


ROUTES = (
    Route(
        method="GET",
        path="/healthz",
        id="getHealth",
        tag="Server",
        summary="Whether the process answers",
        handler=_healthz,
        reply=resources.Health,
    ),
    Route(
        method="GET",
        path="/readyz",
        id="getReadiness",
        tag="Server",
        summary="Whether the store, the bus and a media node are there",
        handler=_readyz,
        reply=resources.Readiness,
        refusals=(Refusal(503, "not_ready", "Something is missing; the detail says what."),),
    ),
    Route(
        method="GET",
        path="/status.json",
        id="getStatus",
        tag="Server",
        summary="What the start page says of this server",
        handler=_status,
        reply=messages.ServerStatus,
    ),
    Route(
        method="GET",
        path="/metrics",
        id="getMetrics",
        tag="Server",
        summary="Figures for Prometheus",
        handler=_metrics,
        media_type=CONTENT_TYPE,
    ),
    Route(
        method="GET",
        path="/openapi.json",
        id="getOpenapi",
        tag="Server",
        summary="This document",
        handler=_openapi,
    ),
    Route(
        method="POST",
        path="/r/{name}/token",
        id="knock",
        tag="Pages",
        summary="Ask to come into a room, as its page does",
        handler=_knock,
        body=messages.Knock,
        body_optional=True,
        reply=messages.Admission,
        refusals=(
            Refusal(401, "token_expired", "The invitation has expired."),
            Refusal(401, "token_invalid", "The token is not one of ours."),
            Refusal(403, "not_invited", "This room needs an invitation."),
            Refusal(403, "wrong_room", "The token is for another room."),
            Refusal(403, "room_locked", "The room is locked."),
            Refusal(403, "banned", "A moderator has banned this identity, or this browser."),
            Refusal(403, "removed", "A moderator removed them since the token was issued."),
            Refusal(404, "room_not_found", "There is no such room."),
            Refusal(409, "room_full", "The room is full."),
        ),
        limited="address",
    ),
)
