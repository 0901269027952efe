"""A supervisor sets up the contact centre on /supervisor, in Chromium: queue, agent, site."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Playwright

from tests.support.admin import PASSWORD, printed_password
from tests.support.axe import Looks
from tests.support.browser import Guest, browser, guest
from tests.support.server import Server

pytestmark = pytest.mark.e2e

#: So tall that no control lies half under the bar of buttons that stays in sight.
_WIDE, _NARROW = {"width": 1280, "height": 3_000}, {"width": 360, "height": 5_000}
_PLACES = (
    "queues", "agents", "sites", "workflows", "activities", "dispositions", "replies", "users",
)  # fmt: skip


class Office:
    """A server with the demo data, a browser, and whoever signs in at /supervisor."""

    def __init__(self, server: Server, where: Browser) -> None:
        self.server = server
        self._where = where
        self._known: set[str] = set()
        self.people: list[Guest] = []

    async def at_work(self, login: str, **options: Any) -> Page:
        """Somebody's page after signing in; the first time a password is chosen."""
        person = await guest(self._where, login, **options)
        self.people.append(person)
        page = person.page
        await page.goto(f"{self.server.url}/supervisor")
        await page.get_by_role("textbox").first.fill(login)
        await page.locator("input[type=password]").fill(self._password(login))
        await page.keyboard.press("Enter")
        if login not in self._known:
            for field in ("new_password", "again"):
                await page.locator(f"input[name={field}]").fill(PASSWORD)
            await page.keyboard.press("Enter")
            self._known.add(login)
        await page.locator("input[type=password]").first.wait_for(state="detached")
        return page

    def _password(self, login: str) -> str:
        if login in self._known:
            return PASSWORD
        if login == "admin":
            return printed_password(self.server)
        found = re.search(rf"^  \w+ +{login} +(\S+)", "\n".join(self.server.output), re.MULTILINE)
        assert found, self.server.tail()
        return found[1]


@pytest.fixture
async def office(server: Server, chromium: Playwright, tmp_path: Path) -> AsyncIterator[Office]:
    """The office; no page must have had anything to complain of."""
    where = await browser(chromium, tmp_path, 440)
    made = Office(server, where)
    yield made
    await where.close()
    assert [each.complaints for each in made.people if each.complaints] == []


async def place(page: Page, name: str) -> None:
    """Go to a place by its link."""
    await page.get_by_role("link", name=name, exact=True).click()
    await page.get_by_role("heading", name=name, exact=True, level=1).wait_for()


async def opened(page: Page, name: str) -> None:
    """Open one of the list."""
    await page.get_by_role("link", name=name, exact=True).click()
    await page.get_by_role("heading", name=name, exact=True, level=1).wait_for()


async def saved(page: Page) -> None:
    """Save, and wait until it is said."""
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_text("Saved", exact=True).first.wait_for()


async def test_a_wrong_expression_is_shown_where_it_is_wrong_and_mended(office: Office) -> None:
    page = await office.at_work("sam")
    await place(page, "Queues")
    await page.get_by_role("link", name="New queue").click()
    await page.get_by_label("Name", exact=True).fill("Spanish")
    field = page.get_by_label("Who belongs to the queue")
    await field.fill("skills.es >= ")
    await page.get_by_role("button", name="Make", exact=True).click()
    await page.get_by_text(re.compile("Something is wrong at character 1[34]")).wait_for()
    assert await field.evaluate("field => field.matches(':focus')")
    assert await field.get_attribute("aria-invalid") == "true"
    await field.fill("skills.es >= 3")
    assert await field.get_attribute("aria-invalid") is None
    await page.get_by_role("button", name="Make", exact=True).click()
    await page.get_by_role("heading", name="Spanish", level=1).wait_for()
    assert await page.title() == "Spanish · Queues · Offhook"
    await page.go_back()
    await page.get_by_role("link", name="Spanish", exact=True).wait_for()


async def test_an_agent_gets_a_skill_that_is_still_there_later(office: Office) -> None:
    page = await office.at_work("sam")
    await place(page, "Agents")
    await opened(page, "Emma Clarke")
    await page.get_by_label("Name of the skill, such as fr").fill("es")
    await page.keyboard.press("Enter")
    await page.get_by_label("Level of es").select_option("4")
    await saved(page)
    await page.reload()
    assert await page.get_by_label("Level of es").input_value() == "4"


