"""A contact centre in real Chromium, shared by the tests of a module: a server with the demo data,
its shop on another origin, agents who stay signed in, and visitors who come and go."""

from __future__ import annotations

import contextlib
import copy
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import aiohttp
from playwright.async_api import Browser, Page, Playwright, TimeoutError

from tests.support.browser import Guest, browser, guest, playwright
from tests.support.ports import free_port
from tests.support.server import Server, offhook_server

_PASSWORD = "a lantern in the fog"
VISITOR, EMMA, CHLOE, ZOE, SAM = 440, 880, 1320, 1760, 2200
WORKERS = {"emma": ("Emma", EMMA), "chloe": ("Chloé", CHLOE), "sam": ("Sam", SAM)}


async def reads(person: Guest, words: str) -> None:
    """Wait until somebody's page says this; what it says instead is in the failure."""
    try:
        await person.page.get_by_text(words).first.wait_for()
    except TimeoutError:
        shown = await person.page.locator("body").aria_snapshot()
        raise AssertionError(f"{person.name} does not read {words!r} but:\n{shown}") from None


class Office:
    """The server, and everybody's browser: one for each tone that is a microphone."""

    def __init__(
        self, server: Server, shop_port: int, running: Playwright, folder: Path, api: Any
    ) -> None:
        self.server = server
        self.shop = f"http://127.0.0.1:{shop_port}/demo-shop"
        self.api: aiohttp.ClientSession = api
        self.running = running
        self._folder = folder
        self.browsers: dict[int, Browser] = {}
        self._agents: dict[str, Guest] = {}
        self._visitors: list[Guest] = []

    async def person(self, name: str, hertz: int, **options: Any) -> Guest:
        """Somebody with a page of their own, whose microphone is this tone."""
        if hertz not in self.browsers:
            self.browsers[hertz] = await browser(self.running, self._folder, hertz)
        return await guest(self.browsers[hertz], name, **options)

    # --- agents ---------------------------------------------------------------------------------

    async def agent(self, login: str) -> Guest:
        """An agent at the desk, available; signed in once for the whole module."""
        if login not in self._agents:
            self._agents[login] = await self._signed_in(login, "/desk")
        person = self._agents[login]
        await self.chooses(person, "Available")
        return person

    async def _done(self, person: Guest) -> None:
        """Nothing is left to write up."""
        finish = person.button("Finish wrap-up")
        while await finish.is_visible():
            await finish.click()
            await finish.wait_for(state="detached")

    async def at_desk(self, login: str, **options: Any) -> Guest:
        """An agent in another page, which takes the desk over, available there."""
        person = await self._again(login, "/desk", **options)
        await self.chooses(person, "Available")
        return person

    async def watching(self, login: str, **options: Any) -> Guest:
        """A supervisor at the live view."""
        return await self._again(login, "/supervisor", **options)

    async def _again(self, login: str, path: str, **options: Any) -> Guest:
        """Somebody who signed in before, in a page of its own that ends with the test."""
        if login not in self._agents:
            self._agents[login] = await self._signed_in(login, path)
        known = await self._agents[login].page.context.storage_state()
        name, hertz = WORKERS[login]
        person = await self.person(name, hertz, storage_state=known, **options)
        self._visitors.append(person)
        await person.page.goto(f"{self.server.url}{path}")
        return person

    async def _signed_in(self, login: str, path: str) -> Guest:
        """With the one-time password that was printed, in whose place another is chosen."""
        name, hertz = WORKERS[login]
        person = await self.person(name, hertz)
        page = person.page
        await page.goto(f"{self.server.url}{path}")
        await page.get_by_label("Login").fill(login)
        await page.get_by_label("Password").fill(self._password(login))
        await page.keyboard.press("Enter")
        await page.get_by_label("New password", exact=True).fill(_PASSWORD)
        await page.get_by_label("New password again").fill(_PASSWORD)
        await page.keyboard.press("Enter")
        await page.locator("oh-gate").wait_for(state="detached")
        return person

    def _password(self, login: str) -> str:
        found = re.search(rf"^  \w+ +{login} +(\S+)", "\n".join(self.server.output), re.MULTILINE)
        assert found
        return found[1]

    async def chooses(self, person: Guest, activity: str) -> None:
        """Choose what to do."""
        menu = person.page.locator("oh-menu.activity")
        await menu.get_by_role("button").click()
        await menu.get_by_role("menuitemradio", name=activity).click()
        await menu.get_by_role("button", name=activity).wait_for()

    # --- visitors -------------------------------------------------------------------------------

    async def visitor(self, name: str = "Inès", hertz: int = VISITOR, **options: Any) -> Guest:
        """Somebody in the shop."""
        person = await self.person(name, hertz, **options)
        self._visitors.append(person)
        await person.page.goto(self.shop)
        return person

    async def presses(self, person: Guest) -> Guest:
        """Press the button in the shop; the person as they are in the panel."""
        await person.page.get_by_role("button", name="Call us").click()
        return await self.inside(person)

    async def inside(self, person: Guest) -> Guest:
        """The person as they are in the panel, which is open."""
        shown = await person.page.wait_for_selector("iframe")
        frame = None if shown is None else await shown.content_frame()
        assert frame is not None
        inside = copy.copy(person)
        inside.page = cast("Page", frame)
        return inside

    async def calls(self, person: Guest) -> Guest:
        """Fill in the form, agree, and wait for an agent; the person as they are in the panel."""
        inside = await self.presses(person)
        await inside.page.get_by_label("Your name").fill(person.name)
        await inside.page.get_by_label("What is it about?").select_option(label="An order")
        await inside.page.get_by_role("checkbox").check()
        await inside.page.get_by_role("button", name="Call us").click()
        await inside.page.get_by_role("button", name="Start the call").click()
        return inside

    async def talk(self, person: Guest, agent: Guest) -> Guest:
        """A visitor calls and the agent answers; the visitor as they are in the panel."""
        inside = await self.calls(person)
        await agent.press("Accept")
        try:
            await reads(inside, "Talking")
        except AssertionError as error:
            desk = await agent.page.locator("main").aria_snapshot()
            told = f"{error}\nThe agent reads:\n{desk}\n{self.server.tail()}"
            raise AssertionError(told) from None
        return inside

    # --- programs -------------------------------------------------------------------------------

    async def get(self, path: str) -> Any:
        """What the API says."""
        async with self.api.get(path) as reply:
            assert reply.status == 200, await reply.text()
            return await reply.json()

    async def change(self, plural: str, number: int = 0, **more: Any) -> None:
        """Change one of the demo's objects."""
        each = (await self.get(f"/v1/{plural}"))["items"][number]
        async with self.api.patch(f"/v1/{plural}/{each['id']}", json=more) as reply:
            assert reply.status == 200, await reply.text()

    async def tidy(self) -> None:
        """After a test: every contact is over, and everybody who came has left."""
        for task in (await self.get("/v1/tasks?limit=100"))["items"]:
            if task["state"] not in {"completed", "canceled"}:
                async with self.api.post(f"/v1/tasks/{task['id']}/cancel"):
                    pass
        for person in self._agents.values():
            await self._done(person)
        people, self._visitors = self._visitors, []
        for person in people:
            await person.page.context.close()
        complaints = {
            person.name: person.complaints
            for person in (*people, *self._agents.values())
            if person.complaints
        }
        for person in self._agents.values():
            person.complaints.clear()
        assert not complaints

    async def close(self) -> None:
        """Everybody goes home."""
        for each in self.browsers.values():
            await each.close()


@contextlib.asynccontextmanager
async def open_office(folder: Path, **env: str) -> AsyncIterator[Office]:
    """Start everything, and end it; `env` are more settings of the server."""
    port = free_port()
    given = {"OFFHOOK_SHOP_PORT": str(port), **env}
    async with offhook_server(folder / "data", env=given) as server, playwright() as running:
        printed = "\n".join(server.output)
        key, secret = (re.search(rf"{what} +(\S+)", printed) for what in ("API key", "Secret"))
        assert key
        assert secret
        headers = {"Authorization": aiohttp.encode_basic_auth(key[1], secret[1])}
        async with aiohttp.ClientSession(server.url, headers=headers) as api:
            office = Office(server, port, running, folder, api)
            try:
                yield office
            finally:
                await office.close()
