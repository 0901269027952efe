"""The web application of signalling: pages, REST and sockets on one port."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from offhook.core.errors import OffhookError
from signalling.api import messages
from signalling.api.problems import problem_of
from signalling.api.sockets import RoomSockets, make_server
from signalling.services.services import Services


def make_app(services: Services, *, manager: Any = None) -> web.Application:
    """The application of started services. `manager`: socket.io's client manager, when it is not
    the one in memory."""
    app = web.Application()
    server = make_server(services.settings, manager)
    sockets = RoomSockets(services, server)
    server.attach(app)

    async def knock(request: web.Request) -> web.Response:
        body = await request.read()
        asked = msgspec.json.decode(body or b"{}", type=messages.Knock)
        try:
            found = await services.admissions.knock(
                services.main, request.match_info["name"], asked.token
            )
        except OffhookError as error:
            return web.json_response(
                body=msgspec.json.encode(problem_of(error)), status=error.status
            )
        present = [messages.Present(identity=i, name=n) for i, n in found.present]
        admission = messages.Admission(
            token=found.token,
            identity=found.identity,
            name=found.name,
            room=found.room,
            title=found.title,
            present=present,
            grants=found.grants,
        )
        return web.Response(body=msgspec.json.encode(admission), content_type="application/json")

    async def stop(app: web.Application) -> None:
        await sockets.shut()
        await server.shutdown()

    app.router.add_post("/r/{name}/token", knock)
    app.on_shutdown.append(stop)
    return app
