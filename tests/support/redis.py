"""A Redis of the test's own on a private port of the loopback, stopped by its own pid."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.support.ports import free_port

INSTALL = "apt-get install -y --no-install-recommends redis-server"


class RedisServer:
    """One redis-server; it may be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        program = shutil.which("redis-server")
        assert program is not None, f"redis-server is missing: {INSTALL}"
        self._process = await asyncio.create_subprocess_exec(
            program,
            *("--port", str(self.port), "--bind", "127.0.0.1", "--save", ""),
            *("--appendonly", "no", "--dir", str(self._folder), "--logfile", "redis.log"),
        )
        await self._answers()

    async def kill(self) -> None:
        """Take it away without a goodbye."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None

    async def _answers(self) -> None:
        client = Redis(host="127.0.0.1", port=self.port)
        async with asyncio.timeout(10):
            while True:
                try:
                    await client.ping()
                except (RedisError, OSError):
                    await asyncio.sleep(0.02)
                else:
                    break
        await client.aclose()


@asynccontextmanager
async def run_redis(folder: Path) -> AsyncIterator[RedisServer]:
    """A Redis for one test."""
    server = RedisServer(folder)
    await server.start()
    try:
        yield server
    finally:
        await server.kill()
