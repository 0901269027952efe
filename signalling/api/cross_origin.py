"""Cross-origin use of the doors for players and encoders on any page (RFC 9725, section 4.2).

They are open to every origin because a bearer token or a session's secret name is all that counts:
nothing here reads a cookie.
"""

from __future__ import annotations

from aiohttp import web

from offhook.core.errors import OffhookError
from signalling.api.auth import bearer_token
from signalling.api.routes.whip import FRAGMENT, SDP, links
from signalling.services.http_sessions import KINDS
from signalling.services.services import Services

_EXPOSED = "Location, ETag, Link, Accept-Post, Accept-Patch, Retry-After, WWW-Authenticate"
_BEGINNINGS = tuple(f"/{kind}" for kind in KINDS)


class CrossOrigin:
    """Answers OPTIONS, and marks every answer of these doors."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def add_to(self, app: web.Application) -> None:
        """Stand beside the declared routes."""
        for kind in KINDS:
            for path in (f"/{kind}", f"/{kind}/{{name}}"):
                app.router.add_route("OPTIONS", path, self._endpoint)
            app.router.add_route("OPTIONS", f"/{kind}/{{name}}/{{session}}", self._session)
        app.on_response_prepare.append(self._mark)

    async def _endpoint(self, request: web.Request) -> web.StreamResponse:
        """Who shows a good token is told the ICE servers too, before it makes its offer."""
        headers = _allowed("OPTIONS, POST") | {"Accept-Post": SDP}
        header = request.headers.get("Authorization")
        if header is not None and (told := await self._links(header)):
            headers["Link"] = told
        return web.Response(headers=headers)

    async def _session(self, request: web.Request) -> web.StreamResponse:
        headers = _allowed("OPTIONS, PATCH, DELETE") | {"Accept-Patch": FRAGMENT}
        return web.Response(headers=headers)

    async def _links(self, header: str) -> str:
        try:
            servers = await self._services.http_sessions.servers(bearer_token(header))
        except OffhookError:
            return ""
        return ", ".join(links(servers))

    async def _mark(self, request: web.Request, response: web.StreamResponse) -> None:
        if request.path.startswith(_BEGINNINGS):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = _EXPOSED


def _allowed(methods: str) -> dict[str, str]:
    return {
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
        "Access-Control-Max-Age": "7200",
    }
