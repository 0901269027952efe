"""Round every HTTP request: an id, a log line, figures, safe headers, and problems for errors."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import msgspec
import structlog
from aiohttp import web

from offhook.core.clock import SECOND
from offhook.core.errors import MalformedInput, NotFound, OffhookError, TooLarge
from offhook.core.telemetry import about
from signalling.api.content_policy import content_policy
from signalling.api.cors import Cors
from signalling.api.messages import Problem
from signalling.api.pages import Pages
from signalling.api.problems import problem_of, unforeseen
from signalling.api.transports import Transports
from signalling.services.services import Services

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REQUEST_ID = web.RequestKey("request_id", str)
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
_SOCKETS = "/socket.io/"
#: Paths whose errors are for programs, whatever they accept.
_API = (
    "/v1/",
    "/v1",
    "/openapi.json",
    "/status.json",
    "/metrics",
    "/healthz",
    "/readyz",
    "/whip",
    "/whep",
)


class NoSuchMethod(OffhookError):
    """The path is there, but not for this method."""

    status = 405
    code = "method_not_allowed"


class Guard:
    """The one middleware."""

    def __init__(self, services: Services, pages: Pages) -> None:
        self._services = services
        self._pages = pages
        self._clock = services.parts.clock
        self._policy = content_policy(services.settings.allowed_origins)
        self._cors = Cors(services.settings.allowed_origins)
        #: Those of the sockets, which are bounded for each address.
        self.transports: Transports | None = None

    def add_to(self, app: web.Application) -> None:
        """Stand round every route of the application."""

        @web.middleware
        async def round_it(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._round(request, handler)

        app.middlewares.append(round_it)
        app.on_response_prepare.append(self._harden)

    def address_of(self, request: web.Request) -> str:
        """Whose address a request comes from: each trusted proxy is believed about the hop
        before it, and nobody else."""
        trusted = self._services.settings.trusted_proxies
        address = request.remote or ""
        hops = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        while address in trusted and hops and (hop := hops.pop().strip()):
            address = hop
        return address

    async def _round(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        started = self._clock.now()
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _GIVEN_ID.match(given) else self._services.parts.random(10).hex()
        request[REQUEST_ID] = request_id
        with about(request_id=request_id):
            response = await self._answer(request, handler)
            self._note(request, response.status, (self._clock.now() - started) / SECOND)
        return response

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        request_id = request[REQUEST_ID]
        try:
            _require_text(request)
            if self.transports is not None and request.path.startswith(_SOCKETS):
                self.transports.admit(request)
            return self._cors.preflight(request) or await handler(request)
        except OffhookError as error:
            return _respond(problem_of(error, request_id))
        except web.HTTPException as error:
            return self._of_aiohttp(request, error)
        except Exception as error:
            return _respond(unforeseen(error, request_id, path=_pattern(request)))

    def _of_aiohttp(self, request: web.Request, error: web.HTTPException) -> web.StreamResponse:
        """Aiohttp's own refusals in our words."""
        request_id = request[REQUEST_ID]
        if isinstance(error, web.HTTPMethodNotAllowed):
            allowed = ", ".join(sorted(error.allowed_methods))
            refusal = NoSuchMethod(f"Only {allowed} can be done here.")
            return _respond(problem_of(refusal, request_id), {"Allow": allowed})
        if error.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return _respond(problem_of(TooLarge("The body is too large."), request_id))
        if error.status == HTTPStatus.NOT_FOUND:
            if _is_for_people(request):
                return self._pages.words(request, "page.missing", status=404)
            return _respond(problem_of(NotFound("There is nothing here."), request_id))
        return error

    def _note(self, request: web.Request, status: int, seconds: float) -> None:
        pattern, figures = _pattern(request), self._services.figures
        if pattern.startswith(_SOCKETS):
            return
        figures.requests.labels(request.method, pattern, str(status)).inc()
        figures.request_seconds.labels(request.method, pattern).observe(seconds)
        log.info(
            "request",
            method=request.method,
            route=pattern,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            address=self.address_of(request),
        )

    async def _harden(self, request: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers.setdefault("Content-Security-Policy", self._policy)
        headers["Permissions-Policy"] = (
            "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), "
            "fullscreen=(self), geolocation=()"
        )
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["X-Request-Id"] = request.get(REQUEST_ID, "")
        self._cors.mark(request, headers)


def _respond(problem: Problem, headers: dict[str, str] | None = None) -> web.Response:
    more = {"Cache-Control": "no-store", **(headers or {})}
    if problem.status == HTTPStatus.UNAUTHORIZED:
        more["WWW-Authenticate"] = 'Bearer realm="offhook"'
    if problem.retry_after is not None or problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        more["Retry-After"] = str(max(1, round(problem.retry_after or 0)))
    return web.Response(
        status=problem.status,
        body=msgspec.json.encode(problem),
        content_type="application/problem+json",
        headers=more,
    )


def _require_text(request: web.Request) -> None:
    """Raise `MalformedInput` for a head with bytes that are no text."""
    for name, value in (("path", request.raw_path), *request.headers.items()):
        if not value.isascii():
            try:
                value.encode()
            except UnicodeEncodeError as error:
                raise MalformedInput(
                    "The request holds bytes that are no text.", field=str(name)
                ) from error


def _is_for_people(request: web.Request) -> bool:
    """Whether a browser shows the answer to somebody."""
    is_api = request.path.startswith(_API)
    return not is_api and "text/html" in request.headers.get("Accept", "")


def _pattern(request: web.Request) -> str:
    """The route's path with its names in braces, so that figures have few labels."""
    resource = request.match_info.route.resource
    return "unknown" if resource is None else resource.canonical
