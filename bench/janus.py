"""Debian's Janus beside our benchmarks: started on a private port, driven over its HTTP API."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

from offhook.core.errors import Unavailable
from tests.support.ports import free_port

INSTALL = "apt-get install --no-install-recommends janus"
_PLUGIN = "janus.plugin.videoroom"
_START_LIMIT = 15.0
_ANSWER_LIMIT = 10.0


class Janus:
    """One running Janus."""

    def __init__(self, pid: int, url: str) -> None:
        self.pid = pid
        self.url = url


def installed() -> bool:
    """Whether there is a Janus on this machine."""
    return shutil.which("janus") is not None


def version() -> str:
    """What the installed Janus calls itself."""
    said = subprocess.run(["janus", "--version"], capture_output=True, text=True, check=False)
    lines = (said.stdout + said.stderr).strip().splitlines()
    return lines[0] if lines else "unknown"


@contextlib.asynccontextmanager
async def janus_server(*, event_loops: int) -> AsyncIterator[Janus]:
    """Start Janus with one plug-in and one transport; `event_loops` 0 is Debian's default."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        _configure(folder, port, event_loops)
        with (folder / "janus.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                "janus", "-C", str(folder / "janus.jcfg"), "-F", str(folder), stdout=log, stderr=log
            )
        try:
            url = f"http://127.0.0.1:{port}/janus"
            await _answers(process, url, folder / "janus.log")
            yield Janus(process.pid, url)
        finally:
            if process.returncode is None:
                process.terminate()
            try:
                async with asyncio.timeout(_START_LIMIT):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()


def _configure(folder: Path, port: int, event_loops: int) -> None:
    modules = next(Path("/usr/lib").glob("*/janus"))
    for kind, module in (("plugins", "videoroom"), ("transports", "http")):
        (folder / kind).mkdir()
        library = f"libjanus_{module}.so"
        (folder / kind / library).symlink_to(modules / kind / library)
    (folder / "empty").mkdir()
    loops = f"event_loops={event_loops};" if event_loops else ""
    (folder / "janus.jcfg").write_text(
        f'general: {{ configs_folder="{folder}"; plugins_folder="{folder}/plugins"; '
        f'transports_folder="{folder}/transports"; events_folder="{folder}/empty"; '
        f'loggers_folder="{folder}/empty"; debug_level=3; {loops} session_timeout=300; }}\n'
        'media: { rtp_port_range="30000-39999"; }\n'
        f'nat: {{ full_trickle=false; ice_enforce_list="{address()}"; }}\n'
    )
    (folder / "janus.plugin.videoroom.jcfg").write_text("general: {}\n")
    (folder / "janus.transport.http.jcfg").write_text(
        f'general: {{ json="plain"; base_path="/janus"; http=true; port={port}; ip="127.0.0.1"; '
        "https=false; }\nadmin: { admin_http=false; }\n"
    )


def address() -> str:
    """An address of this machine that is not loopback's, which Janus does not take.

    What one sends to it stays on the loopback interface all the same.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


async def _answers(process: asyncio.subprocess.Process, url: str, log: Path) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(_START_LIMIT):
        while process.returncode is None:
            try:
                async with http.get(f"{url}/info") as reply:
                    if reply.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
    said = log.read_text(errors="replace")  # noqa: ASYNC240 - it is over anyway
    raise Unavailable(f"Janus did not start: {said[-2000:]}")


class Handle:
    """One attachment to the video room, with what it was told."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()


class Session:
    """A session of the HTTP API with its long poll; a context manager."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self._handles: dict[int, Handle] = {}
        self._count = 0
        self._number = 0
        self._polling: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Session:
        made = await self._post("", {"janus": "create"})
        self._number = made["data"]["id"]
        self._polling = asyncio.get_running_loop().create_task(self._poll())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, return_exceptions=True)
        await self._http.close()

    async def attach(self) -> Handle:
        """A new handle."""
        made = await self._post(f"/{self._number}", {"janus": "attach", "plugin": _PLUGIN})
        handle = self._handles[made["data"]["id"]] = Handle(made["data"]["id"])
        return handle

    async def ask(
        self, handle: Handle, body: dict[str, object], offer: tuple[str, str] | None = None
    ) -> dict[str, Any]:
        """Send a request; return the answer, also when it comes as an event.

        Raises `Unavailable` with what Janus says is wrong.
        """
        message: dict[str, object] = {"janus": "message", "body": body}
        if offer is not None:
            message["jsep"] = {"type": offer[0], "sdp": offer[1]}
        reply = await self._post(f"/{self._number}/{handle.number}", message)
        if reply["janus"] == "ack":
            async with asyncio.timeout(_ANSWER_LIMIT):
                reply = await handle.events.get()
        data = reply.get("plugindata", {}).get("data", {})
        if reply["janus"] == "error" or "error" in data:
            raise Unavailable(f"Janus refuses {body['request']}: {reply.get('error', data)}")
        return reply

    async def _post(self, path: str, message: dict[str, object]) -> dict[str, Any]:
        self._count += 1
        message["transaction"] = str(self._count)
        async with self._http.post(self._url + path, json=message) as reply:
            found: dict[str, Any] = await reply.json(content_type=None)
            return found

    async def _poll(self) -> None:
        while True:
            async with self._http.get(f"{self._url}/{self._number}?maxev=10") as reply:
                told = await reply.json(content_type=None)
            for event in told if isinstance(told, list) else [told]:
                handle = self._handles.get(event.get("sender", 0))
                if event.get("janus") == "event" and handle is not None:
                    handle.events.put_nowait(event)
