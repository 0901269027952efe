"""Slow and numerous HTTP clients: heads that do not come, and connections without end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from offhook.app import patience
from offhook.app.patience import PatientRunner

pytestmark = pytest.mark.integration

GET = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
_WITHIN = 5.0


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heads must come soon."""
    monkeypatch.setattr(patience, "HEAD_WITHIN", 0.3)


@asynccontextmanager
async def serving(most: int = 0, exempt: tuple[str, ...] = ()) -> AsyncIterator[int]:
    """A server that answers, echoes on a websocket, and is asked for nothing else; its port."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="here")

    async def echo(request: web.Request) -> web.WebSocketResponse:
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        async for message in websocket:
            await websocket.send_str(message.data)
        return websocket

    app = web.Application()
    app.router.add_get("/", answer)
    app.router.add_get("/echo", echo)
    runner = PatientRunner(app, most=most, exempt=exempt, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


class Client:
    """One TCP connection, with bytes as they are."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answered(self) -> bool:
        """Whether an answer comes; False when the connection ends instead."""
        async with asyncio.timeout(_WITHIN):
            try:
                found = await self.reader.readuntil(b"here")
            except (asyncio.IncompleteReadError, ConnectionError):
                return False
        return found.startswith(b"HTTP/1.1 200")


@asynccontextmanager
async def client(port: int) -> AsyncIterator[Client]:
    """A connection that is closed at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


@pytest.mark.parametrize("begun", [b"", b"G", GET[:-2], b"GET / HTTP/1.1\r\nX: " + b"y" * 400])
async def test_a_head_that_does_not_come_ends_the_connection(begun: bytes) -> None:
    async with serving() as port, client(port) as slow:
        slow.writer.write(begun)
        assert not await slow.answered()


async def test_a_head_that_drips_ends_the_connection() -> None:
    async with serving() as port, client(port) as slow:
        began = asyncio.get_running_loop().time()
        for byte in GET[:-1]:
            slow.writer.write(bytes((byte,)))
            try:
                async with asyncio.timeout(0.03):
                    await slow.reader.read(1)
            except TimeoutError:
                continue
            break
        assert asyncio.get_running_loop().time() - began < 1


async def test_the_second_head_on_a_connection_must_come_too() -> None:
    async with serving() as port, client(port) as slow:
        slow.writer.write(GET)
        assert await slow.answered()
        slow.writer.write(GET[:9])
        assert not await slow.answered()


async def test_an_idle_connection_is_kept_for_the_next_request() -> None:
    async with serving() as port, client(port) as patient:
        for _ in range(3):
            patient.writer.write(GET)
            assert await patient.answered()
            await asyncio.sleep(2 * patience.HEAD_WITHIN)


async def test_a_websocket_outlives_the_time_for_heads() -> None:
    async with (
        serving() as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
        http.ws_connect("/echo") as websocket,
    ):
        await asyncio.sleep(2 * patience.HEAD_WITHIN)
        await websocket.send_str("x")
        assert (await websocket.receive()).data == "x"


async def one_more(port: int) -> bool:
    """Whether one more connection is answered."""
    async with client(port) as more:
        more.writer.write(GET)
        return await more.answered()


async def test_one_address_holds_only_so_many_connections() -> None:
    async with serving(most=2) as port, client(port) as one:
        async with client(port):
            assert not await one_more(port)
            one.writer.write(GET)
            assert await one.answered()
        async with asyncio.timeout(_WITHIN):
            while not await one_more(port):
                continue


async def test_a_proxy_in_front_holds_as_many_as_it_needs() -> None:
    async with serving(most=1, exempt=("127.0.0.1",)) as port, client(port), client(port) as second:
        second.writer.write(GET)
        assert await second.answered()
