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
    """Cuts everything of one process off: nothing gets out of it, or into it, any more."""

    def __init__(self) -> None:
        self.cut = False

    def check(self) -> None:
        """Raise `Unavailable` once it is cut off."""
        if self.cut:
            raise Unavailable("this process is dead", code="dead")


class CutStore:
    """A store that a dead process does not reach."""

    def __init__(self, store: Store, knife: Knife) -> None:
        self._store = store
        self._knife = knife

    async def write(self, work: Callable[[Connection], T]) -> T:
        """As the store's."""
        self._knife.check()
        return await self._store.write(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """As the store's."""
        self._knife.check()
        return await self._store.read(work)

    def listen(self, channel: str, heard: Callable[[], None]) -> Callable[[], None]:
        """As the store's."""
        return self._store.listen(channel, lambda: None if self._knife.cut else heard())

    async def claim(self, name: str) -> Claim | None:
        """As the store's."""
        self._knife.check()
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
        self._knife.check()
        return await self._bus.request(node, command, within)

    async def serve(self, node: str, handler: Handler) -> Registration:
        """As the bus's."""
        heed: Any = handler

        async def answer(command: Command) -> Reply:
            if self._knife.cut:
                await asyncio.Event().wait()
            reply: Reply = await heed(command)
            return reply

        serve: Any = self._bus.serve
        registration: Registration = await serve(node, answer)
        return registration

    async def publish(self, topic: str, news: News) -> None:
        """As the bus's."""
        self._knife.check()
        await self._bus.publish(topic, news)

    async def subscribe(
        self, topic: str, listener: Listener, *, alone: bool = False
    ) -> Registration:
        """As the bus's."""
        heed: Any = listener

        async def hear(news: News) -> None:
            if not self._knife.cut:
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

    def now(self) -> Micros:
        """As the clock's."""
        return self._clock.now()

    def call_at(self, at: Micros, callback: Callable[[], None]) -> Timer:
        """As the clock's."""
        return self._clock.call_at(at, lambda: None if self._knife.cut else callback())
