"""What both forms of the bus are made of: one node that answers, one listener that hears."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import cast

import structlog

from offhook.core.bus.bus import Command, Handler, Listener, News, Reply
from offhook.core.bus.problem import BusProblem
from offhook.core.tasks import Tasks

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Takes a handler's reply, or its error as a problem, back to the caller.
Answer = Callable[[Reply | BusProblem], Awaitable[None]]


class Serving:
    """One node that answers commands, each in a task of its own."""

    def __init__(
        self,
        node: str,
        handler: Handler,
        tasks: Tasks,
        stop: Callable[[], Awaitable[None]],
    ) -> None:
        self.node = node
        # Which kind of command this node serves is between it and those who ask it.
        self._handler = cast("Callable[[Command], Awaitable[Reply]]", handler)
        self._tasks = tasks
        self._stop = stop
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, command: Command, answer: Answer) -> None:
        """Start on a command; commands start in the order of these calls."""
        task = self._tasks.spawn(self._serve(command, answer), f"{self.node} answers")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _serve(self, command: Command, answer: Answer) -> None:
        reply: Reply | BusProblem
        try:
            reply = await self._handler(command)
        except Exception as error:
            reply = BusProblem.of(error, self.node)
        await answer(reply)

    async def close(self) -> None:
        """Take no more commands and finish those under way."""
        await self._stop()
        others = self._under_way - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)


class Listening:
    """One listener with a queue of its own, so that a slow one delays nobody else."""

    def __init__(
        self,
        topic: str,
        listener: Listener,
        tasks: Tasks,
        stop: Callable[[], Awaitable[None]],
    ) -> None:
        self.topic = topic
        self._listener = cast("Callable[[News], Awaitable[None]]", listener)
        self._stop = stop
        self._news: asyncio.Queue[News | None] = asyncio.Queue()
        self._task = tasks.spawn(self._hear(), f"{topic} listener", context=Context())

    def tell(self, news: News) -> None:
        """Queue one piece of news."""
        self._news.put_nowait(news)

    async def _hear(self) -> None:
        while (news := await self._news.get()) is not None:
            try:
                await self._listener(news)
            except Exception:
                log.exception("listener failed", topic=self.topic, news=type(news).__name__)

    async def close(self) -> None:
        """Hear nothing more that is published from now on, and finish what was."""
        await self._stop()
        self._news.put_nowait(None)
        if self._task is not asyncio.current_task():
            await asyncio.wait({self._task})
