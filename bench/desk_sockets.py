"""Bare sockets of visitors' and agents' pages: frames of Engine.IO, hardly looked at."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, Self

import aiohttp

from offhook.core.errors import OffhookError

_LIMIT = 60.0


class PageSocket:
    """One page's socket in a namespace. `last` is the newest state it was told, as text, and came
    at `last_at` by the monotonic clock."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, namespace: str, event: str) -> None:
        self._socket = socket
        self._namespace = namespace
        self._state = f'42{namespace},["{event}",'
        self._acks: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._connected = asyncio.Event()
        self._changed = asyncio.Event()
        self.last, self.last_at = "", 0.0
        self._following = asyncio.get_running_loop().create_task(self._follow())

    @classmethod
    async def connect(
        cls,
        http: aiohttp.ClientSession,
        namespace: str,
        event: str,
        auth: dict[str, str],
        address: str = "",
    ) -> Self:
        """Connect; `address` is whom a proxy that the server trusts says it speaks for."""
        headers = {"X-Forwarded-For": address} if address else {}
        where = "/socket.io/?EIO=4&transport=websocket"
        page = cls(await http.ws_connect(where, max_msg_size=0, headers=headers), namespace, event)
        await page._socket.send_str(f"40{namespace},{json.dumps(auth)}")
        async with asyncio.timeout(_LIMIT):
            await page._connected.wait()
        return page

    async def asks(self, command: str, **argument: Any) -> Any:
        """The value of a command's ack; raises `OffhookError` with the code of a refusal."""
        self._number += 1
        waiting = self._acks[self._number] = asyncio.get_running_loop().create_future()
        text = json.dumps([command, argument])
        await self._socket.send_str(f"42{self._namespace},{self._number}{text}")
        async with asyncio.timeout(_LIMIT):
            ack = await waiting
        if not ack["ok"]:
            raise OffhookError(ack["error"]["detail"], code=ack["error"]["code"])
        return ack["value"]

    async def until(self, text: str) -> float:
        """When a state with this text in it arrived."""
        async with asyncio.timeout(_LIMIT):
            while text not in self.last:
                self._changed.clear()
                await self._changed.wait()
        return self.last_at

    async def _follow(self) -> None:
        acked = f"43{self._namespace},"
        async for message in self._socket:
            at, frame = time.monotonic(), str(message.data)
            if frame == "2":
                await self._socket.send_str("3")
            elif frame.startswith(self._state):
                self.last, self.last_at = frame, at
                self._changed.set()
            elif frame.startswith(acked):
                number, _, rest = frame[len(acked) :].partition("[")
                self._acks.pop(int(number)).set_result(json.loads("[" + rest)[0])
            elif frame.startswith(f"40{self._namespace}"):
                self._connected.set()

    async def close(self) -> None:
        """Hang up."""
        await self._socket.close()
        await self._following
