"""A receiver of webhooks on loopback, as an integrator might write it with a library."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import standardwebhooks
from aiohttp import web


class Hook:
    """Answers `status` and remembers what came with a good signature, and what did not."""

    def __init__(self) -> None:
        self.url = ""
        self.secret = ""
        self.status = 200
        self.came: list[dict[str, Any]] = []
        self.forged: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self._heard = asyncio.Condition()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        async with self._heard:
            self.headers.append({name.lower(): value for name, value in request.headers.items()})
            try:
                event = standardwebhooks.Webhook(self.secret).verify(body, self.headers[-1])
            except (standardwebhooks.WebhookVerificationError, RuntimeError):
                self.forged.append(body)
            else:
                if self.status < 300:
                    self.came.append(event)
            self._heard.notify_all()
        return web.Response(status=self.status, text="as you say")

    def types(self, subject: str = "") -> list[str]:
        """The types of what came, about everything or one subject, in the order it came."""
        return [e["type"] for e in self.came if subject in ("", e["subject"])]

    def seqs(self, subject: str) -> list[int]:
        """The numbers of what came about a subject, repeats left out."""
        return list(dict.fromkeys(e["seq"] for e in self.came if e["subject"] == subject))

    async def until(self, done: Callable[[], bool], patience: float = 10.0) -> None:
        """Wait until what came makes it so."""
        async with asyncio.timeout(patience), self._heard:
            await self._heard.wait_for(done)

    @contextlib.asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[Hook]:
        """Listen until the end."""
        app = web.Application()
        app.router.add_post("/hook", self._take)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        try:
            yield self
        finally:
            await runner.cleanup()


def without_gap(seqs: list[int]) -> bool:
    """Whether they count up one by one."""
    return all(after == before + 1 for before, after in itertools.pairwise(seqs))
