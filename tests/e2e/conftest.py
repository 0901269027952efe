"""Fixtures of the end-to-end tests: a server, Playwright, and people with tones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Playwright

from tests.support.browser import Guest, browser, guest, playwright
from tests.support.server import Server, offhook_server

#: Makes a person with a browser of their own, whose microphone is this tone.
People = Callable[[str, int], Awaitable[Guest]]


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server with the demo data in a store of its own."""
    async with offhook_server(tmp_path / "data") as running:
        yield running


@pytest.fixture
async def chromium() -> AsyncIterator[Playwright]:
    """Playwright, to start browsers with."""
    async with playwright() as running:
        yield running


@pytest.fixture
async def people(chromium: Playwright, tmp_path: Path) -> AsyncIterator[People]:
    """Makes people; at the end their pages must have had nothing to complain of."""
    made: list[Guest] = []

    async def make(name: str, hertz: int) -> Guest:
        person = await guest(await browser(chromium, tmp_path, hertz), name)
        made.append(person)
        return person

    yield make
    complaints = {person.name: person.complaints for person in made if person.complaints}
    for person in made:
        where = person.page.context.browser
        if where:
            await where.close()
    assert not complaints
