"""Takes the pictures of docs/screenshots in real Chromium.

Run: python scripts/screenshots.py [FACES]. FACES is a folder with 0.y4m, 1.y4m and 2.y4m, what the
cameras of three people show; without it they show Chromium's test picture.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.admin import sign_in  # noqa: E402
from tests.support.browser import Guest, browser, guest, playwright  # noqa: E402
from tests.support.server import Server, offhook_server  # noqa: E402

#: Chromium's stand-ins for devices are called what a person's own might be.
DEVICES = """
Object.defineProperty(MediaDeviceInfo.prototype, 'label', {
  get() { return {audioinput: 'Headset', audiooutput: 'Headset', videoinput: 'Camera'}[this.kind]; }
});
Object.defineProperty(MediaStreamTrack.prototype, 'label', {
  get() { return this.kind === 'audio' ? 'Headset' : 'Camera'; }
});
"""
FOLDER = ROOT / "docs" / "screenshots"
SIZES = {1280: 800, 360: 740}


async def take(page: Page, name: str) -> None:
    """One page at both widths, light and dark."""
    for width, height in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            await page.wait_for_timeout(700)
            await page.screenshot(path=FOLDER / f"{name}-{width}-{scheme}.png")


def camera(number: int) -> list[str]:
    """What makes Chromium's camera show the face of this number."""
    faces = [f"{folder}/{number}.y4m" for folder in sys.argv[1:2]]
    return [f"--use-file-for-fake-video-capture={face}" for face in faces]


async def administer(admin: Guest, server: Server) -> None:
    """The sections of /admin, over what has happened in the room."""
    page = admin.page
    await page.goto(f"{server.url}/admin")
    await page.get_by_role("textbox", name="Login").wait_for()
    await take(page, "admin-sign-in")
    await sign_in(admin, server)
    await page.get_by_role("link", name="demo", exact=True).click()
    await page.get_by_role("row").filter(has_text="Lena Fischer").wait_for()
    await page.locator(".toast").first.wait_for(state="detached")
    await take(page, "admin-room")
    await page.get_by_role("link", name="Events", exact=True).click()
    await page.get_by_role("button", name="participant_joined").first.wait_for()
    await take(page, "admin-events")
    await page.get_by_role("link", name="Webhooks", exact=True).click()
    await page.get_by_role("link", name="Demo sink").click()
    await page.get_by_role("row").filter(has_text="Delivered").nth(1).wait_for()
    await take(page, "admin-webhook")


async def main() -> None:
    """A start page, a room before joining, a room with people in it, and what an admin sees."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with offhook_server(Path(folder) / "data") as server, playwright() as running:
            people = []
            for number, name in enumerate(("Amara Okafor", "Jonas Lind", "Priya Raman")):
                where = await browser(running, Path(folder), 440, *camera(number % 2))
                people.append(await guest(where, name))
                await people[-1].join(f"{server.url}/r/demo")
            await people[2].press("Stop camera")
            await people[2].press("Mute")
            where = await browser(running, Path(folder), 440, *camera(2))
            lena = await guest(where, "Lena Fischer")
            await lena.page.add_init_script(DEVICES)
            await lena.page.goto(f"{server.url}/")
            await lena.page.get_by_role("heading", level=1).wait_for()
            await take(lena.page, "home")
            await lena.page.goto(f"{server.url}/r/demo")
            await lena.page.get_by_role("textbox", name="Your name").fill(lena.name)
            await take(lena.page, "room-prejoin")
            await lena.press("Join")
            await lena.sees("Amara Okafor")
            await lena.decodes(2, within=20)
            await take(lena.page, "room-call")
            await administer(await guest(where, "Ana"), server)


if __name__ == "__main__":
    asyncio.run(main())
