"""/admin in Chromium: signing in, rooms, events, webhooks with their deliveries, and API keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Browser, Playwright

from tests.support.admin import PASSWORD, printed_password, sign_in
from tests.support.axe import Looks
from tests.support.browser import Guest, browser, guest
from tests.support.server import Server, offhook_server

pytestmark = pytest.mark.e2e


@dataclass
class Receiver:
    """A program that is told what happens; it answers with the next of `answers`, else 200."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[dict[str, str]] = field(default_factory=list)
    heard: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def hear(self, request: web.Request) -> web.Response:
        """Take one delivery."""
        async with self.heard:
            self.got.append(await request.json())
            self.heard.notify_all()
        return web.Response(
            status=self.answers.pop(0) if self.answers else 200, text="Thank you, Offhook."
        )

    async def has(self, count: int) -> None:
        """Wait until so many came."""
        async with asyncio.timeout(15), self.heard:
            await self.heard.wait_for(lambda: len(self.got) >= count)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver on the loopback."""
    made = Receiver()
    app = web.Application()
    app.router.add_post("/hook", made.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


@pytest.fixture
async def server(tmp_path: Path, receiver: Receiver) -> AsyncIterator[Server]:
    """A server that may send webhooks to the receiver."""
    env = {"OFFHOOK_WEBHOOK_ALLOWED_ADDRESSES": receiver.url}
    async with offhook_server(tmp_path / "data", env=env) as running:
        yield running


@pytest.fixture
async def chrome(chromium: Playwright, tmp_path: Path) -> AsyncIterator[Browser]:
    """One browser for everybody of a test."""
    where = await browser(chromium, tmp_path, 440)
    yield where
    await where.close()


Make = Callable[..., Awaitable[Guest]]


@pytest.fixture
async def person(chrome: Browser) -> AsyncIterator[Make]:
    """Makes people with a page of their own, who must have had nothing to complain of."""
    made: list[Guest] = []

    async def make(name: str, **options: Any) -> Guest:
        made.append(await guest(chrome, name, **options))
        return made[-1]

    yield make
    assert {each.name: each.complaints for each in made if each.complaints} == {}


@pytest.fixture
async def admin(person: Make, server: Server) -> Guest:
    """The first admin, signed in."""
    made = await person("Lena")
    await sign_in(made, server)
    return made


async def go(admin: Guest, section: str) -> None:
    """Open a section."""
    await admin.page.get_by_role("link", name=section, exact=True).click()
    await admin.page.get_by_role("heading", name=section, exact=True).wait_for()


async def test_the_printed_password_opens_once_and_is_changed(person: Make, server: Server) -> None:
    lena = await person("Lena")
    page = lena.page
    await page.goto(f"{server.url}/admin#keys")
    await page.get_by_role("textbox", name="Login").fill("admin")
    await page.get_by_label("Password").fill("not this one")
    await lena.press("Sign in")
    await page.get_by_role("alert").get_by_text("The login or the password is wrong.").wait_for()
    await page.get_by_label("Password").fill(printed_password(server))
    await lena.press("Sign in")
    await page.get_by_role("heading", name="Choose a password").wait_for()
    await page.get_by_label("New password", exact=True).fill(PASSWORD)
    await page.get_by_label("New password again").fill(PASSWORD)
    await lena.press("Save password")
    await page.get_by_role("heading", name="API keys").wait_for()

    await page.reload()
    await page.get_by_role("heading", name="API keys").wait_for()
    await lena.press("Admin")
    await page.get_by_role("menuitem", name="Sign out").click()
    await page.get_by_text("You are signed out.").wait_for()
    await page.reload()
    await page.get_by_role("textbox", name="Login").fill("admin")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.get_by_role("heading", name="API keys").wait_for()
    [cookie] = await page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"]) == ("offhook_session", True)
    assert cookie["sameSite"] == "Strict"
    assert await page.evaluate("document.cookie") == ""


async def test_another_origins_page_does_nothing_with_the_cookie(
    admin: Guest, server: Server, receiver: Receiver
) -> None:
    """The receiver is another origin of the same site, to which the browser would give a cookie."""
    elsewhere = await admin.page.context.new_page()
    await elsewhere.goto(receiver.url.replace("/hook", "/"))
    tried = await elsewhere.evaluate(
        """async url => {
          const send = (path, init) => fetch(url + path, {credentials: 'include', ...init})
            .then(answer => answer.status, () => 'refused');
          return [
            await send('/v1/rooms', {}),
            await send('/v1/rooms/demo', {method: 'DELETE'}),
            await send('/v1/rooms/demo/end', {method: 'POST', mode: 'no-cors'}),
          ];
        }""",
        server.url,
    )
    assert tried == ["refused", "refused", 0]
    await elsewhere.close()
    await admin.page.get_by_role("link", name="demo", exact=True).wait_for()


async def test_a_room_shows_its_people_and_obeys(
    admin: Guest, person: Make, server: Server
) -> None:
    people = [await person("Amara"), await person("Jonas")]
    for each in people:
        await each.join(f"{server.url}/r/demo")
    page = admin.page
    await page.get_by_role("link", name="demo", exact=True).click()
    for each in people:
        await page.get_by_role("row").filter(has_text=each.name).wait_for()
    await page.get_by_text("2 / 100").wait_for()

    await admin.press("Mute the microphone of Jonas")
    await people[1].button("Unmute").wait_for()
    await page.get_by_role("row").filter(has_text="Jonas").get_by_text("muted").wait_for()

    await admin.press("Lock")
    await admin.button("Unlock").wait_for()
    await page.get_by_text("Locked", exact=True).wait_for()

    await admin.press("Remove Jonas")
    await page.get_by_role("heading", name="Remove Jonas?").wait_for()
    await admin.press("Remove")
    await people[1].page.get_by_text("removed").first.wait_for()
    await page.get_by_role("row").filter(has_text="Jonas").wait_for(state="detached")

    await admin.press("End for all")
    await page.get_by_role("dialog").get_by_role("button", name="End for all").click()
    await people[0].page.get_by_role("heading", name="The room has ended").wait_for()
    await page.get_by_text("Nobody is here").wait_for()

    await go(admin, "Events")
    await page.get_by_label("Type").fill("participant_left")
    await page.get_by_role("button", name="participant_joined").first.wait_for(state="detached")
    await page.get_by_role("button", name="participant_left").nth(1).click()
    assert '"reason": "participant_removed"' in await page.locator("pre").inner_text()


async def test_a_webhook_is_made_tried_and_replayed(
    admin: Guest, server: Server, receiver: Receiver
) -> None:
    page = admin.page
    await go(admin, "Webhooks")
    await admin.press("New webhook")
    await page.get_by_label("URL").fill("http://10.0.0.1/hook")
    await admin.press("Make webhook")
    await page.get_by_role("alert").get_by_text("not public").wait_for()
    await page.get_by_label("URL").fill(receiver.url)
    await page.get_by_label("Description").fill("CRM")
    await admin.press("Make webhook")
    secret = await page.get_by_text("whsec_").inner_text()
    assert len(secret) > 30
    await admin.press("I have kept it")
    await page.get_by_role("heading", name="CRM").wait_for()
    assert secret not in await page.content()

    await admin.press("Send a test")
    await receiver.has(1)
    row = page.get_by_role("row").filter(has_text="webhook.test")
    await row.get_by_text("Delivered").wait_for()
    await row.get_by_role("cell", name="200", exact=True).wait_for()
    await admin.press("webhook.test")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_text("Thank you, Offhook.").wait_for()
    await dialog.get_by_role("button", name="Send again").click()
    await receiver.has(2)
    assert receiver.got[0] == receiver.got[1]
    assert receiver.got[0]["type"] == "webhook.test"
    await dialog.get_by_text("Thank you, Offhook.").nth(1).wait_for()
    await dialog.get_by_role("button", name="Close").click()

    await page.get_by_role("button", name="Gave up").click()
    await page.get_by_text("No such deliveries").wait_for()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="New secret").click()
    await page.get_by_role("dialog").get_by_role("button", name="New secret").click()
    assert await page.get_by_text("whsec_").last.inner_text() != secret
    await admin.press("I have kept it")
    await page.get_by_text("The old one ends").wait_for()

    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Disable").click()
    await page.get_by_text("This webhook is disabled.").wait_for()
    assert await admin.button("Send a test").is_disabled()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await page.get_by_role("heading", name="Webhooks").wait_for()
    await page.get_by_role("link", name="CRM").wait_for(state="detached")


async def test_a_key_is_made_used_and_revoked(admin: Guest, server: Server) -> None:
    page = admin.page
    await go(admin, "API keys")
    await admin.press("New API key")
    await page.get_by_label("Name").fill("Backend")
    await page.get_by_label("Everything").uncheck()
    await page.get_by_label("rooms.read").check()
    await admin.press("Make key")
    codes = await page.get_by_role("dialog").locator("code").all_inner_texts()
    key, secret = codes
    await admin.press("I have kept it")

    async def status() -> int:
        credentials = aiohttp.encode_basic_auth(key, secret)
        async with (
            aiohttp.ClientSession(headers={"Authorization": credentials}) as program,
            program.get(f"{server.url}/v1/rooms") as reply,
        ):
            return reply.status

    assert await status() == 200
    await admin.press("Revoke the key Backend")
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    await page.get_by_text("Backend is revoked").first.wait_for()
    await admin.button("Revoke the key Backend").wait_for(state="detached")
    assert await status() == 401


_WIDE, _NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


@pytest.mark.parametrize(
    ("size", "scheme", "language"),
    [(_WIDE, "light", "en-GB"), (_NARROW, "dark", "en-GB"), (_NARROW, "light", "ar")],
    ids=["wide", "narrow-dark", "arabic"],
)
async def test_every_section_is_usable_by_everybody(
    person: Make, server: Server, size: dict[str, int], scheme: str, language: str
) -> None:
    lena = await person("Lena", viewport=size, color_scheme=scheme, locale=language)
    guest_ = await person("Amara", viewport=size)
    page, looks = lena.page, Looks(lena.page)
    await page.goto(f"{server.url}/admin")
    await page.get_by_role("textbox").first.wait_for()
    await looks.look("sign in")
    await sign_in(lena, server, {"Rooms": "الغرف"} if language == "ar" else None)
    await looks.look("rooms")
    await guest_.join(f"{server.url}/r/demo")
    await page.get_by_role("link", name="demo", exact=True).click()
    await page.get_by_text("Amara").first.wait_for()
    await looks.look("room")
    nav = page.get_by_role("navigation").first.get_by_role("link")
    await nav.nth(1).click()
    await page.get_by_role("button", name="participant_joined").first.click()
    await page.locator("pre").wait_for()
    await looks.look("events")
    await nav.nth(2).click()
    await page.get_by_role("link", name="Demo sink").click()
    await page.get_by_role("button", name="participant_joined").first.click()
    await page.locator("dialog[open] pre").first.wait_for()
    await looks.look("webhook")
    await page.keyboard.press("Escape")
    await nav.nth(3).click()
    await page.get_by_text("demo", exact=True).wait_for()
    await page.locator("main .btn-ink").first.click()
    await page.locator("dialog[open] input").first.wait_for()
    await looks.look("keys")
    assert looks.found == {}
