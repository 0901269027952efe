"""The contacts of the desk in Chromium: taken in from a file, searched, written, deleted."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Playwright

from tests.support.axe import Looks
from tests.support.browser import Guest, browser, guest
from tests.support.server import Server

pytestmark = pytest.mark.e2e

_PASSWORD = "a lantern in the fog"
_FILE = (
    "Nom;Prénom;E-mail;Téléphone;Société;Ville\r\n"
    "Lovelace;Ada;ada@example.com;06 12 34 56 78;Analytical Engines;London\r\n"
    "Hopper;Grace;grace@example.com;;Navy;New York\r\n"
    "Nobody;;not an address;;;\r\n"
).encode("windows-1252")
#: Where pictures of the pages go, when somebody wants to look at them.
_PICTURES = os.environ.get("OFFHOOK_TEST_PICTURES", "")


class People:
    """Whoever signs in at the desk, each with a page of their own."""

    def __init__(self, server: Server, where: Browser) -> None:
        self._server = server
        self._where = where
        self.all: list[Guest] = []

    async def at_desk(self, login: str, **options: Any) -> Page:
        """Somebody's page after the first sign-in, at the contacts."""
        person = await guest(self._where, login, **options)
        self.all.append(person)
        page = person.page
        await page.goto(f"{self._server.url}/desk")
        await page.get_by_role("textbox").first.fill(login)
        await page.locator("input[type=password]").fill(self._one_time(login))
        await page.keyboard.press("Enter")
        for field in ("new_password", "again"):
            await page.locator(f"input[name={field}]").fill(_PASSWORD)
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Contacts", exact=True).click()
        await page.get_by_role("heading", name="Contacts", exact=True).wait_for()
        return page

    def _one_time(self, login: str) -> str:
        found = re.search(rf"^  \w+ +{login} +(\S+)", "\n".join(self._server.output), re.MULTILINE)
        assert found, self._server.tail()
        return found[1]


@pytest.fixture
async def staff(server: Server, chromium: Playwright, tmp_path: Path) -> AsyncIterator[People]:
    """The people; no page must have had anything to complain of."""
    where = await browser(chromium, tmp_path, 440)
    made = People(server, where)
    yield made
    await where.close()
    assert [each.complaints for each in made.all if each.complaints] == []


class Eyes:
    """Looks at a page in light and dark, wide and narrow: nothing may be wrong with it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.looks = Looks(page)

    async def look(self, name: str) -> None:
        """Look now, and keep pictures when somebody wants them."""
        page = self._page
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            for width, height in ((1280, 800), (360, 740)):
                await page.set_viewport_size({"width": width, "height": height})
                await page.wait_for_function("!document.getAnimations().length")
                await self.looks.look(f"{name}, {scheme}, {width}")
                if _PICTURES:
                    await page.screenshot(path=f"{_PICTURES}/{name}-{width}-{scheme}.png")
        await page.set_viewport_size({"width": 1280, "height": 800})


async def taken_in(page: Page, eyes: Eyes) -> None:
    """Take the file in, with a look at what would become of it."""
    await page.get_by_role("button", name="Import", exact=True).click()
    await page.get_by_label("CSV file").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": _FILE}
    )
    await page.get_by_text("2 left out").wait_for()
    await page.get_by_label("Phone numbers without").select_option("FR")
    await page.get_by_text("1 left out").wait_for()
    await page.get_by_text("This is no e-mail address.").wait_for()
    await page.get_by_text("Windows-1252").wait_for()
    await eyes.look("import")
    await page.get_by_role("button", name="Import 2 contacts").click()
    await page.get_by_text("The import is finished").wait_for()
    await eyes.look("imported")
    await page.get_by_role("button", name="Close").last.click()


async def test_a_file_is_taken_in_and_its_people_found_changed_and_deleted(staff: People) -> None:
    page = await staff.at_desk("sam", reduced_motion="reduce")
    eyes = Eyes(page)
    await page.get_by_text("No contacts yet").wait_for()
    await eyes.look("empty")
    await taken_in(page, eyes)
    await page.get_by_role("button", name="Grace Hopper").wait_for()
    await eyes.look("list")
    search = page.get_by_role("searchbox", name="Search contacts")
    await search.fill("06 12 3")
    await page.get_by_role("button", name="Grace Hopper").wait_for(state="detached")
    await page.get_by_role("button", name="Ada Lovelace").click()
    await page.get_by_role("heading", name="Ada Lovelace").wait_for()
    await page.get_by_text("No sessions yet.").wait_for()
    await eyes.look("card")
    await page.get_by_role("button", name="Edit", exact=True).click()
    await page.get_by_label("Phone", exact=True).fill("12345")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("This is no phone number.").wait_for()
    assert await page.get_by_label("Phone", exact=True).input_value() == "12345"
    await eyes.look("form")
    await page.get_by_label("Phone", exact=True).fill("+44 20 7946 0018")
    await page.get_by_label("Attributes").fill("tier: gold")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("+442079460018").wait_for()
    await page.get_by_role("button", name="Delete", exact=True).click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await page.get_by_text("Ada Lovelace is deleted.").first.wait_for()
    await search.fill("ada")
    await page.get_by_text("Nobody is found").wait_for()
    assert eyes.looks.found == {}


async def test_an_agent_writes_contacts_and_takes_none_away(staff: People) -> None:
    page = await staff.at_desk("emma")
    await page.get_by_role("button", name="Add contact").click()
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("Give a name, a company").wait_for()
    await page.get_by_label("Name", exact=True).fill("Ravi Kumar")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("heading", name="Ravi Kumar").wait_for()
    for name in ("Import", "Export", "Delete"):
        assert await page.get_by_role("button", name=name, exact=True).count() == 0
    await page.get_by_role("button", name="Desk", exact=True).click()
    await page.get_by_role("heading", name="Your line is").wait_for()
