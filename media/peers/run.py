"""The program of a peer's child process: `python -m media.peers.run`, spoken to by its parent.

Commands come on standard input, answers go to what standard output was; whatever else is printed
goes to standard error. When the input ends the parent is gone, and so is this process two seconds
later at most, even if its loop stands still.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import signal
import socket
import sys
import threading
from contextlib import suppress
from typing import BinaryIO
from urllib.parse import urlsplit

import msgspec
import structlog

from media.peers.aiortc_fixes import apply
from media.peers.control import (
    AnyCommand,
    Gone,
    Stop,
    Told,
    line,
    read_command,
    read_start,
    refused,
)
from media.peers.prober import Prober
from offhook.core.errors import MalformedInput, OffhookError
from offhook.core.tasks import Tasks
from offhook.core.telemetry import configure_logs

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Seconds between the parent's death and ours.
_LAST_WORDS = 2.0


class Pipe:
    """The parent's end of this process: lines in by a thread of its own, lines out at once."""

    def __init__(self, source: BinaryIO, sink: BinaryIO) -> None:
        self._source = source
        self._sink = sink
        self._lines: asyncio.Queue[bytes] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, name="parent", daemon=True).start()

    async def next(self) -> bytes:
        """The next line; empty when the parent is gone."""
        return await self._lines.get()

    def tell(self, message: Told) -> None:
        """Write one line."""
        with suppress(BrokenPipeError):
            self._sink.write(line(message))
            self._sink.flush()

    def _read(self) -> None:
        for data in self._source:
            self._pass_on(data)
        watchdog = threading.Timer(_LAST_WORDS, os._exit, (1,))
        watchdog.daemon = True
        watchdog.start()
        self._pass_on(b"")

    def _pass_on(self, data: bytes) -> None:
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._lines.put_nowait, data)


class Program:
    """One peer, from `Start` to the end of the process."""

    def __init__(self, pipe: Pipe, tasks: Tasks) -> None:
        self._pipe = pipe
        self._tasks = tasks

    async def run(self) -> None:
        """Start the peer, obey until told to stop or put out of the room."""
        try:
            start = read_start(await self._pipe.next())
        except msgspec.DecodeError as error:
            self._pipe.tell(refused(0, MalformedInput(f"not a start: {error}")))
            return
        apply(loopback=await is_loopback(start.url))
        peer = Prober(start, start.peer, self._tasks)
        try:
            self._pipe.tell(await peer.open())
        except OffhookError as error:
            self._pipe.tell(refused(0, error))
            await peer.close()
            return
        self._tasks.spawn(self._follow(peer), "follow the room")
        if not await self._obey(peer):
            await peer.close()

    async def _follow(self, peer: Prober) -> None:
        try:
            left = await peer.run()
        except Exception as error:
            log.exception("peer broke")
            self._pipe.tell(Gone(reason="failed", detail=repr(error)))
        else:
            self._pipe.tell(Gone(reason=left.reason))

    async def _obey(self, peer: Prober) -> bool:
        """Take commands; return whether the last one was to stop."""
        while data := await self._pipe.next():
            try:
                command = read_command(data)
            except msgspec.DecodeError as error:
                self._pipe.tell(refused(0, MalformedInput(f"not a command: {error}")))
                continue
            if isinstance(command, Stop):
                await self._carry_out(peer, command)
                return True
            self._tasks.spawn(self._carry_out(peer, command), type(command).__name__)
        return False

    async def _carry_out(self, peer: Prober, command: AnyCommand) -> None:
        try:
            self._pipe.tell(await peer.obey(command))
        except OffhookError as error:
            self._pipe.tell(refused(command.id, error))


async def is_loopback(url: str) -> bool:
    """Whether a server's address is on this machine's loopback."""
    host = urlsplit(url).hostname or ""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return any(ipaddress.ip_address(address[0]).is_loopback for *_, address in found)


async def _serve(source: BinaryIO, sink: BinaryIO) -> None:
    async with Tasks() as tasks:
        await Program(Pipe(source, sink), tasks).run()


def main() -> None:
    """Run one peer; a terminal's Ctrl-C is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    configure_logs(json=True, level="warning")
    with asyncio.Runner() as runner:
        runner.run(_serve(sys.stdin.buffer, sink))


if __name__ == "__main__":
    main()
