"""Whose pages, beside our own, may read answers of the REST API: those that the operator named."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping

from aiohttp import hdrs, web

_PREFIX = "/v1/"
#: Signing in is for our own pages only.
_NEVER = "/v1/sign-in"
_SECONDS = "600"
_METHODS = "GET, POST, PUT, PATCH, DELETE"
_TAKES = "Authorization, Content-Type, Idempotency-Key, If-Match, X-Request-Id"
_SHOWS = "ETag, Idempotency-Replayed, Retry-After, X-Request-Id"


class Cors:
    """Cross-origin resource sharing (Fetch section 3.3), never with credentials: who reads from
    another page comes with a token, and our cookie stays at home."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin.rstrip("/") for origin in origins)

    def preflight(self, request: web.Request) -> web.Response | None:
        """The answer to a browser that asks first; None when it is not such a question, or is one
        of a page that may not."""
        asks = request.method == "OPTIONS" and hdrs.ACCESS_CONTROL_REQUEST_METHOD in request.headers
        if not asks or not self._allows(request):
            return None
        headers = {
            hdrs.ACCESS_CONTROL_ALLOW_METHODS: _METHODS,
            hdrs.ACCESS_CONTROL_ALLOW_HEADERS: _TAKES,
            hdrs.ACCESS_CONTROL_MAX_AGE: _SECONDS,
        }
        return web.Response(status=204, headers=headers)

    def mark(self, request: web.Request, headers: MutableMapping[str, str]) -> None:
        """Say in an answer who may read it; nothing at all when nobody was named."""
        if not self._origins or not _is_open(request.path):
            return
        headers[hdrs.VARY] = "Origin"
        if self._allows(request):
            headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = request.headers[hdrs.ORIGIN]
            headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = _SHOWS

    def _allows(self, request: web.Request) -> bool:
        return _is_open(request.path) and request.headers.get(hdrs.ORIGIN, "") in self._origins


def _is_open(path: str) -> bool:
    return path.startswith(_PREFIX) and not path.startswith(_NEVER)
