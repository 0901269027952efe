"""axe-core finds nothing on any page: light or dark, wide or narrow, in either direction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Playwright

from tests.support.browser import browser, guest
from tests.support.server import Server

pytestmark = pytest.mark.e2e

_AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
_RUN = """
async () => {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const found = await axe.run(document, {runOnly: tags});
  return found.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.target.join(' '))]);
}
"""
_WIDE, _NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


async def _complaints(page: Page) -> list[Any]:
    await page.evaluate(_AXE.read_text(encoding="utf-8"))
    found: list[Any] = await page.evaluate(_RUN)
    return found


async def _overflow(page: Page) -> int:
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    found: int = await page.evaluate(wider)
    return found


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
    found: dict[str, list[Any]] = {}

    async def look(name: str) -> None:
        if complaints := await _complaints(page):
            found[name] = complaints
        if beyond := await _overflow(page):
            found[f"{name}, sideways"] = [beyond]

    await page.goto(f"{server.url}/")
    await page.get_by_role("heading", level=1).wait_for()
    await look("home")
    await page.goto(f"{server.url}/docs")
    await page.get_by_role("heading", level=1).wait_for()
    await look("docs")
    await page.goto(f"{server.url}/r/demo")
    await page.get_by_role("textbox").first.fill("Ada")
    await look("before joining")
    await page.keyboard.press("Enter")
    await page.get_by_role("group").get_by_role("button").first.wait_for()
    await page.get_by_role("figure").first.wait_for()
    await look("in the room")
    await page.keyboard.press("c")
    await page.get_by_role("log").wait_for()
    await look("chat")
    assert found == {}
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
    page = host.page
    await host.sees("Ben")
    await page.keyboard.press("p")
    await host.button("Actions for Ben").focus()
    await page.keyboard.press("ArrowUp")
    last = page.get_by_role("menuitem", name="Remove and ban Ben")
    assert await last.evaluate("item => item.matches(':focus')")
    assert await _complaints(page) == []
    assert await _overflow(page) == 0
    await page.keyboard.press("Escape")
    assert await host.button("Actions for Ben").evaluate("button => button.matches(':focus')")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog", name="Remove and ban Ben").wait_for()
    assert await host.button("Cancel").evaluate("button => button.matches(':focus')")
    assert await _complaints(page) == []
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await host.misses("Ben")
    await host.button("Unban Ben").wait_for()
    assert await _complaints(page) == []
    await where.close()
