"""Takes the pictures of docs/screenshots that show the contact centre: panel, desk and live view.

Run: python scripts/screenshots_centre.py
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from scripts.screenshots import DEVICES, FOLDER, take  # noqa: E402
from tests.e2e.office import VISITOR, ZOE, Office, open_office, reads  # noqa: E402
from tests.support.browser import Guest  # noqa: E402


async def main() -> None:
    """A visitor from the form to the answer, the agent beside it, and the supervisor's view."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with open_office(Path(folder)) as office:
            await picture(office)


async def picture(office: Office) -> None:
    """One call after another, each page when there is something on it."""
    emma = await office.agent("emma")
    await office.chooses(emma, "Break")
    ines = await office.visitor("Inès Moreau", VISITOR)
    inside = await filled(office, ines)
    await take(ines.page, "widget-form")
    await inside.page.get_by_role("button", name="Call us").click()
    await inside.page.get_by_role("button", name="Start the call").click()
    await reads(inside, "Waiting for a person")
    await take(ines.page, "widget-waiting")
    await office.chooses(emma, "Available")
    await emma.button("Accept").wait_for()
    await take(emma.page, "desk-offer")
    await emma.press("Accept")
    await reads(inside, "Talking")
    await take(ines.page, "widget-talking")
    await take(emma.page, "desk-talking")
    zoe = await office.visitor("Zoé Laurent", ZOE)
    await office.calls(zoe)
    sam = await office.watching("sam")
    await reads(sam, "Zoé Laurent")
    await take(sam.page, "live")
    await emma.press("Hang up")
    await reads(inside, "How was it?")
    await take(emma.page, "desk-wrap-up")


async def filled(office: Office, person: Guest) -> Guest:
    """The form of the panel, filled in."""
    await person.page.add_init_script(DEVICES)
    await person.page.reload()
    inside = await office.presses(person)
    await inside.page.get_by_label("Your name").fill(person.name)
    await inside.page.get_by_label("E-mail").fill("ines.moreau@example.org")
    await inside.page.get_by_label("What is it about?").select_option(label="An order")
    await inside.page.get_by_role("checkbox").check()
    return inside


if __name__ == "__main__":
    asyncio.run(main())
