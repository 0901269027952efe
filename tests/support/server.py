"""Offhook as its operators run it: the real command in a process of its own, on private ports."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from tests.support.ports import free_port

#: What `offhook` runs.
COMMAND = "offhook.app.cli"
_START_LIMIT = 30.0
_STOP_LIMIT = 10.0


class Server:
    """One running `offhook serve`; `url` is where its pages are, `output` what it printed."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, media_port: int) -> None:
        self.process = process
        self.url = url
        self.media_port = media_port
        self.output: list[str] = []
        self.reading: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The process to look at in /proc."""
        return self.process.pid

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and wait; return the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(how)
            try:
                async with asyncio.timeout(_STOP_LIMIT):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
                raise AssertionError("the server did not stop in time:\n" + self.tail()) from None
        return self.process.returncode or 0

    def tail(self) -> str:
        """The last lines it printed."""
        return "\n".join(self.output[-60:])


@contextlib.asynccontextmanager
async def offhook_server(
    data_dir: Path,
    *arguments: str,
    role: str = "all",
    env: Mapping[str, str] | None = None,
    module: str = COMMAND,
) -> AsyncIterator[Server]:
    """Start `offhook serve`, wait until it is ready, and stop it at the end."""
    server = await start_server(data_dir, *arguments, role=role, env=env, module=module)
    try:
        yield server
    finally:
        await server.stop()


async def start_server(
    data_dir: Path,
    *arguments: str,
    role: str = "all",
    env: Mapping[str, str] | None = None,
    module: str = COMMAND,
) -> Server:
    """Start `offhook serve` and wait until it is ready; `module` is what Python runs."""
    given = dict(env or {})
    port = int(given.setdefault("OFFHOOK_PORT", str(free_port())))
    media_port = int(given.setdefault("OFFHOOK_MEDIA_PORT", str(free_port())))
    given.setdefault("OFFHOOK_HEALTH_PORT", str(free_port()))
    given.setdefault("OFFHOOK_SHOP_PORT", "0")
    host = given.get("OFFHOOK_HOST", "127.0.0.1")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        "serve",
        "--role",
        role,
        *arguments,
        env={**_clean_environment(), "OFFHOOK_DATA_DIR": str(data_dir), **given},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    server = Server(process, f"http://{host}:{port}", media_port)
    server.reading = asyncio.get_running_loop().create_task(_read(server))
    try:
        async with asyncio.timeout(_START_LIMIT):
            await _printed(server, "is ready")
    except (TimeoutError, AssertionError) as error:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await server.reading
        raise AssertionError("the server did not start:\n" + server.tail()) from error
    return server


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("OFFHOOK_")}


async def _read(server: Server) -> None:
    assert server.process.stdout
    async for line in server.process.stdout:
        server.output.append(line.decode(errors="replace").rstrip())


async def _printed(server: Server, word: str) -> None:
    while server.process.returncode is None:
        if any(word in line for line in server.output):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it ended")
