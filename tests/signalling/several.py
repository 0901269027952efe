"""Several signalling processes on one store and one bus, and people who may reach any of them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from offhook.core.bus.bus import Bus
from offhook.core.bus.local import LocalBus
from offhook.core.bus.redis import RedisBus
from offhook.core.store.place import Place
from tests.signalling.rest import Api
from tests.signalling.signalling import Person, Signalling, signalling
from tests.support.media import SilentMedia
from tests.support.redis import RedisServer, run_redis

#: Heartbeats are this fast in tests, and a silent process is given up as soon.
QUICK: dict[str, Any] = {"beat_every": 0.1, "process_timeout": 0.8}


class Several:
    """The servers, in the order of their start; the first made the demo data."""

    def __init__(
        self,
        folder: Path,
        place: Place | None,
        redis: RedisServer | None,
        settings: dict[str, Any],
    ) -> None:
        self.servers: list[Signalling] = []
        self._settings = settings
        self.folder = folder
        self.place = place
        self.redis = redis
        self._local = LocalBus()
        self._stack = contextlib.AsyncExitStack()
        self.media: SilentMedia

    async def open(self, count: int) -> None:
        """Start a silent media node and some servers."""
        for _ in range(count):
            await self.add()

    def _bus(self) -> Bus:
        if self.redis is None:
            return self._local
        bus = RedisBus(self.redis.url)
        self._stack.push_async_callback(bus.close)
        return bus

    async def add(self) -> Signalling:
        """One more process."""
        first = not self.servers
        bus = self._bus()
        made = await self._stack.enter_async_context(
            signalling(
                self.folder,
                bus=bus,
                place=self.place,
                seed=first,
                media=first,
                **{**QUICK, **self._settings},
            )
        )
        if first:
            self.media = made.media
        else:
            await self.media.say_alive()
            made.seeded = self.servers[0].seeded
        self.servers.append(made)
        return made

    def api(self, server: Signalling) -> Api:
        """The API as the seeded key sees it at one of the processes."""
        return Api(server)

    async def close(self) -> None:
        """Stop them all."""
        await self._stack.aclose()
        await self._local.close()


@contextlib.asynccontextmanager
async def several(
    folder: Path,
    count: int = 2,
    *,
    place: Place | None = None,
    redis: bool = False,
    **settings: Any,
) -> AsyncIterator[Several]:
    """Some processes on one store, in `folder` or at `place`, and on the bus of this process or a
    Redis of the test's own. `settings` as of `signalling`."""
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(run_redis(folder)) if redis else None
        made = Several(folder, place, server, settings)
        stack.push_async_callback(made.close)
        await made.open(count)
        yield made


def moved(person: Person, server: Signalling) -> Person:
    """The person reaches another process from now on."""
    person.server = server
    return person
