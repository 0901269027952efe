"""Files in the chat, in Chromium: sent by one, seen and saved by the other, byte for byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Playwright

from tests.e2e.conftest import People
from tests.e2e.office import Office, open_office, reads
from tests.signalling.files import until
from tests.support.axe import Looks
from tests.support.browser import Guest, browser, guest
from tests.support.files import pdf, png
from tests.support.server import Server

pytestmark = pytest.mark.e2e

#: As wide as a thumbnail.
_SHOWN = "element => element.naturalWidth"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A contact centre."""
    async with open_office(tmp_path) as made:
        yield made


async def attaches(person: Guest, *files: tuple[str, str, bytes]) -> None:
    """Choose files with the paper clip."""
    given: list[Any] = [
        {"name": name, "mimeType": type, "buffer": data} for name, type, data in files
    ]
    async with _chooser(person) as choosing:
        await person.button("Attach a file").click()
    await (await choosing.value).set_files(given)


def _chooser(person: Guest) -> Any:
    """The dialog of whichever page the person is on, also from within a frame."""
    page: Any = person.page
    return getattr(page, "page", page).expect_file_chooser()


async def saves(person: Guest, name: str, folder: Path) -> tuple[str, bytes]:
    """Press a file in the chat; under which name it is saved, and what is in it."""
    page: Any = person.page
    top = getattr(page, "page", page)
    async with top.expect_download() as downloading:
        await page.get_by_role("button", name=f"Download {name}").click()
    download = await downloading.value
    path = folder / f"{person.name}-{name}"
    await download.save_as(path)
    return download.suggested_filename, path.read_bytes()


async def test_a_picture_is_seen_and_saved_by_the_other(
    server: Server, people: People, tmp_path: Path
) -> None:
    ada, ben = await people("Ada", 440), await people("Ben", 880)
    for one in (ada, ben):
        await one.join(f"{server.url}/r/demo")
    for one in (ada, ben):
        await one.press("Chat")
    data = png(64, 48)
    await attaches(ada, ("Ansicht ü.png", "image/png", data), ("plan.pdf", "", pdf()))
    for one in (ada, ben):
        shown = one.page.locator("oh-file img")
        await shown.wait_for()
        assert await shown.evaluate(_SHOWN) == 64
    assert await saves(ben, "Ansicht ü.png", tmp_path) == ("Ansicht ü.png", data)
    assert await saves(ben, "plan.pdf", tmp_path) == ("plan.pdf", pdf())


async def test_what_cannot_be_sent_is_said_in_words(server: Server, people: People) -> None:
    ada = await people("Ada", 440)
    await ada.join(f"{server.url}/r/demo")
    await ada.press("Chat")
    await attaches(ada, ("drawing.svg", "image/svg+xml", b"<svg/>"))
    await reads(ada, "drawing.svg cannot be sent here.")
    await ada.press("Dismiss drawing.svg")
    await attaches(ada, ("photo.png", "image/png", b"MZ no picture at all"))
    await reads(ada, "photo.png is not what its ending says")
    await attaches(ada, ("large.png", "image/png", png() + bytes(10 * 1024 * 1024)))
    await reads(ada, "large.png is too large. A file can have at most 10 MB.")


@pytest.mark.parametrize(("scheme", "language"), [("dark", "en-GB"), ("light", "ar")])
async def test_files_are_usable_by_everybody_on_a_narrow_screen(
    server: Server, chromium: Playwright, tmp_path: Path, scheme: str, language: str
) -> None:
    where = await browser(chromium, tmp_path, 440)
    narrow = {"width": 360, "height": 740}
    ada = await guest(where, "Ada", viewport=narrow, color_scheme=scheme, locale=language)
    await ada.page.goto(f"{server.url}/r/demo")
    await ada.page.get_by_role("textbox").first.fill("Ada")
    await ada.page.keyboard.press("Enter")
    await ada.page.get_by_role("figure").first.wait_for()
    await ada.page.keyboard.press("c")
    async with ada.page.expect_file_chooser() as choosing:
        await ada.page.get_by_role("log").press("Tab")
        await ada.page.keyboard.press("Enter")
    name = "a picture with a name that is longer than any line of a telephone.png"
    files: list[Any] = [
        {"name": name, "mimeType": "image/png", "buffer": png(900, 300)},
        {"name": "drawing.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"},
    ]
    await (await choosing.value).set_files(files)
    await ada.page.locator("oh-file img").wait_for()
    await ada.page.locator("oh-files-sending [role=alert]").wait_for()
    looks = Looks(ada.page)
    await looks.look("files")
    assert looks.found == {}
    await where.close()


async def test_a_visitor_and_an_agent_send_each_other_files(office: Office, tmp_path: Path) -> None:
    emma = await office.agent("emma")
    inside = await office.talk(await office.visitor(), emma)
    data = png(50, 40)
    await attaches(inside, ("scratch.png", "image/png", data))
    await emma.page.locator("oh-file img").wait_for()
    assert await saves(emma, "scratch.png", tmp_path) == ("scratch.png", data)
    await attaches(emma, ("form.pdf", "application/pdf", pdf()))
    assert await saves(inside, "form.pdf", tmp_path) == ("form.pdf", pdf())
    await emma.press("Hang up")
    await reads(inside, "Emma Clarke ended the call.")
    folder = tmp_path / "data" / "files"
    await until(lambda: asyncio.to_thread(_empty, folder), within=15)


def _empty(folder: Path) -> bool:
    """Whether there is no file in a folder any more."""
    return not [path for path in folder.rglob("*") if path.is_file()]
