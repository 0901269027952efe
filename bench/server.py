"""A server to measure: started on private ports, its processor time and memory read from /proc."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import aiohttp

from media.load.plan import Seat
from offhook.app.commands import issued
from offhook.app.config import load
from offhook.app.load_test import claims_of
from signalling.domain.tokens import Claims
from tests.support.command import offhook
from tests.support.server import COMMAND, Server, offhook_server

#: Seconds.
TOKENS_LAST = 3600


class Measured:
    """One running server, with what it has used so far."""

    def __init__(self, server: Server, data: Path) -> None:
        self.url = server.url
        #: The demo's API key and its secret.
        self.login = _login(server)
        self.printed = "\n".join(server.output)
        self.media_port = server.media_port
        self._pid = server.pid
        self._data = data

    def cpu(self) -> float:
        """Processor seconds of all threads of the server that live."""
        threads = Path(f"/proc/{self._pid}/task").iterdir()
        return sum(int((each / "schedstat").read_text().split()[0]) for each in threads) / 1e9

    def memory(self) -> float:
        """Resident megabytes (10^6 bytes) of the server and its children."""
        return sum(_resident(pid) for pid in _family(self._pid)) / 1e6

    def open_files(self) -> int:
        """Descriptors that the server itself has open."""
        return len(os.listdir(f"/proc/{self._pid}/fd"))

    def threads(self) -> int:
        """Threads of the server itself."""
        return len(os.listdir(f"/proc/{self._pid}/task"))

    @property
    def pid(self) -> int:
        """The process to look at in /proc."""
        return self._pid

    async def token(self, identity: str, room: str = "demo") -> str:
        """A join token from the server's own store."""
        made = ("token", "--room", room, "--identity", identity, "--data-dir", str(self._data))
        return (await offhook(*made)).strip()

    async def tokens(self, seats: Sequence[Seat]) -> dict[Seat, str]:
        """Join tokens for the participants of a load test, all at once."""
        made = await self.signed([claims_of(seat) for seat in seats])
        return dict(zip(seats, made, strict=True))

    async def signed(self, claims: Sequence[Claims]) -> list[str]:
        """Tokens that claim this, from the server's own store."""
        return await issued(load({"data_dir": str(self._data)}), claims, TOKENS_LAST)


@contextlib.asynccontextmanager
async def measured_server(
    env: Mapping[str, str] | None = None, module: str = COMMAND
) -> AsyncIterator[Measured]:
    """`offhook serve` with demo data but without the demo's webhook, which the server sends to
    itself; in a folder that goes away with it."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        env = {"OFFHOOK_LOG_LEVEL": "warning", **(env or {})}
        async with offhook_server(data, env=env, module=module) as server:
            await _drop_webhooks(server)
            yield Measured(server, data)


async def _drop_webhooks(server: Server) -> None:
    headers = {"Authorization": aiohttp.encode_basic_auth(*_login(server))}
    async with aiohttp.ClientSession(server.url, headers=headers) as session:
        async with session.get("/v1/webhooks") as reply:
            webhooks = (await reply.json())["items"]
        for webhook in webhooks:
            async with session.delete(f"/v1/webhooks/{webhook['id']}") as reply:
                assert reply.ok, await reply.text()


def _login(server: Server) -> tuple[str, str]:
    printed = "\n".join(server.output)
    key, secret = (re.findall(rf"{name}\s+(\S+)", printed)[0] for name in ("API key", "Secret"))
    return key, secret


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in _family(int(child)))]


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))
