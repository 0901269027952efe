"""Waiting for somebody only as long as they live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Severed(Exception):
    """Whoever was waited for is gone."""


class Lifelines:
    """Who is waited for, by name. `sever` ends every wait for one of them."""

    def __init__(self) -> None:
        self._held: dict[str, set[asyncio.Timeout]] = {}

    @asynccontextmanager
    async def holding(self, name: str) -> AsyncIterator[None]:
        """Whatever waits within is cancelled, and `Severed` raised, as soon as `name` is gone."""
        try:
            async with asyncio.timeout(None) as line:
                self._held.setdefault(name, set()).add(line)
                try:
                    yield
                finally:
                    self._let_go(name, line)
        except TimeoutError:
            if line.expired():
                raise Severed(name) from None
            raise

    def sever(self, name: str) -> None:
        """It is gone."""
        now = asyncio.get_running_loop().time()
        for line in self._held.get(name, ()):
            line.reschedule(now)

    def names(self) -> list[str]:
        """Everybody who is waited for."""
        return list(self._held)

    def _let_go(self, name: str, line: asyncio.Timeout) -> None:
        held = self._held[name]
        held.discard(line)
        if not held:
            del self._held[name]
