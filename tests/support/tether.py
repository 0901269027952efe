"""A way over TCP to a server, which a test can cut at the moment it chooses."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

Pair = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Tether:
    """Carries bytes both ways between whoever connects to `port` and the server behind it."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self.cuts = 0
        self._target = target
        self._word: bytes | None = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.shut()

    def cut_after(self, word: bytes) -> None:
        """Pass on the next bytes with this word in them, and never what the server answers."""
        self._word = word

    async def open(self) -> None:
        """Let in, on the same port as before."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Cut everybody off and let nobody in."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            async with self._to_server() as server, asyncio.TaskGroup() as group:
                answers = group.create_task(_copy(server[0], writer))
                await self._ask(reader, server[1], answers)
                answers.cancel()
        except (OSError, ExceptionGroup):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _ask(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answers: asyncio.Task[None],
    ) -> None:
        """Carry questions, up to the end or to the one that must not be answered."""
        while asked := await reader.read(65536):
            if self._word is not None and self._word in asked:
                self._word = None
                answers.cancel()
                writer.write(asked)
                await writer.drain()
                self.cuts += 1
                return
            writer.write(asked)
            await writer.drain()

    @asynccontextmanager
    async def _to_server(self) -> AsyncIterator[Pair]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while answered := await reader.read(65536):
        writer.write(answered)
        await writer.drain()
    writer.transport.abort()
