"""How long HTTP clients may take, and how many connections each address may hold open."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from typing import Any

import structlog
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Seconds from the first byte, or from the connection, until the whole head of a request is there.
HEAD_WITHIN = 15.0
#: Seconds that an idle connection is kept for the next request; proxies keep theirs a minute.
KEEP_ALIVE = 75.0


class PatientServer(web.Server):
    """Makes connections that are closed when a head does not come, or that are one too many.

    `most`: connections of one address, 0 for no limit; `exempt` are proxies, who speak for many.
    """

    def __init__(self, *args: Any, most: int, exempt: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._most = most
        self._exempt = frozenset(exempt)
        self._counts: Counter[str] = Counter()

    def __call__(self) -> RequestHandler:
        """A connection, called by the loop."""
        return _Connection(self, loop=self._loop, **self._kwargs)

    def enters(self, address: str) -> bool:
        """Count a connection; False when there are too many from there."""
        self._counts[address] += 1
        return not self._most or address in self._exempt or self._counts[address] <= self._most

    def leaves(self, address: str) -> None:
        """A connection that was counted has ended."""
        self._counts[address] -= 1
        if not self._counts[address]:
            del self._counts[address]


class _Connection(RequestHandler):
    """Armed while a head is awaited that has begun to come, or the very first one."""

    __slots__ = ("_address", "_head", "_server")

    def __init__(self, server: PatientServer, **kwargs: Any) -> None:
        super().__init__(server, **kwargs)
        self._server = server
        self._address = ""
        self._head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self._address = peer[0] if isinstance(peer, tuple) else ""
        self._arm()
        if not self._server.enters(self._address):
            log.info("too many connections", address=self._address)
            self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Called by the loop."""
        self._disarm()
        self._server.leaves(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self._disarm()
        elif self._head is None and self._waiter is not None and not self._waiter.done():
            self._arm()

    def _arm(self) -> None:
        self._head = self._loop.call_later(HEAD_WITHIN, self._give_up)

    def _disarm(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _give_up(self) -> None:
        self._head = None
        log.info("no request came", address=self._address)
        self.force_close()


class PatientRunner(web.AppRunner):
    """Runs an application behind such a server."""

    def __init__(
        self, app: web.Application, *, most: int = 0, exempt: Collection[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(app, keepalive_timeout=KEEP_ALIVE, **kwargs)
        self._bounds: dict[str, Any] = {"most": most, "exempt": exempt}

    async def _make_server(self) -> web.Server:
        plain = await super()._make_server()
        return PatientServer(
            plain.request_handler,
            request_factory=plain.request_factory,
            loop=plain._loop,
            **plain._kwargs,
            **self._bounds,
        )
