"""axe-core finds nothing on the panel, the desk and the live view, at any step of a call: light or
dark, wide or narrow, in either direction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Page

from tests.e2e.office import VISITOR, Office, open_office
from tests.support.axe import Looks
from tests.support.browser import Guest
from tests.support.words import Words

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

_SIZES = {"wide": (1280, 800), "narrow": (360, 740)}
_LOOKS: tuple[tuple[str, Literal["light", "dark"]], ...] = (("wide", "light"), ("narrow", "dark"))
_CLOSED = {"time_zone": "UTC", "week": {}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """One contact centre for all tests of this module."""
    async with open_office(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest_asyncio.fixture(loop_scope="module")
async def office(house: Office) -> AsyncIterator[Office]:
    """The contact centre, in which nothing is left over after the test."""
    yield house
    await house.tidy()


class Eyes:
    """Somebody's page, looked at in every look; `inside` is the frame that is looked at."""

    def __init__(self, person: Guest, inside: Page, found: dict[str, object]) -> None:
        self._page = person.page
        self._looks = Looks(inside)
        self._found = found

    async def look(self, name: str) -> None:
        """Look at it wide and light, narrow and dark."""
        for size, scheme in _LOOKS:
            width, height = _SIZES[size]
            await self._page.set_viewport_size({"width": width, "height": height})
            await self._page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await self._looks.look(f"{name}, {size}, {scheme}")
        self._found.update(self._looks.found)


async def speaks(inside: Guest, language: str) -> None:
    """Choose the language of the panel, which is that of the shop at first."""
    if language != "en":
        chosen = inside.page.get_by_label(Words("en")("visit.language"))
        await chosen.select_option(language)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_a_call_is_usable_by_everybody_at_every_step(office: Office, language: str) -> None:
    w, found = Words(language), dict[str, object]()
    consent = {"version": "1", "text": {"en": "It may be recorded.", "ar": "قد تُسجّل المكالمة."}}
    await office.change("sites", languages=["en", "ar"], consent=consent)
    await office.change("queues", requirements=[])
    emma = await office.at_desk("emma", locale=language)
    desk = Eyes(emma, emma.page, found)
    await desk.look("desk, idle")
    ines = await office.visitor("Inès", VISITOR, locale=language)
    inside = await office.presses(ines)
    await speaks(inside, language)
    panel = Eyes(ines, inside.page, found)
    await inside.page.get_by_role("textbox").first.fill("Inès")
    await inside.page.get_by_role("checkbox").check()
    await panel.look("panel, form")
    await inside.page.get_by_role("button", name=w("visit.call"), exact=True).click()
    await inside.button(w("visit.check.start")).wait_for()
    await panel.look("panel, check")
    await office.chooses(emma, "Break")
    await inside.press(w("visit.check.start"))
    await inside.page.get_by_text(w("visit.waiting")).first.wait_for()
    await panel.look("panel, waiting")
    sam = await office.watching("sam", locale=language)
    await sam.page.get_by_text("Inès").first.wait_for()
    await Eyes(sam, sam.page, found).look("live view, waiting")
    await office.chooses(emma, "Available")
    await emma.button(w("desk.accept")).wait_for()
    await desk.look("desk, offer")
    await emma.press(w("desk.accept"))
    await inside.button(w("visit.hang_up")).wait_for()
    await emma.button(w("desk.hang_up")).wait_for()
    await panel.look("panel, talking")
    await desk.look("desk, call")
    await Eyes(sam, sam.page, found).look("live view, talking")
    await emma.press(w("desk.hang_up"))
    await inside.button(w("visit.rate.send")).wait_for()
    await panel.look("panel, rating")
    await emma.button(w("desk.finish")).wait_for()
    await desk.look("desk, wrap-up")
    await emma.press(w("desk.finish"))
    assert found == {}
    direction = "rtl" if language == "ar" else "ltr"
    for page in (emma.page, inside.page, sam.page):
        assert await page.evaluate("document.documentElement.dir") == direction


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_what_is_offered_when_it_is_closed_is_usable_by_everybody(
    office: Office, language: str
) -> None:
    w, found = Words(language), dict[str, object]()
    await office.change("sites", languages=["en", "ar"], consent=None, hours=_CLOSED)
    await office.change("queues", requirements=[])
    emma = await office.at_desk("emma", locale=language)
    ines = await office.visitor("Inès", VISITOR, locale=language)
    inside = await office.presses(ines)
    await speaks(inside, language)
    panel = Eyes(ines, inside.page, found)
    await inside.button(w("visit.write")).wait_for()
    await panel.look("panel, closed")
    await inside.press(w("visit.call_me"))
    await inside.button(w("visit.callback.book")).wait_for()
    await panel.look("panel, callback")
    await inside.press(w("visit.check.back"))
    await inside.press(w("visit.write"))
    await inside.page.get_by_role("textbox").first.fill("Inès")
    await inside.page.get_by_role("textbox", name=w("visit.message.text")).fill("Please write.")
    await panel.look("panel, message")
    await inside.press(w("visit.message.send"))
    await inside.page.get_by_text(w("visit.message.sent.what")).wait_for()
    await panel.look("panel, sent")
    await emma.press(w("desk.accept"))
    await emma.button(w("desk.message.done")).wait_for()
    await Eyes(emma, emma.page, found).look("desk, message")
    await emma.press(w("desk.message.done"))
    await emma.press(w("desk.finish"))
    await office.change("sites", hours=None)
    assert found == {}
