"""A peer in a child process, as its parent sees it: start it, ask it, end it.

Coding sound and pictures costs a core's worth of interpreter lock, so it never happens in the
parent. The child ends with its parent, and within two seconds of being asked.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from types import TracebackType
from typing import Self, TypeVar

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace

from media.peers.control import (
    AnyCommand,
    AnyTold,
    Gone,
    Ready,
    Refused,
    Start,
    Stop,
    Told,
    line,
    read_told,
)
from offhook.core.errors import BY_STATUS, BusTimeout, OffhookError, Unavailable
from offhook.core.tasks import Tasks

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

T = TypeVar("T", bound=Told)

#: Seconds a child may take to leave before it is killed.
_STOP_LIMIT = 2.0
#: Seconds from spawning to being in the room, on a machine that is very busy.
_START_LIMIT = 40.0
_LONGEST_LINE = 1 << 20


class Child:
    """One child process with one peer in it."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._process: asyncio.subprocess.Process | None = None
        self._tasks = Tasks()
        self._reader: asyncio.Task[None] | None = None
        self._ids = count(1)
        self._asked: dict[int, asyncio.Future[AnyTold]] = {}
        self._gone: Gone | None = None
        self._out = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        return None if self._process is None else self._process.pid

    async def open(self) -> Ready:
        """Spawn the process and join; raise what the server refuses with."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "media.peers.run",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
        )
        self._reader = self._tasks.spawn(self._read(), f"read peer {self._process.pid}")
        try:
            return await self._reply(0, self._start, Ready, _START_LIMIT)
        except BaseException:
            await self.close()
            raise

    async def ask(self, command: AnyCommand, kind: type[T], *, limit: float = 15.0) -> T:
        """Send a command and return its reply.

        Raises what the peer refuses with, `BusTimeout` after `limit` seconds, and `Unavailable`
        when the peer is out of the room or its process has ended.
        """
        number = next(self._ids)
        return await self._reply(number, replace(command, id=number), kind, limit)

    async def out(self) -> Gone:
        """Return when the peer is out of the room without having been asked, and why."""
        await self._out.wait()
        return self._gone or Gone(reason="process_ended")

    async def close(self) -> None:
        """Leave the room and end the process, by force after two seconds."""
        process = self._process
        if process is None:
            return
        try:
            async with asyncio.timeout(_STOP_LIMIT):
                if process.stdin is not None and process.returncode is None:
                    process.stdin.write(line(Stop()))
                    process.stdin.close()
                await process.wait()
        except TimeoutError:
            log.warning("peer did not leave in time", pid=process.pid)
            process.kill()
            await process.wait()
        if self._reader is not None:
            await self._reader
        await self._tasks.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _reply(self, number: int, message: Struct, kind: type[T], limit: float) -> T:
        process = self._process
        if process is None or process.stdin is None or self._out.is_set():
            raise self._ended()
        waiting = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(limit):
                process.stdin.write(line(message))
                told = await waiting
        except TimeoutError as error:
            raise BusTimeout("the peer did not answer in time") from error
        finally:
            del self._asked[number]
        if isinstance(told, Refused):
            raise _error_of(told)
        if not isinstance(told, kind):
            raise Unavailable(f"the peer answered {type(told).__name__}, not {kind.__name__}")
        return told

    async def _read(self) -> None:
        """Take what the child tells, to its end."""
        process = self._process
        if process is None or process.stdout is None:
            return
        try:
            async for data in process.stdout:
                self._take(read_told(data))
        except (msgspec.DecodeError, ValueError):
            log.exception("peer spoke nonsense", pid=process.pid)
            process.kill()
        finally:
            self._out.set()
            for waiting in self._asked.values():
                if not waiting.done():
                    waiting.set_exception(self._ended())

    def _take(self, told: AnyTold) -> None:
        if isinstance(told, Gone):
            self._gone = told
            self._out.set()
        elif (waiting := self._asked.get(told.id)) is not None and not waiting.done():
            waiting.set_result(told)

    def _ended(self) -> Unavailable:
        reason = self._gone.reason if self._gone is not None else "its process has ended"
        return Unavailable(f"the peer is gone: {reason}", code="peer_gone")


def _error_of(told: Refused) -> OffhookError:
    return BY_STATUS.get(told.status, OffhookError)(told.detail, code=told.code, field=told.field)
