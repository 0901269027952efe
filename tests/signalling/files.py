"""People who send and fetch files, over the socket and over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from multidict import CIMultiDict

from tests.signalling.signalling import Person, Signalling
from tests.support.files import png

PNG = "image/png"


async def until(true: Callable[[], Awaitable[bool]], within: float = 5.0) -> None:
    """Wait until something that is done in the background is so."""
    async with asyncio.timeout(within):
        while True:
            if await true():
                return
            await asyncio.sleep(0.01)


async def announced(
    who: Person, data: bytes = b"", name: str = "a.png", type: str = PNG, **more: Any
) -> dict[str, Any]:
    """The pass for a file that is to be brought."""
    given = {"name": name, "type": type, "size": len(data or png()), **more}
    found: dict[str, Any] = await who.asks("upload", **given)
    return found


@dataclass
class Answered:
    """What came back."""

    status: int
    headers: CIMultiDict[str]
    body: bytes
    json: Any

    @property
    def code(self) -> str:
        """Of the problem."""
        return str(self.json["code"])


async def brought(
    server: Signalling, given: dict[str, Any], data: Any = b"", type: str = "", ticket: str = ""
) -> Answered:
    """Bring the bytes of a file that was announced."""
    headers = {
        "Authorization": f"Bearer {ticket or given['ticket']}",
        "Content-Type": type or given["file"]["type"],
    }
    return await _asked(server, "PUT", given["url"], headers, data or png())


async def fetched(
    server: Signalling, given: dict[str, Any], ticket: str | None = None, method: str = "GET"
) -> Answered:
    """Fetch a file for which there is a link."""
    url = f"{given['url']}?ticket={given['ticket'] if ticket is None else ticket}"
    return await _asked(server, method, url, {}, None)


async def _asked(
    server: Signalling, method: str, url: str, headers: dict[str, str], data: Any
) -> Answered:
    async with server.http.request(method, url, data=data, headers=headers) as reply:
        body = await reply.read()
        problem = await reply.json() if "json" in reply.content_type and body else None
        return Answered(reply.status, CIMultiDict(reply.headers), body, problem)


async def sent(
    server: Signalling, who: Person, data: bytes = b"", name: str = "a.png", type: str = PNG
) -> dict[str, Any]:
    """Send a file in the chat; how everybody is told of it."""
    data = data or png()
    given = await announced(who, data, name, type)
    answered = await brought(server, given, data)
    assert answered.status == 201, answered.body
    await who.asks("chat", file=given["file"]["id"])
    file: dict[str, Any] = answered.json
    return file
