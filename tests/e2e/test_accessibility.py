"""axe-core finds nothing on any page: light or dark, wide or narrow, in either direction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Playwright

from tests.support.axe import Looks
from tests.support.browser import browser, guest
from tests.support.server import Server

pytestmark = pytest.mark.e2e

_WIDE, _NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(_WIDE, "light", "en-GB"), (_NARROW, "dark", "en-GB"), (_NARROW, "light", "ar")],
    ids=["wide", "narrow-dark", "arabic"],
)
async def test_every_page_is_usable_by_everybody(
    server: Server,
    chromium: Playwright,
    tmp_path: Path,
    size: dict[str, int],
    scheme: str,
    language: str,
) -> None:
    where = await browser(chromium, tmp_path, 440)
    person = await guest(where, "Ada", viewport=size, color_scheme=scheme, locale=language)
    page = person.page
    looks = Looks(page)
    await page.goto(f"{server.url}/")
    await page.get_by_role("heading", level=1).wait_for()
    await looks.look("home")
    await page.goto(f"{server.url}/docs")
    await page.get_by_role("heading", level=1).wait_for()
    await looks.look("docs")
    await page.goto(f"{server.url}/r/demo")
    await page.get_by_role("textbox").first.fill("Ada")
    await looks.look("before joining")
    await page.keyboard.press("Enter")
    await page.get_by_role("group").get_by_role("button").first.wait_for()
    await page.get_by_role("figure").first.wait_for()
    await looks.look("in the room")
    await page.keyboard.press("c")
    await page.get_by_role("log").wait_for()
    await looks.look("chat")
    assert looks.found == {}
    assert await page.evaluate("document.documentElement.dir") == (
        "rtl" if language == "ar" else "ltr"
    )
    await where.close()


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(_WIDE, "dark", "en-GB"), (_NARROW, "light", "en-GB")],
    ids=["wide-dark", "narrow"],
)
async def test_what_a_host_uses_is_usable_by_keyboard_and_by_everybody(
    server: Server,
    chromium: Playwright,
    tmp_path: Path,
    size: dict[str, int],
    scheme: str,
    language: str,
) -> None:
    where = await browser(chromium, tmp_path, 440)
    options: dict[str, Any] = {"viewport": size, "color_scheme": scheme, "locale": language}
    host, other = await guest(where, "Ada", **options), await guest(where, "Ben")
    for person in (host, other):
        await person.join(f"{server.url}/r/demo")
    page, looks = host.page, Looks(host.page)
    await host.sees("Ben")
    await page.keyboard.press("p")
    await host.button("Actions for Ben").focus()
    await page.keyboard.press("ArrowUp")
    last = page.get_by_role("menuitem", name="Remove and ban Ben")
    assert await last.evaluate("item => item.matches(':focus')")
    await looks.look("menu of a person")
    await page.keyboard.press("Escape")
    assert await host.button("Actions for Ben").evaluate("button => button.matches(':focus')")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog", name="Remove and ban Ben").wait_for()
    assert await host.button("Cancel").evaluate("button => button.matches(':focus')")
    await looks.look("question before removing")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await host.misses("Ben")
    await host.button("Unban Ben").wait_for()
    await looks.look("after removing")
    assert looks.found == {}
    await where.close()
