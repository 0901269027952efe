"""A process that dies within the test's own: its store, bus and clock can be cut off at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar, overload

from sqlalchemy import Connection

from offhook.core.bus.bus import Bus, Command, Handler, Listener, News, Registration, Reply
from offhook.core.clock import Clock, Micros, Timer
from offhook.core.contracts.media import MediaCommand, MediaReply
from offhook.core.contracts.processes import ProcessCommand, ProcessReply
from offhook.core.errors import Unavailable
from offhook.core.store.claims import Claim
from offhook.core.store.store import Store

T = TypeVar("T")


class Knife:
    """Cuts everything of one process off, or has it stand still for a while."""

    def __init__(self) -> None:
        self.cut = False
        self._going = asyncio.Event()
        self._going.set()
        self._buried = asyncio.Event()

    def pause(self) -> None:
        """Whatever it does waits from now on."""
        self._going.clear()

    def go_on(self) -> None:
        """What waited is done."""
        self._going.set()

    async def passage(self) -> None:
        """Wait while it stands still; raise `Unavailable` once it is cut off."""
        await self._going.wait()
        if self.cut:
            raise Unavailable("this process is dead", code="dead")

    async def going(self) -> None:
        """Wait while it stands still, and once it is cut off until it is buried."""
        await self._going.wait()
        if self.cut:
            await self._buried.wait()
            raise Unavailable("this process is dead", code="dead")

    def bury(self) -> None:
        """The test is over; nobody need wait for it any longer."""
        self._going.set()
        self._buried.set()

    async def wake(self, callback: Callable[[], None]) -> None:
        """Call back when it goes on, unless it is cut off."""
        await self._going.wait()
        if not self.cut:
            callback()

    @property
    def still(self) -> bool:
        """Whether it stands still."""
        return not self._going.is_set()


class CutStore:
    """A store that a dead process does not reach."""

    def __init__(self, store: Store, knife: Knife) -> None:
        self._store = store
        self._knife = knife

    async def write(self, work: Callable[[Connection], T]) -> T:
        """As the store's."""
        await self._knife.passage()
        return await self._store.write(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """As the store's."""
        await self._knife.passage()
        return await self._store.read(work)

    def listen(self, channel: str, heard: Callable[[], None]) -> Callable[[], None]:
        """As the store's."""
        return self._store.listen(channel, lambda: None if self._knife.cut else heard())

    async def claim(self, name: str) -> Claim | None:
        """As the store's."""
        await self._knife.passage()
        return await self._store.claim(name)

    async def release(self, claim: Claim) -> None:
        """As the store's; a dead process holds nothing."""
        await self._store.release(claim)

    async def close(self) -> None:
        """As the store's."""
        await self._store.close()


class CutBus:
    """A bus on which a dead process is silent; who asks it waits in vain."""

    def __init__(self, bus: Bus, knife: Knife) -> None:
        self._bus = bus
        self._knife = knife

    @overload
    async def request(
        self, node: str, command: MediaCommand, within: float = 5.0
    ) -> MediaReply: ...

    @overload
    async def request(
        self, node: str, command: ProcessCommand, within: float = 5.0
    ) -> ProcessReply: ...

    async def request(self, node: str, command: Any, within: float = 5.0) -> Any:
        """As the bus's."""
        await self._knife.passage()
        return await self._bus.request(node, command, within)

    async def serve(self, node: str, handler: Handler) -> Registration:
        """As the bus's."""
        heed: Any = handler

        async def answer(command: Command) -> Reply:
            await self._knife.going()
            reply: Reply = await heed(command)
            return reply

        serve: Any = self._bus.serve
        registration: Registration = await serve(node, answer)
        return registration

    async def publish(self, topic: str, news: News) -> None:
        """As the bus's."""
        await self._knife.passage()
        await self._bus.publish(topic, news)

    async def subscribe(
        self, topic: str, listener: Listener, *, alone: bool = False
    ) -> Registration:
        """As the bus's."""
        heed: Any = listener

        async def hear(news: News) -> None:
            await self._knife.going()
            await heed(news)

        subscribe: Any = self._bus.subscribe
        registration: Registration = await subscribe(topic, hear, alone=alone)
        return registration

    async def close(self) -> None:
        """As the bus's."""
        await self._bus.close()


class CutClock:
    """A clock that never wakes the dead."""

    def __init__(self, clock: Clock, knife: Knife) -> None:
        self._clock = clock
        self._knife = knife
        self._late: set[asyncio.Task[None]] = set()

    def now(self) -> Micros:
        """As the clock's."""
        return self._clock.now()

    def call_at(self, at: Micros, callback: Callable[[], None]) -> Timer:
        """As the clock's."""
        return self._clock.call_at(at, lambda: self._ring(callback))

    def _ring(self, callback: Callable[[], None]) -> None:
        if self._knife.still:
            late = asyncio.ensure_future(self._knife.wake(callback))
            self._late.add(late)
            late.add_done_callback(self._late.discard)
        elif not self._knife.cut:
            callback()
