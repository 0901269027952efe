"""A peer's socket to the room: commands with acks, and one queue of what the server tells."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
import msgspec
import socketio
from msgspec import Struct

from media.peers.protocol import NAMESPACE, Problem, error_of, read, read_ack
from offhook.core.errors import BusTimeout, OffhookError, Unavailable

T = TypeVar("T")

#: Seconds to wait for the connection, and for the ack of a command.
_CONNECT_LIMIT = 10.0
_ACK_LIMIT = 10.0

#: News of our own: the socket is lost, by the network or by the server.
LOST = "socket_lost"


@dataclass(frozen=True)
class News:
    """Something the server told: the event's name and its argument."""

    name: str
    data: object = None


class RoomSocket:
    """A socket.io connection to /room; when it is lost that is news, and `open` makes it again.

    Made inside a running loop; `close` ends it also when it was never opened.
    """

    def __init__(self, url: str, token: str, *, verify_tls: bool = True) -> None:
        self.news: asyncio.Queue[News] = asyncio.Queue()
        self.token = token
        self._url = url
        self._refusal: object = None
        self._http = aiohttp.ClientSession()
        self._client: Any = socketio.AsyncClient(
            reconnection=False,
            http_session=self._http,
            ssl_verify=verify_tls,
            handle_sigint=False,
        )
        self._client.on("disconnect", self._disconnected, namespace=NAMESPACE)
        self._client.on("connect_error", self._refused, namespace=NAMESPACE)
        self._client.on("*", self._told, namespace=NAMESPACE)

    async def open(self) -> None:
        """Connect; raise what the server refuses with, or `Unavailable` when it is not there."""
        self._refusal = None
        await self.disconnect()
        try:
            await self._client.connect(
                self._url,
                auth={"token": self.token},
                transports=["websocket"],
                namespaces=[NAMESPACE],
                wait_timeout=_CONNECT_LIMIT,
            )
        except socketio.exceptions.ConnectionError as error:
            raise _refusal(self._refusal, str(error)) from error

    async def ask(self, command: str, request: Struct | dict[str, object], reply: type[T]) -> T:
        """Send a command and return what its ack carries; raise the error that it carries."""
        body = msgspec.to_builtins(request)
        try:
            ack = await self._client.call(command, body, namespace=NAMESPACE, timeout=_ACK_LIMIT)
        except socketio.exceptions.TimeoutError as error:
            raise BusTimeout(f"the server did not answer {command}") from error
        except socketio.exceptions.SocketIOError as error:
            raise Unavailable(f"the socket is lost: {error}") from error
        return read_ack(ack, reply)

    @property
    def connected(self) -> bool:
        """Whether commands can be sent."""
        return NAMESPACE in self._client.namespaces

    async def disconnect(self) -> None:
        """End this connection; `open` makes the next one."""
        await self._client.disconnect()

    async def close(self) -> None:
        """Disconnect for good."""
        await self.disconnect()
        await self._http.close()

    def _disconnected(self, reason: str) -> None:
        if reason != self._client.reason.CLIENT_DISCONNECT:
            self.news.put_nowait(News(LOST))

    def _refused(self, *data: object) -> None:
        self._refusal = data[0] if data else None

    def _told(self, name: str, *data: object) -> None:
        self.news.put_nowait(News(name, data[0] if data else None))


def _refusal(data: object, otherwise: str) -> OffhookError:
    """The error of a refused connection; socket.io puts the problem in `data` or in the body."""
    body = data.get("data", data) if isinstance(data, dict) else data
    try:
        return error_of(read(body, Problem))
    except Unavailable:
        text = body if isinstance(body, str) and body else otherwise
        return Unavailable(f"cannot connect: {text}")
