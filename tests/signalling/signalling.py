"""A whole signalling on loopback with a silent media node, and people who come to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import socketio
from aiohttp import web, web_app

from offhook.core.bus.bus import Bus
from offhook.core.bus.local import LocalBus
from offhook.core.clock import Clock, SystemClock
from offhook.core.ids import RandomIds
from offhook.core.seal import Sealer
from offhook.core.shelf.disk import DiskShelf
from offhook.core.store.migrate import upgrade
from offhook.core.store.place import Place, open_store
from offhook.core.telemetry import Metrics
from signalling.api.app import make_app
from signalling.api.http import LINE_LIMIT
from signalling.services.accounts import Seeded
from signalling.services.services import Services, make_services
from signalling.settings import SignallingSettings
from tests.support.cut import CutBus, CutClock, CutStore, Knife
from tests.support.media import SilentMedia

NAMESPACE = "/room"
_MASTER = bytes(range(32))
_PATIENCE = 5.0
#: A webhook's URL that is allowed, where nobody answers.
NOBODY = "http://127.0.0.1:9/hook"
_DEFAULTS: dict[str, Any] = {
    "ping_interval": 0.5,
    "node_timeout": 600.0,
    "webhook_allowed_addresses": (NOBODY,),
}


class Signalling:
    """A running server; `url` is where it is."""

    def __init__(
        self, services: Services, bus: Bus, media: SilentMedia, runner: web.AppRunner, knife: Knife
    ) -> None:
        self.services = services
        self.bus = bus
        self._runner = runner
        self._knife = knife
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self.media = media
        self.url = url
        self.seeded: Seeded | None = None
        self.http = aiohttp.ClientSession(url)
        self.people: list[Person] = []

    async def knock(self, room: str = "demo", token: str | None = None) -> dict[str, Any]:
        """What the page's door answers; fails unless it lets in."""
        body = {} if token is None else {"token": token}
        async with self.http.post(f"/r/{room}/token", json=body) as reply:
            assert reply.status == 200, await reply.text()
            admitted: dict[str, Any] = await reply.json()
            return admitted

    async def token(self, room: str = "demo") -> str:
        """A guest's token."""
        return str((await self.knock(room))["token"])

    async def person(self, name: str = "Ada", *, room: str = "demo", token: Any = ...) -> Person:
        """Somebody with a connected socket, not yet in the room."""
        given = await self.token(room) if token is ... else token
        person = Person(self, name, given)
        await person.connect()
        self.people.append(person)
        return person

    async def joined(self, name: str = "Ada", *, room: str = "demo", token: Any = ...) -> Person:
        """Somebody who is in the room."""
        person = await self.person(name, room=room, token=token)
        await person.join()
        return person

    async def kill(self) -> None:
        """It dies: nothing of it is heard any more, and its connections break."""
        self._knife.cut = True
        for site in list(self._runner.sites):
            await site.stop()
        server = self._runner.server
        assert server is not None
        for connection in server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    def pause(self) -> None:
        """It stands still, as a process that is stopped: what comes to it waits."""
        self._knife.pause()

    def go_on(self) -> None:
        """It goes on as if nothing had been."""
        self._knife.go_on()

    async def until(self, right: Callable[[], bool]) -> None:
        """Wait until something is so within it."""
        async with asyncio.timeout(2 * _PATIENCE):
            while True:
                if right():
                    return
                await asyncio.sleep(0.01)

    async def settle(self) -> None:
        """Wait until all rooms have done what they have to do."""
        for owner in self.services.rooms.awake():
            await owner.driver.settle()


