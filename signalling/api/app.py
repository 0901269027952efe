"""The web application of signalling: pages, REST and sockets on one port."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from offhook.core.text import Catalogue
from signalling.api import openapi
from signalling.api.carrying import SocketDoors
from signalling.api.cross_origin import CrossOrigin
from signalling.api.desk_sockets import DESK, DeskSockets
from signalling.api.guard import Guard
from signalling.api.http import BODY_LIMIT, Doors
from signalling.api.pages import Pages
from signalling.api.routes import (
    configured,
    contacts,
    files,
    keys,
    moderation,
    nodes,
    people,
    rooms,
    server,
    sessions,
    sign_in,
    tasks,
    users,
    webhooks,
    whip,
)
from signalling.api.routing import Route
from signalling.api.sink import SinkDoor
from signalling.api.site_front import FrontOf, SiteFront
from signalling.api.sockets import RoomSockets, hang_up, make_server
from signalling.api.transports import NAMESPACE, Transports
from signalling.api.visit_sockets import VISIT, VisitSockets
from signalling.domain.visiting import theme_view
from signalling.services.services import Services

#: Every declared route of this service.
ROUTES: tuple[Route, ...] = (
    *rooms.ROUTES,
    *people.ROUTES,
    *moderation.ROUTES,
    *keys.ROUTES,
    *files.ROUTES,
    *webhooks.ROUTES,
    *configured.ROUTES,
    *contacts.ROUTES,
    *sessions.ROUTES,
    *tasks.ROUTES,
    *users.ROUTES,
    *sign_in.ROUTES,
    *server.ROUTES,
    *nodes.ROUTES,
    *whip.ROUTES,
)


def make_app(services: Services, *, manager: Any = None) -> web.Application:
    """The application over started services.

    `manager`: socket.io's client manager, when it is not the one in memory. When the application
    shuts down it closes all sockets; places in rooms are kept for whoever comes back in time.
    """
    catalogue = Catalogue.load()
    pages = Pages(services.settings, catalogue, front_of(services))
    guard = Guard(services, pages)
    app = web.Application(client_max_size=BODY_LIMIT)
    guard.add_to(app)
    document = msgspec.json.encode(openapi.document(ROUTES, services.settings.version))
    doors = Doors(services, guard.address_of, document, ROUTES)
    guard.transports = _add_sockets(app, services, doors, manager, guard)
    for route in ROUTES:
        path = _matching(route.path)
        app.router.add_route(route.method, path, doors.handler(route))
        if route.method == "GET":
            app.router.add_route("HEAD", path, doors.handler(route))
    CrossOrigin(services).add_to(app)
    pages.add_to(app)
    SinkDoor(services, pages, catalogue).add_to(app)
    return app


def _matching(path: str) -> str:
    """A path as aiohttp matches it: a name in braces at its end stands for none of the words that
    other paths have there."""
    before, _, last = path.rpartition("/")
    others = (route.path.rpartition("/") for route in ROUTES)
    words = sorted({word for at, _, word in others if at == before and "{" not in word})
    if not last.startswith("{") or not words:
        return path
    return f"{before}/{{{last[1:-1]}:(?!(?:{'|'.join(words)})$)[^{{}}/]+}}"


def front_of(services: Services) -> FrontOf:
    """What everybody may know of a site, by its key."""

    async def front(key: str) -> SiteFront | None:
        site = await services.visits.site(key)
        if site is None:
            return None
        origins = ("*",) if site.webview else tuple(site.allowed_origins)
        return SiteFront(theme=theme_view(site, site.languages[0]), origins=origins)

    return front


def _add_sockets(
    app: web.Application, services: Services, doors: Doors, manager: Any, guard: Guard
) -> Transports:
    server = make_server(services.settings, manager)
    parts = services.parts
    transports = Transports(services.settings, parts.clock, parts.tasks, guard.address_of)
    server.transports = transports
    sockets = SocketDoors(
        {
            NAMESPACE: RoomSockets(services, server),
            VISIT: VisitSockets(services, server, guard.address_of).namespace,
            DESK: DeskSockets(services, server).namespace,
        }
    )
    services.border.attach(sockets, doors)
    server.attach(app)

    async def shut(app: web.Application) -> None:
        await services.hand_over()
        await sockets.shut()
        await hang_up(server)

    app.on_shutdown.append(shut)
    return transports
