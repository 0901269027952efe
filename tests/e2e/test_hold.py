"""A hold in real Chromium: who waits hears the server's music, and nobody; then the other again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest

from media.tracks import music
from tests.e2e.conftest import People
from tests.support.server import Server

pytestmark = pytest.mark.e2e


@pytest.fixture
async def program(server: Server) -> AsyncIterator[aiohttp.ClientSession]:
    """An integrator's program, with the key that the server printed."""
    printed = "\n".join(server.output)
    key, secret = (re.search(rf"{what} +(\S+)", printed) for what in ("API key", "Secret"))
    assert key
    assert secret
    headers = {"Authorization": aiohttp.encode_basic_auth(key[1], secret[1])}
    async with aiohttp.ClientSession(server.url, headers=headers) as session:
        yield session


async def identities(program: aiohttp.ClientSession) -> dict[str, str]:
    """Who is in the room, by what they are called."""
    async with program.get("/v1/rooms/demo/participants") as reply:
        return {item["name"]: item["identity"] for item in (await reply.json())["items"]}


async def decides(program: aiohttp.ClientSession, hearing: dict[str, object]) -> None:
    """Who hears whom from now on."""
    async with program.put("/v1/rooms/demo/hearing", json={"hearing": hearing}) as reply:
        assert reply.status == 200, await reply.text()


async def test_who_is_put_on_hold_hears_music_and_is_heard_by_nobody(
    server: Server, people: People, program: aiohttp.ClientSession
) -> None:
    ann, vic = await people("Ann", 1900), await people("Vic", 1500)
    await ann.join(f"{server.url}/r/demo")
    await vic.join(f"{server.url}/r/demo")
    await vic.hears(1900)
    await vic.decodes(1)
    who = await identities(program)
    await decides(
        program,
        {who["Vic"]: {"publishers": [], "music": True}, who["Ann"]: {"publishers": []}},
    )
    await vic.hears_one_of(music.frequencies())
    frozen = await vic.video()
    await ann.hears()
    assert [v["frames"] for v in await vic.video()] == [v["frames"] for v in frozen]
    await decides(program, {})
    await vic.hears(1900)
    await ann.hears(1500)
    await vic.decodes(1)
