"""Encoders and players that are not ours: GStreamer publishes by WHIP, a foreign page watches."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import jwt
import pytest
from aiohttp import web
from playwright.async_api import Playwright

from media.peers.probe import ToneProbe
from tests.e2e.conftest import People
from tests.support.browser import Guest, browser, guest
from tests.support.gstreamer import gst_encoder
from tests.support.ports import free_port
from tests.support.redis import run_redis
from tests.support.server import Server, offhook_server

pytestmark = pytest.mark.e2e

PLAYER = Path(__file__).parents[1] / "support" / "player.html"


@pytest.fixture
async def elsewhere() -> AsyncIterator[str]:
    """Another origin, which has the page of a player."""

    async def page(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PLAYER)

    app = web.Application()
    app.router.add_get("/player", page)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}/player"
    await runner.cleanup()


def token(server: Server, identity: str, name: str = "") -> str:
    """A join token for the room `demo`, signed with the key that the server printed."""
    printed = "\n".join(server.output)
    key, secret = (re.search(rf"{what} +(\S+)", printed) for what in ("API key", "Secret"))
    assert key
    assert secret
    video = {"roomJoin": True, "room": "demo"}
    claims = {"iss": key[1], "sub": identity, "name": name, "exp": 4_000_000_000, "video": video}
    return jwt.encode(claims, secret[1], algorithm="HS256")


@contextlib.asynccontextmanager
async def media_known(server: Server) -> AsyncIterator[None]:
    """Begin when signalling has heard of the media node."""
    async with asyncio.timeout(10), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{server.url}/readyz") as reply:
                if reply.status == 200:
                    break
    yield


class Viewer:
    """A player's page."""

    def __init__(self, person: Guest) -> None:
        self.person = person

    async def watch(self, page: str, endpoint: str, token: str) -> None:
        """Open the page and start."""
        await self.person.page.goto(f"{page}#{endpoint}|{token}")
        await self.person.page.evaluate("start()")

    async def sees(self, number: int) -> None:
        """Wait until the test picture of this number is shown."""
        await self.person.page.wait_for_function(f"pictureNumber() === {number}", timeout=10_000)

    async def stop(self) -> int:
        """Delete the session; the status."""
        return int(await self.person.page.evaluate("stop()"))


async def test_a_room_hears_and_sees_what_gstreamer_publishes(
    server: Server, people: People
) -> None:
    ada = await people("Ada", 440)
    await ada.join(f"{server.url}/r/demo")
    studio = token(server, "studio", "Studio")
    async with gst_encoder(f"{server.url}/whip/demo", studio, 660) as encoder:
        assert (await encoder.says(what="answer"))["status"] == 201
        await encoder.says(what="state", state="connected")
        await ada.sees("Studio")
        await ada.hears(660)
        await ada.decodes(1, width=320)
        assert (await encoder.says(what="trickle"))["status"] == 204
        await encoder.stop()
        assert (await encoder.says(what="deleted"))["status"] == 200
        await ada.misses("Studio", within=3)


async def test_a_foreign_page_shows_what_is_published(
    server: Server, elsewhere: str, chromium: Playwright, tmp_path: Path
) -> None:
    where = await browser(chromium, tmp_path, 440)
    viewer = Viewer(await guest(where, "a player"))
    tokens = [token(server, identity) for identity in ("ann", "ben", "tv")]
    first = ToneProbe(server.url, tokens[0], tone=660, picture=7)
    async with first, ToneProbe(server.url, tokens[1], tone=880, picture=9):
        await viewer.watch(elsewhere, f"{server.url}/whep", tokens[2])
        await viewer.sees(7)
        await viewer.person.hears(660)
        await first.close()
        await viewer.sees(9)
        await viewer.person.hears(880)
        assert await viewer.stop() == 200
    assert not viewer.person.complaints
    await where.close()


async def test_a_foreign_page_watches_the_one_it_chose(
    server: Server, elsewhere: str, chromium: Playwright, tmp_path: Path
) -> None:
    where = await browser(chromium, tmp_path, 440)
    viewer = Viewer(await guest(where, "a player"))
    tokens = [token(server, identity) for identity in ("ann", "ben", "tv")]
    async with (
        ToneProbe(server.url, tokens[0], tone=660, picture=7),
        ToneProbe(server.url, tokens[1], tone=880, picture=9),
    ):
        endpoint = f"{server.url}/whep/demo?participant=ben"
        await viewer.watch(elsewhere, endpoint, tokens[2])
        await viewer.sees(9)
        await viewer.person.hears(880)
    await where.close()


async def test_signalling_is_killed_and_both_sessions_go_on(
    elsewhere: str, chromium: Playwright, tmp_path: Path
) -> None:
    where = await browser(chromium, tmp_path, 440)
    viewer = Viewer(await guest(where, "a player"))
    async with run_redis(tmp_path) as redis:
        env = {"OFFHOOK_REDIS_URL": redis.url, "OFFHOOK_MEDIA_PORT": str(free_port())}
        door = env | {"OFFHOOK_PORT": str(free_port())}
        async with (
            offhook_server(tmp_path / "media", role="media", env=env),
            offhook_server(tmp_path / "data", role="signalling", env=door) as server,
            media_known(server),
            gst_encoder(f"{server.url}/whip", token(server, "studio"), 660) as encoder,
        ):
            await encoder.says(what="state", state="connected")
            await viewer.watch(elsewhere, f"{server.url}/whep", token(server, "tv"))
            await viewer.person.hears(660)
            await server.stop(signal.SIGKILL)
            async with offhook_server(tmp_path / "data", role="signalling", env=door):
                await viewer.person.hears(660)
                assert await viewer.stop() == 200
                await encoder.stop()
                assert (await encoder.says(what="deleted"))["status"] == 200
    await where.close()
