"""Carries out declared routes: authenticate, decode, authorise, call the handler, encode."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Raw, Struct
from multidict import MultiDict, MultiMapping

from offhook.core.bucket import Buckets
from offhook.core.contracts.processes import Carried, CarryRequest
from offhook.core.errors import (
    InvalidInput,
    MalformedInput,
    NotFound,
    OffhookError,
    PreconditionRequired,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)
from offhook.core.policy import Principal, require
from offhook.core.store.idempotency import StoredReply
from signalling.api.auth import authenticate, bearer_token
from signalling.api.cookies import Browser, browser_of
from signalling.api.decoding import converted
from signalling.api.routing import Ask, Route, Streamed, TooSlow, stored
from signalling.services.elsewhere import Elsewhere, may_be_asked_again, nothing_was_done
from signalling.services.services import Services

#: The largest body of a request, in bytes.
BODY_LIMIT = 1024 * 1024
#: Seconds that a body may take.
BODY_WITHIN = 30.0
#: The longest request line, in bytes: every query that the OpenAPI document allows fits in.
LINE_LIMIT = 32 * 1024
_KEY_HEADER = "Idempotency-Key"
_IF_MATCH = "If-Match"
#: What a handler may want to know of a request's headers.
_HEADERS = {_KEY_HEADER, _IF_MATCH}
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z")

WebHandler = Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]


class Doors:
    """Makes aiohttp handlers of declared routes, and answers for other processes by them."""

    def __init__(
        self,
        services: Services,
        address_of: Callable[[web.Request], str],
        document: bytes,
        routes: Sequence[Route],
    ) -> None:
        self._services = services
        self._routes = {route.id: route for route in routes}
        self._document = document
        self._address_of = address_of
        limits = services.settings
        self._by_account = Buckets(limits.requests_per_second, limits.requests_per_second * 3)
        self._by_address = Buckets(limits.knocks_per_second, limits.knocks_per_second * 10)
        self._failures = Buckets(limits.failures_per_second, limits.failures_per_second * 30)

    def handler(self, route: Route) -> WebHandler:
        """The handler of one route."""

        if route.streamed is not None:
            return self._streaming(route, route.streamed)

        async def handle(request: web.Request) -> web.StreamResponse:
            browser = browser_of(request, self._services.settings)
            principal = await self._principal(route, request, browser)
            if principal is not None and route.permission is not None:
                require(principal, route.permission, room=request.match_info.get("name"))
            asked = CarryRequest(
                route=route.id,
                target=f"{request.method}\n{request.path}\n",
                path={name: request.match_info[name] for name in route.parameters},
                query=tuple(request.query.items()),
                headers={n: request.headers[n] for n in _HEADERS if n in request.headers},
                body=b"",
                principal=Raw(msgspec.json.encode(principal)),
                browser=Raw(msgspec.json.encode(replace(browser, token=None))),
                address=self._address_of(request),
                origin=_origin(self._services, request),
                token=bearer_token(request.headers.get("Authorization")) if route.joins else None,
            )
            ask = self._ask(route, asked, principal, browser)
            raw = await _read(route, request)
            ask.body = _decoded(route, raw)
            asked = msgspec.structs.replace(asked, body=raw)
            try:
                return _response(route, await self._answer_anywhere(route, asked, ask))
            except Unauthenticated:
                self._failures.take(ask.address, self._services.parts.clock.now())
                raise

        return handle

    def _streaming(self, route: Route, streamed: Streamed) -> WebHandler:
        """The handler of a route that reads or writes what it carries piece by piece."""

        async def handle(request: web.Request) -> web.StreamResponse:
            now, address = self._services.parts.clock.now(), self._address_of(request)
            if route.limited == "address":
                self._by_address.take(address, now)
            try:
                return await streamed(self._services, request)
            except Unauthenticated:
                self._failures.take(address, now)
                raise

        return handle

    async def carried(self, request: CarryRequest) -> Carried:
        """Answer a request that reached another process, which let it in."""
        route = self._routes.get(request.route)
        if route is None:
            raise NotFound("This process does not know the route.", code="unknown_route")
        principal = msgspec.json.decode(request.principal, type=Principal | None)
        browser = msgspec.json.decode(request.browser, type=Browser)
        ask = self._ask(route, request, principal, browser)
        ask.body = _decoded(route, request.body)
        reply = await self._answer(route, request, ask)
        return Carried(status=reply.status, headers=dict(reply.headers), body=reply.body)

    def _ask(
        self, route: Route, asked: CarryRequest, principal: Principal | None, browser: Browser
    ) -> Ask:
        """What the handler is asked, still without its body."""
        return Ask(
            services=self._services,
            principal=principal,
            path=asked.path,
            query=_query(route, MultiDict(asked.query)),
            body=None,
            address=asked.address,
            origin=asked.origin,
            document=self._document,
            browser=browser,
            if_match=_if_match(route, asked.headers.get(_IF_MATCH)),
            token=asked.token,
        )

    async def _answer_anywhere(self, route: Route, asked: CarryRequest, ask: Ask) -> StoredReply:
        """Here, or at the process that owns the room or the desk; one that died while it was asked
        may have done it, so only what changes nothing is asked for again."""
        for _ in range(2):
            try:
                return await self._answer(route, asked, ask)
            except Elsewhere as elsewhere:
                owned = elsewhere
            try:
                found = await self._services.border.carry_request(owned.node, asked)
            except Unavailable as error:
                again = may_be_asked_again if route.method == "GET" else nothing_was_done
                if not again(error):
                    raise
            else:
                return StoredReply(status=found.status, body=found.body, headers=found.headers)
        raise owned.moving()

    async def _principal(
        self, route: Route, request: web.Request, browser: Browser
    ) -> Principal | None:
        now, address = self._services.parts.clock.now(), self._address_of(request)
        if route.permission is None:
            if route.limited == "address":
                self._by_address.take(address, now)
            return None
        try:
            header = request.headers.get("Authorization")
            principal = await authenticate(self._services, header, browser, route.permission)
        except OffhookError:
            self._failures.take(address, now)
            raise
        self._by_account.take(principal.account, now)
        return principal

    async def _answer(self, route: Route, asked: CarryRequest, ask: Ask) -> StoredReply:
        key = asked.headers.get(_KEY_HEADER)
        if key is None or not route.creates:
            return stored(route, await route.handler(ask))
        if not _KEY.match(key):
            raise InvalidInput(
                "An Idempotency-Key has 1 to 255 printable ASCII characters.",
                field=_KEY_HEADER,
            )
        what = asked.target.encode() + asked.body
        repeats = self._services.repeats
        ask.repeatable, before = await repeats.claim(ask.account, key, what)
        if before is not None:
            headers = {**before.headers, "Idempotency-Replayed": "true"}
            return StoredReply(status=before.status, body=before.body, headers=headers)
        try:
            reply = stored(route, await route.handler(ask))
            if not ask.remembered:
                await repeats.keep(ask.repeatable, reply)
        except BaseException:
            await repeats.release(ask.repeatable)
            raise
        return reply


def _response(route: Route, reply: StoredReply) -> web.Response:
    if not reply.body:
        return web.Response(status=reply.status, headers=reply.headers)
    headers = {"Content-Type": route.media_type, "Cache-Control": "no-store", **reply.headers}
    return web.Response(status=reply.status, body=reply.body, headers=headers)


def _origin(services: Services, request: web.Request) -> str:
    """How browsers reach this server."""
    return services.settings.public_url.rstrip("/") or f"{request.scheme}://{request.host}"


def _if_match(route: Route, header: str | None) -> tuple[str, ...] | None:
    if header is None and route.if_match_needed:
        raise PreconditionRequired("Say which ETag is meant.", field="If-Match")
    if header is None or not route.if_match or header.strip() == "*":
        return None
    return tuple(tag.strip() for tag in header.split(","))


def _query(route: Route, given: MultiMapping[str]) -> Struct | None:
    if route.query is None:
        return None
    fields = {field.name: field for field in msgspec.structs.fields(route.query)}
    values: dict[str, object] = {}
    for name in given:
        several = name in fields and isinstance(fields[name].default_factory, type)
        values[name] = given.getall(name) if several else given.getall(name)[-1]
    return converted(lambda shape: msgspec.convert(values, shape, strict=False), route.query)


async def read_body(request: web.Request) -> bytes:
    """The whole body; raise `TooLarge`, or `TooSlow` when it does not come in time."""
    try:
        async with asyncio.timeout(BODY_WITHIN):
            return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise TooLarge(f"A body has at most {BODY_LIMIT} bytes.") from error
    except TimeoutError as error:
        raise TooSlow(f"The body did not come within {BODY_WITHIN:.0f} seconds.") from error


async def _read(route: Route, request: web.Request) -> bytes:
    if route.body is None and not route.text:
        return b""
    raw = await read_body(request)
    expected = route.text or "application/json"
    if (raw or route.text) and request.content_type != expected:
        raise UnsupportedMedia(f"Send {expected}.", field="Content-Type")
    return raw


def _decoded(route: Route, raw: bytes) -> Struct | str | bytes | None:
    if route.raw:
        return raw
    if route.text:
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise MalformedInput("The body is not UTF-8.") from error
    if route.body is None:
        return None
    if not raw and route.body_optional:
        raw = b"{}"
    return converted(lambda shape: msgspec.json.decode(raw, type=shape, strict=True), route.body)
