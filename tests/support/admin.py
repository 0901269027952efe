"""An admin who signs in on /admin with the password that the server printed."""

from __future__ import annotations

import re

from tests.support.browser import Guest
from tests.support.server import Server

PASSWORD = "a lantern in the fog"


def printed_password(server: Server) -> str:
    """The first admin's one-time password."""
    found = re.search(r"Password\s+(\S+)", "\n".join(server.output))
    assert found, server.tail()
    return found[1]


async def sign_in(admin: Guest, server: Server, words: dict[str, str] | None = None) -> None:
    """Open /admin, sign in for the first time, choose a password, and see the rooms.

    `words`: names of controls in another language.
    """
    say = words or {}
    page = admin.page
    await page.goto(f"{server.url}/admin")
    await page.get_by_role("textbox").first.fill("admin")
    await page.locator("input[type=password]").fill(printed_password(server))
    await page.keyboard.press("Enter")
    for field in ("new_password", "again"):
        await page.locator(f"input[name={field}]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name=say.get("Rooms", "Rooms"), exact=True).wait_for()
