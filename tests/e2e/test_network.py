"""A participant whose network goes away comes back by itself; without loopback candidates."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from playwright.async_api import Playwright

from tests.support.browser import browser, guest
from tests.support.network import SERVER_ADDRESS, network
from tests.support.server import offhook_server

pytestmark = pytest.mark.e2e

#: How long the cable is out, and how soon after its return both must hear each other again.
_GONE = 10.0
_BACK_WITHIN = 5.0


async def test_a_network_gone_for_ten_seconds_is_back_within_five_of_its_return(
    chromium: Playwright, tmp_path: Path
) -> None:
    async with network() as cable:
        settings = {"OFFHOOK_HOST": SERVER_ADDRESS}
        async with offhook_server(tmp_path / "data", env=settings) as server:
            secure = f"--unsafely-treat-insecure-origin-as-secure={server.url}"
            near = await browser(chromium, tmp_path, 440, secure, loopback=False)
            far = await browser(
                chromium,
                tmp_path,
                880,
                secure,
                loopback=False,
                program=cable.chromium(tmp_path),
            )
            ada, ben = await guest(near, "Ada"), await guest(far, "Ben")
            await ada.join(f"{server.url}/r/demo")
            await ben.join(f"{server.url}/r/demo")
            await ada.hears(880)
            await ben.hears(440)

            await cable.pull()
            await asyncio.sleep(_GONE)
            await cable.plug()
            started = time.monotonic()
            await ada.decodes(1, within=_BACK_WITHIN)
            await ben.decodes(1, within=_BACK_WITHIN)
            assert time.monotonic() - started < _BACK_WITHIN
            await ada.hears(880, within=2)
            await ben.hears(440, within=2)
            assert await ada.tile("Ben").count() == 1
            await near.close()
            await far.close()
