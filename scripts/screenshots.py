"""Takes the pictures of docs/screenshots in real Chromium: python scripts/screenshots.py"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.browser import browser, guest, playwright  # noqa: E402
from tests.support.server import offhook_server  # noqa: E402

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


async def main() -> None:
    """A start page, a room before joining, and a room with people in it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with offhook_server(Path(folder) / "data") as server, playwright() as running:
            where = await browser(running, Path(folder), 440)
            lena = await guest(where, "Lena Fischer")
            await lena.page.goto(f"{server.url}/")
            await lena.page.get_by_role("heading", level=1).wait_for()
            await take(lena.page, "home")
            others = []
            for name in ("Amara Okafor", "Jonas Lind", "Priya Raman"):
                other = await guest(where, name)
                await other.join(f"{server.url}/r/demo")
                others.append(other)
            await others[2].press("Stop camera")
            await others[2].press("Mute")
            await lena.page.goto(f"{server.url}/r/demo")
            await lena.page.get_by_role("textbox", name="Your name").fill(lena.name)
            await take(lena.page, "room-prejoin")
            await lena.press("Join")
            await lena.sees("Amara Okafor")
            await lena.decodes(2, within=20)
            await take(lena.page, "room-call")
            await where.close()


if __name__ == "__main__":
    asyncio.run(main())
