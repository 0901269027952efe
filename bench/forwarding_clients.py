"""A process of clients in the forwarding benchmark: it joins, sends or counts, and is asked."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing as mp
import os
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection as Pipe
from typing import Any

import uvloop
from msgspec import Struct

from bench import forwarding_janus as janus
from bench.forwarding_load import Counted, Load, Sink, means, until
from bench.forwarding_offhook import Person
from bench.janus import Session
from offhook.core.tasks import Tasks

#: Seconds for all to be in and hear all, and for a process to answer.
_JOIN_LIMIT = 60.0
_ANSWER_LIMIT = 90.0
#: Joins under way at a time.
_AT_ONCE = 5


class Errand(Struct, frozen=True):
    """What a process of clients is to do; `tokens` are Offhook's, `feeds` those of Janus."""

    server: str
    url: str
    load: Load
    publishes: bool
    subscribes: bool
    tokens: list[str] = []
    feeds: list[int] = []
    feedback: bool = False


class Clients:
    """The process, as the benchmark sees it."""

    def __init__(self, errand: Errand) -> None:
        spawn = mp.get_context("spawn")
        self._pipe, other = spawn.Pipe()
        self._process = spawn.Process(target=_work, args=(other, errand), daemon=True)
        self._process.start()
        other.close()

    async def ready(self) -> list[int]:
        """Wait until all are in; return the feeds of Janus."""
        feeds: list[int] = await self._received()
        return feeds

    async def mark(self) -> None:
        """Have them count from now on."""
        self._pipe.send("mark")
        await self._received()

    async def counted(self) -> Counted:
        """What they counted since."""
        self._pipe.send("count")
        counted: Counted = await self._received()
        return counted

    async def close(self) -> None:
        """Have them leave."""
        with contextlib.suppress(OSError):
            self._pipe.send("stop")
        await asyncio.to_thread(self._process.join, 15)
        if self._process.is_alive():
            self._process.kill()
            await asyncio.to_thread(self._process.join)

    async def _received(self) -> Any:
        if not await asyncio.to_thread(self._pipe.poll, _ANSWER_LIMIT):
            raise TimeoutError("a process of clients said nothing")
        answer = self._pipe.recv()
        if isinstance(answer, str):
            raise RuntimeError(f"a process of clients failed:\n{answer}")
        return answer


def _work(pipe: Pipe, errand: Errand) -> None:
    try:
        uvloop.run(_clients(pipe, errand))
    except BaseException:
        pipe.send(traceback.format_exc())
    # Whatever a library still holds is of no use to anybody.
    os._exit(0)


async def _clients(pipe: Pipe, errand: Errand) -> None:
    world = _offhook(errand) if errand.server == "offhook" else _janus(errand)
    async with world as (feeds, sinks):
        pipe.send(feeds)
        while (command := await asyncio.to_thread(pipe.recv)) != "stop":
            if command == "mark":
                for sink in sinks:
                    sink.mark()
                pipe.send(0)
            else:
                pipe.send(_together([sink.counted() for sink in sinks]))


def _together(each: Sequence[Counted]) -> Counted:
    return Counted(
        sum(one.received for one in each),
        sum(one.expected for one in each),
        [delay for one in each for delay in one.delays],
        sorted({profile for one in each for profile in one.profiles}),
    )


@contextlib.asynccontextmanager
async def _offhook(errand: Errand) -> AsyncIterator[tuple[list[int], list[Sink]]]:
    load, shared = errand.load, means()
    async with Tasks() as tasks:
        people = [
            Person(
                (errand.url, token),
                shared,
                tasks,
                load,
                publishes=errand.publishes,
                feedback=errand.feedback,
            )
            for token in errand.tokens
        ]
        await _few_at_a_time([person.join for person in people])
        if errand.subscribes:
            wanted = load.publishers - (1 if load.mutual else 0)
            await _polled(lambda: all(person.streams >= wanted for person in people))
        yield [], [person.sink for person in people if person.sink is not None]
        await asyncio.gather(*(person.close() for person in people))


@contextlib.asynccontextmanager
async def _janus(errand: Errand) -> AsyncIterator[tuple[list[int], list[Sink]]]:
    load, shared, changed = errand.load, means(), asyncio.Event()
    async with Session(errand.url) as session:
        feeds: list[janus.Feed] = []
        if errand.publishes:
            await janus.make_room(session)
            feeds = [janus.Feed(session, shared, load) for _ in range(load.publishers)]
            await _few_at_a_time([partial(feed.join, changed.set) for feed in feeds])
            await until(changed, lambda: all(f.connection.up for f in feeds), _JOIN_LIMIT)
        numbers = [feed.number for feed in feeds]
        wanted = _seen(errand, numbers)
        sinks: list[Sink] = []

        async def join(streams: list[int]) -> None:
            sinks.append(await janus.watch(session, shared, streams, changed.set))

        await _few_at_a_time([partial(join, streams) for streams in wanted])
        least = min(map(len, wanted), default=0)
        await until(changed, lambda: all(s.streams >= least for s in sinks), _JOIN_LIMIT)
        yield numbers, sinks


def _seen(errand: Errand, own: list[int]) -> list[list[int]]:
    """The feeds of each receiving leg."""
    if not errand.subscribes:
        return []
    if errand.load.mutual:
        return [[feed for feed in own if feed != mine] for mine in own]
    return [errand.feeds for _ in range(errand.load.subscribers)]


async def _few_at_a_time(joins: Sequence[Callable[[], Awaitable[None]]]) -> None:
    slots = asyncio.Semaphore(_AT_ONCE)

    async def one(join: Callable[[], Awaitable[None]]) -> None:
        async with slots:
            await join()

    await asyncio.gather(*(one(join) for join in joins))


async def _polled(ready: Callable[[], bool]) -> None:
    async with asyncio.timeout(_JOIN_LIMIT):
        while not ready():  # noqa: ASYNC110 - many things may change it
            await asyncio.sleep(0.05)
