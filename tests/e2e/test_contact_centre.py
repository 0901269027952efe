"""A visitor on a stranger's page presses the button, and an agent answers, in Chromium.

Everybody's microphone is a tone of their own, so that who hears whom is heard.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from media.tracks import music
from tests.e2e.office import CHLOE, EMMA, VISITOR, ZOE, Office, open_office, reads
from tests.support.browser import Guest

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


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


@pytest_asyncio.fixture(loop_scope="module")
async def emma(office: Office) -> Guest:
    """Emma is at her desk; she speaks English."""
    return await office.agent("emma")


@pytest_asyncio.fixture(loop_scope="module")
async def ines(office: Office) -> Guest:
    """Inès is in the shop."""
    return await office.visitor()


# from the click to the rating


async def test_a_visitor_reaches_an_agent_from_a_strangers_page(
    office: Office, emma: Guest, ines: Guest
) -> None:
    answer = await ines.page.goto(office.shop)
    assert answer
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not ines.page.url.startswith(office.server.url)
    inside = await office.calls(ines)
    await reads(inside, "It is ringing")
    await reads(emma, "Inès")
    await emma.press("Accept")
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
    await reads(emma, "Your line is open")


async def test_an_agent_knows_who_calls_what_about_and_why_it_is_them(
    office: Office, emma: Guest, ines: Guest
) -> None:
    await office.calls(ines)
    await reads(emma, "An order, from")
    await reads(emma, "You are the only one free who fits.")
    await emma.page.get_by_role("button", name="Who else was considered").first.click()
    await emma.page.get_by_role("heading", name="Why Inès came to you").wait_for()
    await reads(emma, "was asked")
    await emma.page.get_by_role("dialog").get_by_role("button", name="Close").click()


# passing on


async def passes_on(emma: Guest, how: str) -> None:
    """Emma passes the visitor on to Chloé."""
    await emma.press("Transfer")
    await emma.page.get_by_role("radio", name=re.compile("Chloé Martin")).check()
    await emma.page.get_by_role("dialog").get_by_role("button", name=how, exact=True).click()


async def test_a_colleague_is_asked_first_and_keeps_the_visitor(
    office: Office, emma: Guest, ines: Guest
) -> None:
    inside = await office.talk(ines, emma)
    await inside.hears(EMMA)
    chloe = await office.agent("chloe")
    await passes_on(emma, "Ask first")
    await reads(chloe, "Emma Clarke wants to ask you")
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
    office: Office, emma: Guest, ines: Guest
) -> None:
    inside = await office.talk(ines, emma)
    await emma.page.get_by_role("tab", name="Notes").click()
    await emma.page.get_by_role("textbox", name="Notes").fill("Wants it in brass.")
    chloe = await office.agent("chloe")
    await passes_on(emma, "Transfer")
    await reads(chloe, "Transfer from Emma Clarke")
    await reads(chloe, "Wants it in brass.")
    await inside.hears_one_of(music.frequencies())
    await chloe.press("Accept")
    await inside.hears(CHLOE)
    await chloe.hears(VISITOR)
    await reads(emma, "Wrap-up")


# picture, screen, mute


async def test_a_visitor_turns_the_camera_on_and_the_agent_sees_them(
    office: Office, emma: Guest, ines: Guest
) -> None:
    inside = await office.talk(ines, emma)
    assert await emma.video() == []
    await inside.press("Start camera")
    await emma.decodes(1)
    await emma.press("Start camera")
    await inside.decodes(1)
    await inside.press("Stop camera")
    await inside.button("Start camera").wait_for()
    await inside.hears(EMMA)


async def test_screens_are_shared_both_ways(office: Office, emma: Guest, ines: Guest) -> None:
    inside = await office.talk(ines, emma)
    await inside.press("Share screen")
    await inside.button("Stop sharing").wait_for()
    await emma.decodes(1, width=1280, within=15)
    await inside.press("Stop sharing")
    await inside.button("Share screen").wait_for()
    await emma.press("More")
    await emma.page.get_by_role("menuitem", name="Share screen").click()
    await emma.button("Stop sharing").wait_for()
    await inside.decodes(1, width=1280, within=15)
    await emma.press("Stop sharing")


async def test_whoever_is_muted_is_not_heard(office: Office, emma: Guest, ines: Guest) -> None:
    inside = await office.talk(ines, emma)
    await inside.hears(EMMA)
    await emma.press("Mute")
    await inside.hears()
    await emma.hears(VISITOR)
    await emma.press("Unmute")
    await inside.hears(EMMA)
    await inside.press("Mute")
    await emma.hears()
    await inside.press("Unmute")
    await emma.hears(VISITOR)


# pages that are loaded anew, and several at once


async def test_an_agent_who_loads_the_page_again_keeps_the_call(
    office: Office, emma: Guest, ines: Guest
) -> None:
    inside = await office.talk(ines, emma)
    await inside.hears(EMMA)
    await emma.page.reload()
    await emma.button("Hang up").wait_for()
    await inside.hears(EMMA)
    await emma.hears(VISITOR)
    await reads(inside, "Talking")


async def test_a_visitor_goes_to_another_page_and_the_call_goes_on(
    office: Office, emma: Guest, ines: Guest
) -> None:
    inside = await office.talk(ines, emma)
    await inside.hears(EMMA)
    await ines.page.get_by_role("link", name="Tables").click()
    await ines.page.wait_for_url("**/goods/tables")
    inside = await office.inside(ines)
    await reads(inside, "Talking")
    await inside.hears(EMMA)
    await ines.page.reload()
    inside = await office.inside(ines)
    await inside.hears(EMMA)
    await emma.hears(VISITOR)


async def test_of_two_calls_the_other_one_hears_music(
    office: Office, emma: Guest, ines: Guest
) -> None:
    await office.change("agents", capacity={"voice": 2, "message": 5})
    zoe = await office.visitor("Zoé", ZOE)
    first = await office.talk(ines, emma)
    await first.hears(EMMA)
    second = await office.talk(zoe, emma)
    await second.hears(EMMA)
    await first.hears_one_of(music.frequencies())
    await emma.hears(ZOE)
    await emma.page.get_by_role("button", name=re.compile("Inès")).first.click()
    await emma.press("Resume")
    await first.hears(EMMA)
    await second.hears_one_of(music.frequencies())
    await emma.hears(VISITOR)


async def test_of_two_tabs_the_later_has_the_desk_and_the_earlier_says_so(
    office: Office, emma: Guest, ines: Guest
) -> None:
    inside = await office.talk(ines, emma)
    later = Guest(await emma.page.context.new_page(), "Emma, later")
    await later.page.goto(f"{office.server.url}/desk")
    await later.button("Hang up").wait_for()
    await reads(emma, "This desk is open in another tab")
    await inside.hears(EMMA)
    await later.hears(VISITOR)
    await emma.press("Use this tab")
    await emma.button("Hang up").wait_for()
    await reads(later, "This desk is open in another tab")
    await later.page.close()
    await emma.hears(VISITOR)


# closed


async def test_who_finds_it_closed_leaves_a_message_which_an_agent_reads(
    office: Office, emma: Guest, ines: Guest
) -> None:
    await office.change("sites", hours={"time_zone": "UTC", "week": {}})
    inside = await office.presses(ines)
    await reads(inside, "We are closed")
    await inside.press("Leave a message")
    await inside.page.get_by_label("Your name").fill("Inès")
    await inside.page.get_by_label("Your message").fill("The shade is bent. Please write to me.")
    await inside.press("Send message")
    await reads(inside, "We got your message.")
    await reads(emma, "Text message")
    await emma.press("Accept")
    await emma.page.get_by_role("heading", name="Message from Inès").wait_for()
    await reads(emma, "The shade is bent. Please write to me.")
    await emma.press("Done")
    await emma.press("Finish wrap-up")
    await reads(emma, "Your line is open")
    await office.change("sites", hours=None)
