"""A visitor asks to be called back, closes the page, and takes the call by a link, in Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.conftest import People
from tests.e2e.office import EMMA, VISITOR, Office, open_office, reads
from tests.support.browser import Guest
from tests.support.mailbox import Mailbox, link_of, mailbox

pytestmark = pytest.mark.e2e


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """A mail server."""
    async with mailbox() as made:
        yield made


@pytest.fixture
async def office(tmp_path: Path, box: Mailbox) -> AsyncIterator[Office]:
    """A server with the demo data and its shop, which can send mail."""
    env = {
        "OFFHOOK_SMTP_HOST": "127.0.0.1",
        "OFFHOOK_SMTP_PORT": str(box.port),
        "OFFHOOK_SMTP_TLS": "none",
        "OFFHOOK_SMTP_FROM": "Shop <calls@example.com>",
    }
    async with open_office(tmp_path, **env) as made:
        yield made


async def books(inside: Guest, email: str = "") -> None:
    """Ask to be called back, while nobody is there to answer."""
    await inside.press("Call me back")
    if email:
        await inside.page.get_by_label("Send the link to this email").fill(email)
    now = inside.page.get_by_role("radio", name="When it is my turn")
    if await now.count():
        await now.check()
    await inside.press("Book the callback")
    await reads(inside, "It is your turn")


async def takes_the_call(person: Guest, link: str) -> None:
    """Open a link in a browser that has never been there, and answer."""
    await person.page.goto(link)
    await reads(person, "is calling you")
    await person.press("Answer")
    await reads(person, "Talking")


async def test_who_closed_the_page_takes_the_call_by_the_link_in_a_letter(
    office: Office, people: People, box: Mailbox
) -> None:
    ines = await office.visitor()
    await books(await office.calls(ines), "ines@example.org")
    await ines.page.goto("about:blank")
    emma = await office.agent("emma")
    await emma.press("Accept")
    link = link_of(await box.letter())
    await reads(emma, "E-mail sent to i…@example.org")
    phone = await people("Inès on the phone", VISITOR)
    await takes_the_call(phone, link)
    await phone.hears(EMMA)
    await emma.hears(VISITOR)
    late = await people("Somebody", VISITOR)
    await late.page.goto(link)
    await reads(late, "This link was used already")
    await phone.press("Hang up")
    await reads(emma, "Wrap-up")


async def test_an_agent_copies_the_link_for_the_customer(office: Office, people: People) -> None:
    ines = await office.visitor()
    await books(await office.calls(ines))
    await ines.page.goto("about:blank")
    emma = await office.agent("emma")
    await emma.page.context.grant_permissions(["clipboard-read", "clipboard-write", "microphone"])
    await emma.press("Accept")
    await reads(emma, "has no page open")
    await emma.press("Copy link")
    await reads(emma, "Link copied")
    link = await emma.page.evaluate("navigator.clipboard.readText()")
    phone = await people("Inès on the phone", VISITOR)
    await takes_the_call(phone, link)
    await phone.hears(EMMA)
    await emma.hears(VISITOR)
