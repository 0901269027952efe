"""A moderator at work, in real Chromium: what is heard, seen and read by the ones concerned."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import People
from tests.support.browser import Guest
from tests.support.server import Server

pytestmark = pytest.mark.e2e


async def reads(person: Guest, words: str, *, within: float = 10) -> None:
    """Wait until somebody can read these words."""
    await person.page.get_by_text(words).first.wait_for(timeout=within * 1000)


async def opens(person: Guest, menu: str) -> None:
    """Open a menu by the name of its button."""
    await person.page.get_by_role("button", name=menu, exact=True).click()


async def chooses(person: Guest, item: str) -> None:
    """Choose from the open menu."""
    await person.page.get_by_role("menuitem", name=item, exact=True).click()


async def confirms(person: Guest, title: str, action: str) -> None:
    """Say yes in the dialog of this title."""
    dialog = person.page.get_by_role("dialog", name=title)
    await dialog.get_by_role("button", name=action, exact=True).click()


async def meeting(server: Server, people: People) -> tuple[Guest, Guest]:
    """Ada, who came first and has the list of people open, and Ben."""
    ada, ben = await people("Ada", 440), await people("Ben", 880)
    for person in (ada, ben):
        await person.join(f"{server.url}/r/demo")
    await ada.hears(880)
    await ada.page.keyboard.press("p")
    return ada, ben


async def test_a_moderator_mutes_and_forbids(server: Server, people: People) -> None:
    ada, ben = await meeting(server, people)
    await ada.press("Mute Ben")
    await reads(ben, "Ada muted you.", within=3)
    await ben.button("Unmute").wait_for()
    await ada.hears()
    await ben.press("Unmute")
    await ada.hears(880)

    await opens(ada, "Actions for Ben")
    await chooses(ada, "Forbid microphone")
    await reads(ben, "The host turned your microphone off.", within=3)
    await ada.hears()
    unmute = ben.button("Unmute")
    assert await unmute.get_attribute("aria-disabled") == "true"
    await opens(ada, "Actions for Ben")
    await chooses(ada, "Allow microphone")
    await reads(ben, "You may use your microphone now.", within=3)
    await ben.press("Unmute")
    await ada.hears(880)
    await ada.decodes(1)


async def test_who_is_removed_banned_or_locked_out_reads_why(
    server: Server, people: People
) -> None:
    ada, ben = await meeting(server, people)
    cleo = await people("Cleo", 1320)
    await cleo.join(f"{server.url}/r/demo")
    await ada.sees("Cleo")

    await opens(ada, "Actions for Cleo")
    await chooses(ada, "Remove Cleo")
    await confirms(ada, "Remove Cleo", "Remove")
    await reads(cleo, "The host removed you from this room.", within=3)
    await ada.misses("Cleo", within=3)

    await opens(ada, "Actions for Ben")
    await chooses(ada, "Remove and ban Ben")
    await confirms(ada, "Remove and ban Ben", "Remove and ban")
    await reads(ben, "does not let you back in", within=3)
    await ada.misses("Ben", within=3)
    await ben.page.evaluate("sessionStorage.clear()")
    await ben.page.reload()
    await reads(ben, "The host has banned you from this room.")
    await ada.press("Unban Ben")
    await ben.page.reload()
    await ben.button("Join").wait_for()

    await opens(ada, "More")
    await chooses(ada, "Lock room")
    await reads(ada, "Locked")
    dora = await people("Dora", 1760)
    await dora.page.goto(f"{server.url}/r/demo")
    await reads(dora, "The host has locked this room.")
    await opens(ada, "More")
    await chooses(ada, "Unlock room")
    await ada.page.get_by_text("Locked", exact=True).first.wait_for(state="detached")
    await dora.press("Try again")
    await dora.button("Join").wait_for()


async def test_a_host_is_made_and_ends_the_meeting_for_all(server: Server, people: People) -> None:
    ada, ben = await meeting(server, people)
    await opens(ada, "Actions for Ben")
    await chooses(ada, "Make Ben host")
    await reads(ben, "You are a host of this room now.", within=3)
    await ben.page.keyboard.press("p")
    await ben.press("Mute everybody")
    await reads(ada, "Ben muted you.", within=3)
    await opens(ben, "More")
    await chooses(ben, "End for all")
    await confirms(ben, "End the meeting for all", "End for all")
    for person in (ada, ben):
        await reads(person, "The meeting has ended for everybody.", within=3)