class Refused(Exception):
    """A command whose ack carried a problem."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem)
        self.problem = problem
        self.code = problem["code"]


class Person:
    """A client with one socket; everything it is told is in `told`."""

    def __init__(self, server: Signalling, name: str, token: Any) -> None:
        self.server = server
        self.name = name
        self.token = token
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.place: dict[str, Any] = {}
        self._heard = asyncio.Condition()
        self.socket = self._client()

    def _client(self) -> socketio.AsyncClient:
        client = socketio.AsyncClient(reconnection=False)
        client.on("*", self._hear, namespace=NAMESPACE)
        client.on("disconnect", self._gone, namespace=NAMESPACE)
        return client

    async def _hear(self, event: str, message: dict[str, Any]) -> None:
        async with self._heard:
            self.told.append((event, message))
            self._heard.notify_all()

    async def _gone(self, *_: object) -> None:
        await self._hear("disconnected", {})

    async def connect(self) -> None:
        """Open the socket."""
        auth = None if self.token is None else {"token": self.token}
        await self.socket.connect(
            self.server.url, namespaces=[NAMESPACE], auth=auth, transports=["websocket"]
        )

    async def raw(self, command: str, *arguments: Any) -> dict[str, Any]:
        """The ack of a command as it is."""
        data = arguments[0] if len(arguments) == 1 else arguments or None
        ack: dict[str, Any] = await self.socket.call(
            command, data, namespace=NAMESPACE, timeout=_PATIENCE
        )
        return ack

    async def asks(self, command: str, **argument: Any) -> Any:
        """The value of a command's ack; raises `Refused`."""
        ack = await self.raw(command, argument)
        if not ack["ok"]:
            raise Refused(ack["error"])
        return ack["value"]

    async def join(self) -> dict[str, Any]:
        """Take the place that the token gives."""
        self.place = await self.asks("join", name=self.name)
        return self.place

    async def offer(self, *sources: str, sdp: str = "v=0", muted: bool = False) -> dict[str, Any]:
        """Publish exactly these sources; return their ids by source."""
        tracks = [
            {"mid": str(n), "source": source, "muted": muted} for n, source in enumerate(sources)
        ]
        answer = await self.asks("offer", sdp=sdp, tracks=tracks)
        assert answer["sdp"] == f"answer to {sdp}"
        return {source: line["sid"] for source, line in zip(sources, answer["tracks"], strict=True)}

    async def lose_network(self) -> None:
        """The connection breaks without a goodbye."""
        before = self._losses()
        await self.socket.eio.ws.close()
        async with asyncio.timeout(_PATIENCE), self._heard:
            await self._heard.wait_for(lambda: self._losses() > before)

    def _losses(self) -> int:
        return sum(event == "disconnected" for event, _ in self.told)

    async def resume(self, last_seq: int | None = None) -> dict[str, Any]:
        """Come back on a new socket."""
        self.socket = self._client()
        await self.connect()
        token = self.place["resume_token"]
        found: dict[str, Any] = await self.asks(
            "resume",
            resume_token=token,
            last_seq=self.last_seq if last_seq is None else last_seq,
        )
        return found

    @property
    def last_seq(self) -> int:
        """The number of the last fact it knows."""
        told = [fact["seq"] for fact in self.facts]
        return int(told[-1] if told else self.place["snapshot"]["seq"])

    @property
    def facts(self) -> list[dict[str, Any]]:
        """All facts it was told, in the order they came."""
        return [message for event, message in self.told if event == "fact"]

    @property
    def me(self) -> str:
        """Its participant id."""
        return str(self.place["participant"])

    async def hears(
        self, event: str, match: Callable[[dict[str, Any]], bool] = lambda message: True
    ) -> dict[str, Any]:
        """Wait for an event, and return the first that matches."""

        def found() -> dict[str, Any] | None:
            matching = (m for e, m in self.told if e == event and match(m))
            return next(matching, None)

        async with asyncio.timeout(_PATIENCE), self._heard:
            await self._heard.wait_for(lambda: found() is not None)
            message = found()
            assert message is not None
            return message

    async def learns(self, type: str, count: int = 1) -> dict[str, Any]:
        """Wait for a fact of this type, the `count`th; return what it says."""

        def found() -> list[dict[str, Any]]:
            return [fact for fact in self.facts if fact["type"] == type]

        async with asyncio.timeout(_PATIENCE), self._heard:
            await self._heard.wait_for(lambda: len(found()) >= count)
            data: dict[str, Any] = found()[count - 1]["data"]
            return data

    async def close(self) -> None:
        """Close the socket."""
        await self.socket.disconnect()


@contextlib.asynccontextmanager
async def signalling(
    folder: Path,
    *,
    clock: Clock | None = None,
    seed: bool = True,
    demonstration: bool = False,
    media: bool = True,
    manager: Any = None,
    place: Place | None = None,
    bus: Bus | None = None,
    node: SilentMedia | None = None,
    port: int = 0,
    **settings: Any,
) -> AsyncIterator[Signalling]:
    """A server over the store in `folder`, or over that at `place`, with a media node beside it.

    `demonstration`: the demo data hold a contact centre too. `bus`: one that other servers over the
    same store are on too; it stays open.
    """
    where = place or folder / "store.sqlite"
    await asyncio.to_thread(upgrade, where)
    store = await asyncio.to_thread(open_store, where, SystemClock(), durable=False)
    own_bus, knife = bus or LocalBus(), Knife()
    silent = SilentMedia(own_bus)
    if node is not None:
        silent.remember(node)
    services = make_services(
        store=CutStore(store, knife),
        shelf=DiskShelf(folder / "files"),
        bus=CutBus(own_bus, knife),
        clock=CutClock(clock or SystemClock(), knife),
        ids=RandomIds(),
        sealer=Sealer(_MASTER),
        metrics=Metrics(),
        settings=SignallingSettings(**{**_DEFAULTS, **settings}),
        shared=bus is not None,
    )
    centre = services.demonstration if demonstration else None
    seeded = await services.accounts.seed(centre) if seed else None
    if media:
        await silent.serve()
    await services.start()
    if media:
        await silent.say_alive()
    runner = web.AppRunner(
        make_app(services, manager=manager), shutdown_timeout=1, max_line_size=LINE_LIMIT
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    running = Signalling(services, own_bus, silent, runner, knife)
    running.seeded = seeded
    try:
        yield running
    finally:
        knife.bury()
        for person in running.people:
            await person.close()
        await running.http.close()
        await runner.cleanup()
        _forget_handlers()
        await services.close()
        if media:
            await silent.close()
        if bus is None:
            await own_bus.close()
        await store.close()


def _forget_handlers() -> None:
    """aiohttp remembers the last thousand handlers, and with each the whole server of it."""
    web_app._cached_build_middleware.cache_clear()
