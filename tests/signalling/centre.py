"""A contact centre on loopback: visitors and agents with real sockets, silent media."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, overload

import socketio

from tests.signalling.people import PASSWORD, Browser
from tests.signalling.rest import Api
from tests.signalling.signalling import Person, Refused, Signalling

_PATIENCE = 5.0


class Page:
    """A page with one socket in a namespace, and the last state it was told."""

    def __init__(self, server: Signalling, namespace: str, event: str) -> None:
        self.server = server
        self.namespace = namespace
        self.event = event
        self.state: dict[str, Any] = {}
        self.told: list[str] = []
        self._heard = asyncio.Condition()
        self.socket = socketio.AsyncClient(reconnection=False)
        self.socket.on("*", self._hear, namespace=namespace)
        self.socket.on("disconnect", self._gone, namespace=namespace)

    async def _hear(self, event: str, message: dict[str, Any]) -> None:
        async with self._heard:
            self.told.append(event)
            if event == self.event and message["seq"] >= self.state.get("seq", 0):
                self.state = message
            self._heard.notify_all()

    async def _gone(self, *_: object) -> None:
        async with self._heard:
            self.told.append("disconnected")
            self._heard.notify_all()

    async def connect(self, auth: dict[str, Any], cookies: dict[str, str] | None = None) -> None:
        """Open the socket."""
        cookie = "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())
        await self.socket.connect(
            self.server.url,
            headers={"Cookie": cookie} if cookie else {},
            namespaces=[self.namespace],
            auth=auth,
            transports=["websocket"],
        )

    async def asks(self, command: str, **argument: Any) -> Any:
        """The value of a command's ack; raises `Refused`."""
        ack = await self.socket.call(command, argument, namespace=self.namespace, timeout=_PATIENCE)
        if not ack["ok"]:
            raise Refused(ack["error"])
        return ack["value"]

    async def until(self, right: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """Wait until the state is right; return it."""
        try:
            async with asyncio.timeout(_PATIENCE), self._heard:
                await self._heard.wait_for(lambda: bool(self.state) and right(self.state))
        except TimeoutError:
            raise AssertionError(f"not so within {_PATIENCE} s: {self.state}") from None
        return self.state

    async def hears(self, event: str) -> None:
        """Wait for an event."""
        async with asyncio.timeout(_PATIENCE), self._heard:
            await self._heard.wait_for(lambda: event in self.told)

    async def close(self) -> None:
        """Close the page."""
        await self.socket.disconnect()


class Visitor(Page):
    """A visitor's page of a site."""

    def __init__(self, server: Signalling, name: str) -> None:
        super().__init__(server, "/visit", "visit")
        self.name = name
        self.resume = ""

    async def opens(self, key: str, **more: Any) -> dict[str, Any]:
        """Press the button."""
        auth = {"site": key, **({"resume": self.resume} if self.resume else {})}
        await self.connect(auth)
        opened: dict[str, Any] = await self.asks("open", **{"language": "en", **more})
        self.resume, self.state = opened["resume"], opened["visit"]
        return opened

    async def waits(self, key: str, **more: Any) -> None:
        """Fill in the form, agree, and wait."""
        await self.opens(key, **more)
        await self.asks("fill", answers={"name": self.name, "reason": "order"})
        await self.asks("start", consent=True, version="1")

    async def joins(self) -> Person:
        """Join the room of the call."""
        state = await self.until(lambda visit: visit["call"])
        return await in_room(self.server, self.name, state["call"]["token"])


class Agent(Page):
    """An agent's desk."""

    def __init__(self, server: Signalling, login: str, browser: Browser) -> None:
        super().__init__(server, "/desk", "desk")
        self.login = login
        self.browser = browser

    async def enters(self, view: str = "desk", language: str = "en") -> dict[str, Any]:
        """Open the desk."""
        await self.connect({}, self.browser.cookies)
        entered: dict[str, Any] = await self.asks("enter", view=view, language=language)
        self.state = entered["desk"] or entered["live"]
        return entered

    async def works(self) -> None:
        """Open the desk and be available."""
        entered = await self.enters()
        [available] = [each["id"] for each in entered["activities"] if each["available"]]
        await self.asks("choose_activity", activity=available)

    async def answers(self) -> Person:
        """Take what is offered, and join the room of the call."""
        state = await self.until(lambda desk: desk["offers"])
        offer = state["offers"][0]
        await self.asks("accept", reservation=offer["reservation"])
        return await self.joins(offer["session"])

    async def joins(self, session: str) -> Person:
        """Join the room of a call."""
        state = await self.until(lambda desk: self.contact(session, desk))
        call = self.contact(session, state)["call"]
        return await in_room(self.server, self.login, call["token"])

    def contact(self, session: str, desk: dict[str, Any] | None = None) -> Any:
        """A session on the desk; None when it is not there."""
        contacts = (desk or self.state)["contacts"]
        return next((each for each in contacts if each["session"] == session), None)


async def in_room(server: Signalling, name: str, token: str) -> Person:
    """Somebody in the room of a call."""
    person = Person(server, name, token)
    await person.connect()
    await person.join()
    server.people.append(person)
    return person


async def agent(server: Signalling, login: str) -> Agent:
    """One of the demo's people, signed in with a password of their own."""
    assert server.seeded is not None
    [given] = [each.given for each in server.seeded.staff if each.given.login == login]
    browser = Browser(server)
    await browser.sign_in(given.login, given.password)
    await browser.change(given.password, PASSWORD)
    return Agent(server, login, browser)


@overload
async def come_to(server: Signalling, before: Agent) -> Agent: ...


@overload
async def come_to(server: Signalling, before: Visitor, key: str) -> Visitor: ...


async def come_to(server: Signalling, before: Agent | Visitor, key: str = "") -> Agent | Visitor:
    """The same page once more, at this server: where it was, by its secret or its cookie."""
    if isinstance(before, Visitor):
        visitor = Visitor(server, before.name)
        visitor.resume = before.resume
        await visitor.opens(key)
        return visitor
    made = Agent(server, before.login, before.browser)
    await made.enters()
    return made


async def site_key(server: Signalling) -> str:
    """The public key of the demo's site."""
    services = server.services
    found = await services.parts.store.read(
        lambda c: services.parts.kept.configuring.all(c, services.main)
    )
    [key] = [each.key for _, each in found if each.key is not None]
    return str(key)


async def set_up(server: Signalling, plural: str, number: int = 0, **more: Any) -> str:
    """Change one of the demo's objects, and wait until the desk works with it; its id."""
    program = Api(server)
    found = (await program.get(f"/v1/{plural}"))["items"][number]
    await program.patch(f"/v1/{plural}/{found['id']}", more)
    await server.services.desks.up_to_date(server.services.main)
    return str(found["id"])
