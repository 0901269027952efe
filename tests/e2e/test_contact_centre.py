"""A visitor on a stranger's page presses the button, and an agent answers, in Chromium."""

from __future__ import annotations

import copy
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from playwright.async_api import Page

from media.tracks import music
from tests.e2e.conftest import People
from tests.support.browser import Guest
from tests.support.ports import free_port
from tests.support.server import Server, offhook_server

pytestmark = pytest.mark.e2e

_PASSWORD = "a lantern in the fog"
VISITOR, EMMA, CHLOE = 440, 880, 1320


async def reads(person: Guest, words: str) -> None:
    """Wait until somebody's page says this."""
    await person.page.get_by_text(words).first.wait_for()


class Office:
    """A server with its contact centre and the shop that shows its button."""

    def __init__(self, server: Server, shop_port: int) -> None:
        self.server = server
        self.shop = f"http://127.0.0.1:{shop_port}/demo-shop"

    def password(self, login: str) -> str:
        """The one-time password that was printed."""
        found = re.search(rf"^  \w+ +{login} +(\S+)", "\n".join(self.server.output), re.MULTILINE)
        assert found
        return found[1]

    async def at_work(self, person: Guest, login: str) -> None:
        """Sign in at the desk, choose a password, be available."""
        page = person.page
        await page.goto(f"{self.server.url}/desk")
        await page.get_by_label("Login").fill(login)
        await page.get_by_label("Password").fill(self.password(login))
        await page.keyboard.press("Enter")
        await page.get_by_label("New password", exact=True).fill(_PASSWORD)
        await page.get_by_label("New password again").fill(_PASSWORD)
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Offline").click()
        await page.get_by_role("menuitemradio", name="Available").click()
        await page.get_by_role("button", name="Available").wait_for()

    async def presses(self, person: Guest) -> Guest:
        """Press the button in the shop; the person as they are in the panel."""
        await person.page.goto(self.shop)
        await person.page.get_by_role("button", name="Call us").click()
        shown = await person.page.wait_for_selector("iframe")
        frame = None if shown is None else await shown.content_frame()
        assert frame is not None
        inside = copy.copy(person)
        inside.page = cast("Page", frame)
        return inside

    async def calls(self, person: Guest) -> Guest:
        """Fill in the form, agree, and wait for an agent; the person as they are in the panel."""
        inside = await self.presses(person)
        await inside.page.get_by_label("Your name").fill(person.name)
        await inside.page.get_by_label("What is it about?").select_option(label="An order")
        await inside.page.get_by_role("checkbox").check()
        await inside.page.get_by_role("button", name="Call us").click()
        await inside.page.get_by_role("button", name="Start the call").click()
        return inside


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A server with the demo data and its shop."""
    port = free_port()
    env = {"OFFHOOK_SHOP_PORT": str(port)}
    async with offhook_server(tmp_path / "data", env=env) as server:
        yield Office(server, port)


async def test_a_visitor_reaches_an_agent_from_a_strangers_page(
    office: Office, people: People
) -> None:
    emma, ines = await people("Emma", EMMA), await people("Inès", VISITOR)
    await office.at_work(emma, "emma")
    inside = await office.calls(ines)
    await reads(inside, "It is ringing")
    await reads(emma, "Inès")
    await emma.page.get_by_role("button", name="Accept").click()
    await reads(inside, "Talking")
    await inside.hears(EMMA)
    await emma.hears(VISITOR)
    await emma.press("Hold")
    await reads(inside, "Emma Clarke put you on hold")
    await emma.hears()
    await inside.hears_one_of(music.frequencies())
    await emma.press("Resume")
    await inside.hears(EMMA)
    await emma.press("Hang up")
    await reads(inside, "Emma Clarke ended the call.")
    await inside.page.get_by_role("radio", name="5 out of 5").check(force=True)
    await inside.page.get_by_role("button", name="Send rating").click()
    await reads(inside, "Your rating was sent")
    await emma.page.get_by_role("radio", name="Resolved", exact=True).check(force=True)
    await emma.press("Finish wrap-up")
    await emma.page.get_by_role("button", name="Available").wait_for()


async def test_a_colleague_is_asked_first_and_keeps_the_visitor(
    office: Office, people: People
) -> None:
    emma, ines = await people("Emma", EMMA), await people("Inès", VISITOR)
    chloe = await people("Chloé", CHLOE)
    await office.at_work(emma, "emma")
    inside = await office.calls(ines)
    await emma.press("Accept")
    await reads(inside, "Talking")
    await inside.hears(EMMA)
    await office.at_work(chloe, "chloe")
    await emma.press("Transfer")
    await emma.page.get_by_role("radio", name=re.compile("Chloé Martin")).check()
    await emma.press("Ask first")
    await chloe.press("Accept")
    await chloe.hears(EMMA)
    await emma.hears(CHLOE)
    await inside.hears_one_of(music.frequencies())
    await emma.press("Talk together")
    await inside.hears(EMMA, CHLOE)
    await chloe.hears(VISITOR, EMMA)
    await emma.press("Complete transfer")
    await inside.hears(CHLOE)
    await chloe.hears(VISITOR)
    await reads(inside, "Chloé Martin")
    await inside.press("Hang up")
    await reads(chloe, "Wrap-up")


async def test_who_is_passed_on_hears_music_until_the_colleague_answers(
    office: Office, people: People
) -> None:
    emma, ines = await people("Emma", EMMA), await people("Inès", VISITOR)
    chloe = await people("Chloé", CHLOE)
    await office.at_work(emma, "emma")
    inside = await office.calls(ines)
    await emma.press("Accept")
    await reads(inside, "Talking")
    await inside.hears(EMMA)
    await office.at_work(chloe, "chloe")
    await emma.press("Transfer")
    await emma.page.get_by_role("radio", name=re.compile("Chloé Martin")).check()
    await emma.page.get_by_role("dialog").get_by_role("button", name="Transfer").click()
    await chloe.button("Accept").wait_for()
    await inside.hears_one_of(music.frequencies())
    await chloe.press("Accept")
    await inside.hears(CHLOE)
    await chloe.hears(VISITOR)
