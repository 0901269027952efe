"""Keeps the tasks of one owner: none is forgotten, none dies unheard, all end with the owner."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import Context
from types import TracebackType
from typing import Any, Self, TypeVar

import structlog

from offhook.core.errors import Unavailable

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

T = TypeVar("T")


class Tasks:
    """Starts tasks and answers for them until `close`."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._running)

    def spawn(
        self, coroutine: Coroutine[Any, Any, T], name: str, *, context: Context | None = None
    ) -> asyncio.Task[T]:
        """Start a task; its death by an exception is logged with `name`.

        `context`: give a fresh one to a task that outlives the request which starts it, so that
        its log lines do not carry that request's ids. Raises `Unavailable` when the owner has
        closed.
        """
        if self._closed:
            coroutine.close()
            raise Unavailable(f"{name} cannot start: the server is stopping", code="stopping")
        task = asyncio.get_running_loop().create_task(coroutine, name=name, context=context)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task died", task=task.get_name(), exc_info=error)

    async def close(self) -> None:
        """Cancel every task but the caller's own and wait until they have ended."""
        self._closed = True
        await cancel(*(self._running - {asyncio.current_task()}))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


async def cancel(*tasks: asyncio.Task[Any], patience: float = 1.0) -> None:
    """Cancel tasks and wait until they have ended.

    One that has not ended after `patience` seconds is cancelled again: `asyncio.wait_for` before
    Python 3.12, which libraries use, may swallow a cancellation.
    """
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=patience)
