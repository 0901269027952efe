"""A store whose units of work run on threads: some that write, some that read."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

from sqlalchemy import Connection

from offhook.core.errors import Unavailable
from offhook.core.store.units import Queue, Unit

T = TypeVar("T")


class ThreadedStore(ABC):
    """Takes units on event loops and hands them to threads; `_start` when all is ready."""

    def __init__(self) -> None:
        self._writes: Queue = SimpleQueue()
        self._reads: Queue = SimpleQueue()
        self._writers: list[threading.Thread] = []
        self._readers: list[threading.Thread] = []
        self._closed = False

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Hand the unit to the writers."""
        return await self._hand_in(self._writes, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Hand the unit to the first reader thread that is free."""
        return await self._hand_in(self._reads, work)

    async def close(self) -> None:
        """Finish what was handed in and end the threads."""
        if self._closed:
            return
        self._closed = True
        for queue, threads in ((self._writes, self._writers), (self._reads, self._readers)):
            for _ in threads:
                queue.put(None)
        await asyncio.to_thread(self._end)

    @abstractmethod
    def _write_all(self) -> None:
        """A writer thread: carries out `_writes` up to the first None."""

    @abstractmethod
    def _read_all(self) -> None:
        """A reader thread: carries out `_reads` up to the first None."""

    @abstractmethod
    def _let_go(self) -> None:
        """Close what the threads stood on."""

    def _start(self, *, writers: int, readers: int) -> None:
        self._writers = _threads("store writer", writers, self._write_all)
        self._readers = _threads("store reader", readers, self._read_all)

    def _end(self) -> None:
        for thread in (*self._writers, *self._readers):
            thread.join()
        self._let_go()

    async def _hand_in(self, queue: Queue, work: Callable[[Connection], T]) -> T:
        if self._closed:
            raise Unavailable("the store is closed", code="store_closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        queue.put(Unit(work, loop, future))
        return await future


def _threads(name: str, count: int, run: Callable[[], None]) -> list[threading.Thread]:
    threads = [
        threading.Thread(target=run, name=f"{name} {number}", daemon=True)
        for number in range(count)
    ]
    for thread in threads:
        thread.start()
    return threads
