"""Two and three people in a room, in real Chromium, through the real server."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import People
from tests.support.server import Server

pytestmark = pytest.mark.e2e


async def test_three_people_hear_each_others_tones_and_see_each_other(
    server: Server, people: People
) -> None:
    ada, ben = await people("Ada", 440), await people("Ben", 880)
    room = f"{server.url}/r/demo"
    await ada.join(room)
    await ben.join(room)
    for one, other, tone in ((ada, "Ben", 880), (ben, "Ada", 440)):
        await one.sees(other)
        await one.hears(tone)
        await one.decodes(1)

    cleo = await people("Cleo", 1320)
    await cleo.join(room)
    for person, tones in ((ada, (880, 1320)), (ben, (440, 1320)), (cleo, (440, 880))):
        await person.hears(*tones)
        await person.decodes(2)


async def test_mute_silences_and_unmute_is_heard_again(server: Server, people: People) -> None:
    ada, ben = await people("Ada", 440), await people("Ben", 880)
    await ada.join(f"{server.url}/r/demo")
    await ben.join(f"{server.url}/r/demo")
    await ada.hears(880)
    await ben.press("Mute")
    await ben.button("Unmute").wait_for()
    await ada.hears()
    await ben.press("Unmute")
    await ada.hears(880)


async def test_leaving_takes_the_tile_away(server: Server, people: People) -> None:
    ada, ben = await people("Ada", 440), await people("Ben", 880)
    await ada.join(f"{server.url}/r/demo")
    await ben.join(f"{server.url}/r/demo")
    await ada.sees("Ben")
    await ben.press("Leave")
    await ada.misses("Ben", within=3)


async def test_a_reload_takes_its_own_place_and_leaves_no_ghost(
    server: Server, people: People
) -> None:
    ada, ben = await people("Ada", 440), await people("Ben", 880)
    await ada.join(f"{server.url}/r/demo")
    await ben.join(f"{server.url}/r/demo")
    await ada.sees("Ben")
    await ben.page.reload()
    await ben.press("Join")
    await ben.button("Leave").wait_for()
    await ben.sees("Ada")
    await ada.hears(880)
    await ada.decodes(1)
    assert await ada.tile("Ben").count() == 1
    assert await ada.page.get_by_role("figure").count() == 2


async def test_a_shared_screen_arrives_at_full_resolution(server: Server, people: People) -> None:
    ada, ben = await people("Ada", 440), await people("Ben", 880)
    await ada.join(f"{server.url}/r/demo")
    await ben.join(f"{server.url}/r/demo")
    await ben.sees("Ada")
    await ada.press("Share screen")
    await ada.button("Stop sharing").wait_for()
    await ben.decodes(2, width=1280, within=15)
    await ada.press("Stop sharing")
    await ada.button("Share screen").wait_for()
    await ben.decodes(1)


async def test_a_message_reaches_everybody(server: Server, people: People) -> None:
    ada, ben = await people("Ada", 440), await people("Ben", 880)
    await ada.join(f"{server.url}/r/demo")
    await ben.join(f"{server.url}/r/demo")
    for person in (ada, ben):
        await person.press("Chat")
    await ada.page.get_by_role("textbox", name="Message").fill("The line is open.")
    await ada.page.keyboard.press("Enter")
    await ben.page.get_by_role("log").get_by_text("The line is open.").wait_for()
    await ada.page.get_by_role("log").get_by_text("The line is open.").wait_for()