async def test_a_site_is_made_and_its_line_for_the_pages_is_copied(office: Office) -> None:
    page = await office.at_work("sam", permissions=["clipboard-read", "clipboard-write"])
    await place(page, "Sites")
    await page.get_by_role("link", name="New site").click()
    await page.get_by_label("Name", exact=True).fill("Boutique")
    origins = page.get_by_label("Pages that may show the button")
    await origins.fill("https://boutique.example\nboutique.example")
    await page.get_by_label("A queue", exact=True).select_option(label="Support")
    await page.get_by_role("button", name="Make", exact=True).click()
    await page.get_by_text("Line 2: This is no exact origin.").wait_for()
    await origins.fill("https://boutique.example\n")
    await page.get_by_role("button", name="Make", exact=True).click()
    await page.get_by_role("dialog").get_by_text(re.compile("^visitor_")).wait_for()
    await page.get_by_role("button", name="I have kept it").click()
    await page.get_by_role("button", name="Copy The line for your pages").click()
    copied = await page.evaluate("navigator.clipboard.readText()")
    pattern = rf'<script src="{office.server.url}/widget.js" data-site="site_\w+" async></script>'
    assert re.fullmatch(pattern, copied)


async def test_of_two_editors_the_slower_one_keeps_what_both_wrote(office: Office) -> None:
    one, other = await office.at_work("sam"), await office.at_work("sam")
    for page in (one, other):
        await place(page, "Queues")
        await opened(page, "Support")
    await other.get_by_label("Time for it").fill("45")
    await saved(other)
    await one.get_by_label("Name", exact=True).first.fill("Help")
    await one.get_by_role("button", name="Save", exact=True).click()
    await one.get_by_text("Somebody else changed this meanwhile.").wait_for()
    await one.get_by_role("button", name="Keep my changes").click()
    assert await one.get_by_label("Time for it").input_value() == "45"
    await saved(one)
    await one.get_by_role("heading", name="Help", level=1).wait_for()
    await other.reload()
    await other.get_by_role("heading", name="Help", level=1).wait_for()
    assert await other.get_by_label("Time for it").input_value() == "45"


async def test_unsaved_changes_are_asked_about_and_what_is_used_stays(office: Office) -> None:
    page = await office.at_work("sam")
    await place(page, "Queues")
    await opened(page, "Support")
    await page.get_by_label("Time for it").fill("45")
    await page.get_by_role("link", name="Agents", exact=True).click()
    await page.get_by_role("dialog", name="Leave without saving?").wait_for()
    await page.keyboard.press("Escape")
    assert await page.get_by_label("Time for it").input_value() == "45"
    await page.get_by_role("button", name="Delete", exact=True).click()
    await page.get_by_role("alert").get_by_role("link", name="Sites: Demo shop").wait_for()
    await page.get_by_role("link", name="Agents", exact=True).click()
    await page.get_by_role("button", name="Leave without saving").click()
    await page.get_by_role("heading", name="Agents", level=1).wait_for()


async def test_an_admin_gives_a_login_and_makes_an_agent_of_it(office: Office) -> None:
    page = await office.at_work("admin")
    await place(page, "People")
    await page.get_by_role("link", name="New person").click()
    await page.get_by_label("Login").fill("ines")
    await page.get_by_label("Name", exact=True).fill("Inès Duval")
    await page.get_by_role("button", name="Make", exact=True).click()
    await page.get_by_role("dialog").get_by_text("This is shown once.").wait_for()
    await page.get_by_role("button", name="I have kept it").click()
    await page.get_by_role("button", name="New one-time password").wait_for()
    await place(page, "Agents")
    await page.get_by_role("link", name="New agent").click()
    await page.get_by_label("Who it is").select_option(label="Inès Duval (ines)")
    await page.get_by_label("Name of the skill, such as fr").fill("fr")
    await page.get_by_role("button", name="Make", exact=True).click()
    await page.get_by_role("heading", name="Inès Duval", level=1).wait_for()
    assert await page.get_by_label("Level of fr").input_value() == "3"


async def test_an_agent_is_told_that_the_page_is_not_for_them(office: Office) -> None:
    page = await office.at_work("emma")
    await page.get_by_role("heading", name="Nothing here is for you").wait_for()
    assert await page.get_by_role("navigation").count() == 0


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(_WIDE, "light", "en-GB"), (_NARROW, "dark", "en-GB"), (_NARROW, "light", "ar")],
    ids=["wide", "narrow-dark", "arabic"],
)
async def test_every_place_is_usable_by_everybody(
    office: Office, size: dict[str, int], scheme: str, language: str
) -> None:
    page = await office.at_work("sam", viewport=size, color_scheme=scheme, locale=language)
    looks = Looks(page)
    await looks.look("live")
    for name in _PLACES:
        await page.goto(f"{office.server.url}/supervisor#/{name}")
        await page.locator(f"nav a[aria-current=page][href='#/{name}']").wait_for()
        await page.locator(".card table, .card .state").first.wait_for()
        await looks.look(name)
        await page.evaluate(f"location.hash = '#/{name}/new'")
        await page.locator("fieldset.whole").wait_for()
        await looks.look(f"{name}, new")
    assert looks.found == {}
