"""Debian's coturn on a private port, with time-limited credentials."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port

_START_LIMIT = 10.0


@dataclass(frozen=True)
class Coturn:
    """A running TURN server."""

    address: str
    port: int
    secret: str

    def urls(self, transport: str) -> str:
        """What a client is given."""
        return f"turn:{self.address}:{self.port}?transport={transport}"


@contextlib.asynccontextmanager
async def coturn(folder: Path, address: str) -> AsyncIterator[Coturn]:
    """Start `turnserver` on `address` and stop it at the end, by its own pid."""
    program = shutil.which("turnserver")
    if program is None:
        raise AssertionError("coturn is missing: apt-get install -y --no-install-recommends coturn")
    server = Coturn(address, free_port(address), "a secret between us")
    process = await asyncio.create_subprocess_exec(
        program,
        "--no-cli",
        "--no-tls",
        "--no-dtls",
        "--fingerprint",
        "--use-auth-secret",
        f"--static-auth-secret={server.secret}",
        "--realm=offhook.test",
        f"--listening-ip={address}",
        f"--relay-ip={address}",
        f"--listening-port={server.port}",
        "--min-port=40000",
        "--max-port=40099",
        "--allow-loopback-peers",
        "--cli-password=unused",
        f"--pidfile={folder / 'coturn.pid'}",
        f"--userdb={folder / 'turndb'}",
        "--log-file=stdout",
        "--simple-log",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await _listens(process, server)
        yield server
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _listens(process: asyncio.subprocess.Process, server: Coturn) -> None:
    async with asyncio.timeout(_START_LIMIT):
        while process.returncode is None:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection(server.address, server.port)
                writer.close()
                return
            await asyncio.sleep(0.05)
    raise AssertionError("coturn ended")
