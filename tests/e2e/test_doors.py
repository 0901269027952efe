"""Who may come in, and the words for who may not."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Playwright

from tests.e2e.conftest import People
from tests.support.browser import browser, guest
from tests.support.command import offhook
from tests.support.server import Server, offhook_server

pytestmark = pytest.mark.e2e


async def test_without_demo_data_only_an_invitation_opens_a_room(
    tmp_path: Path, people: People
) -> None:
    data = tmp_path / "data"
    async with offhook_server(data, "--no-demo") as server:
        ada = await people("Ada", 440)
        await ada.page.goto(f"{server.url}/r/board")
        await ada.page.get_by_text("ask the person who sent it").wait_for()
        assert await ada.button("Join").count() == 0

        token = await offhook(
            "token", "--room", "board", "--identity", "ada", "--data-dir", str(data)
        )
        await ada.join(f"{server.url}/r/board?token={token.strip()}")


async def test_an_expired_link_says_that_it_is_over(tmp_path: Path, people: People) -> None:
    data = tmp_path / "data"
    async with offhook_server(data, "--no-demo") as server:
        made = ("token", "--room", "board", "--identity", "ada", "--ttl", "1s")
        token = (await offhook(*made, "--data-dir", str(data))).strip()
        await _until_expired(server, token)
        ada = await people("Ada", 440)
        await ada.page.goto(f"{server.url}/r/board?token={token}")
        await ada.page.get_by_text("Ask the person who sent it").wait_for()


async def _until_expired(server: Server, token: str) -> None:
    """A token may be late by as much as clocks differ."""
    async with aiohttp.ClientSession() as session:
        while True:
            door = f"{server.url}/r/board/token"
            async with session.post(door, json={"token": token}) as reply:
                if (await reply.json()).get("code") == "token_expired":
                    return


async def test_a_full_room_says_so(tmp_path: Path, people: People) -> None:
    settings = {"OFFHOOK_MAX_PARTICIPANTS": "1"}
    async with offhook_server(tmp_path / "data", env=settings) as server:
        ada, ben = await people("Ada", 440), await people("Ben", 880)
        await ada.join(f"{server.url}/r/small")
        await ben.page.goto(f"{server.url}/r/small")
        await ben.page.get_by_text("The room is full").first.wait_for()


async def test_who_refuses_the_microphone_can_still_come_to_listen(
    server: Server, chromium: Playwright, tmp_path: Path, people: People
) -> None:
    ada = await people("Ada", 440)
    await ada.join(f"{server.url}/r/demo")
    where = await browser(chromium, tmp_path, 880, "--deny-permission-prompts")
    ben = await guest(where, "Ben")
    await ben.page.context.clear_permissions()
    await ben.page.add_init_script(
        "navigator.mediaDevices.getUserMedia = async () => {"
        " throw new DOMException('Permission denied', 'NotAllowedError'); };"
    )
    await ben.page.goto(f"{server.url}/r/demo")
    await ben.page.get_by_text("blocked").first.wait_for()
    await ben.page.get_by_role("textbox", name="Your name").fill("Ben")
    await ben.page.get_by_role("button", name="Join").click()
    await ben.sees("Ada")
    await ben.hears(440)
    await where.close()


async def test_a_server_that_goes_away_is_said_and_comes_back(
    tmp_path: Path, people: People
) -> None:
    data = tmp_path / "data"
    async with offhook_server(data) as server:
        ada, ben = await people("Ada", 440), await people("Ben", 880)
        await ada.join(f"{server.url}/r/demo")
        await ben.join(f"{server.url}/r/demo")
        await ada.hears(880)
        port, media_port = server.url.rpartition(":")[2], str(server.media_port)
        await server.stop()
        await ada.page.get_by_text("Reconnecting").first.wait_for()
        same = {"OFFHOOK_PORT": port, "OFFHOOK_MEDIA_PORT": media_port}
        async with offhook_server(data, env=same):
            await ada.hears(880, within=20)
            await ben.hears(440, within=20)
            await ada.page.get_by_text("Reconnecting").first.wait_for(state="hidden")
            assert await ada.tile("Ben").count() == 1
            ada.complaints.clear()
            ben.complaints.clear()
