"""What it costs to tell one fact to everybody in a room, and what a connected page weighs.

The listeners are bare WebSockets of one process that look for the fact's text in each frame.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from contextlib import AsyncExitStack
from typing import Self

import aiohttp
import uvloop

from bench import report
from bench.forwarding import threads_cpu
from bench.server import Measured, measured_server
from media.load.plan import Seat

SIZES = (10, 100, 500)
ROUNDS = 3
#: Facts of one round, and seconds between them.
FACTS = 12
EVERY = 0.25
_JOINS_AT_ONCE = 10
_LIMIT = 30.0
_ROOM = "fanout"
_ENV = {"OFFHOOK_MAX_PARTICIPANTS": "1000"}


class Listener:
    """One socket of somebody in the room, as frames of Engine.IO."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._told: asyncio.Queue[tuple[str, float]] = asyncio.Queue()
        self._joined = asyncio.Event()
        self._following = asyncio.get_running_loop().create_task(self._follow())

    @classmethod
    async def enter(cls, http: aiohttp.ClientSession, url: str, token: str) -> Self:
        """Connect and join."""
        address = f"{url}/socket.io/?EIO=4&transport=websocket"
        socket = await http.ws_connect(address, max_msg_size=0)
        listener = cls(socket)
        await socket.send_str("40/room," + json.dumps({"token": token}))
        async with asyncio.timeout(_LIMIT):
            await listener._joined.wait()
        return listener

    async def say(self, text: str) -> None:
        """Say something to everybody."""
        await self._socket.send_str("42/room,9" + json.dumps(["chat", {"text": text}]))

    async def hear(self, text: str) -> float:
        """When this text arrived."""
        async with asyncio.timeout(_LIMIT):
            while True:
                frame, at = await self._told.get()
                if text in frame:
                    return at

    async def _follow(self) -> None:
        async for message in self._socket:
            at = time.monotonic()
            frame = str(message.data)
            if frame == "2":
                await self._socket.send_str("3")
            elif frame.startswith("40/room"):
                await self._socket.send_str('42/room,0["join",{}]')
            elif frame.startswith("43/room,0"):
                self._joined.set()
            elif "fanout-fact-" in frame and frame.startswith("42"):
                self._told.put_nowait((frame, at))

    async def close(self) -> None:
        """Hang up."""
        await self._socket.close()
        await self._following


class Told:
    """What the facts of one round cost."""

    def __init__(self, cpu: float, delays: list[float]) -> None:
        self.cpu = cpu
        self.delays = delays


async def _tell(pid: int, listeners: list[Listener], number: int) -> Told:
    """A round: the server's CPU for each delivery in microseconds, delays in milliseconds."""
    delays: list[float] = []
    idle = threads_cpu(pid)
    await asyncio.sleep(FACTS * EVERY)
    idle = threads_cpu(pid) - idle
    cpu = threads_cpu(pid)
    began = time.monotonic()
    for fact in range(FACTS):
        text = f"fanout-fact-{number}-{fact}."
        said = time.monotonic()
        await listeners[0].say(text)
        heard = await asyncio.gather(*(listener.hear(text) for listener in listeners))
        delays += [1000 * (at - said) for at in heard]
        await asyncio.sleep(max(0.0, began + (fact + 1) * EVERY - time.monotonic()))
    cpu = threads_cpu(pid) - cpu - idle
    return Told(1e6 * cpu / (FACTS * len(listeners)), delays)


async def _fill(
    server: Measured, http: aiohttp.ClientSession, listeners: list[Listener], size: int
) -> None:
    seats = [Seat(_ROOM, f"listener-{n}", True) for n in range(len(listeners), size)]
    tokens = await server.tokens(seats)
    for start in range(0, len(seats), _JOINS_AT_ONCE):
        some = seats[start : start + _JOINS_AT_ONCE]
        listeners += await asyncio.gather(
            *(Listener.enter(http, server.url, tokens[seat]) for seat in some)
        )


async def measure(page: report.Report) -> None:
    """The same room, growing."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(measured_server(_ENV))
        connector = aiohttp.TCPConnector(limit=0)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        listeners: list[Listener] = []
        weights: list[tuple[int, float]] = []
        for size in SIZES:
            await _fill(server, http, listeners, size)
            rounds = [await _tell(server.pid, listeners, number) for number in range(ROUNDS)]
            weights.append((size, server.memory()))
            _write(page, size, rounds)
            sys.stderr.write(f"{size} sockets told\n")
        for listener in listeners:
            await listener.close()
    (few, light), (many, heavy) = weights[0], weights[-1]
    page.figure("memory of each connected socket", 1000 * (heavy - light) / (many - few), "kB")
    page.note(f"Memory is the growth from {few} to {many} people in one room, who send no media.")


def _write(page: report.Report, size: int, rounds: list[Told]) -> None:
    cpu = [told.cpu for told in rounds]
    delays = [delay for told in rounds for delay in told.delays]
    page.figure(f"a fact to {size} sockets: each delivery", statistics.median(cpu), "µs CPU")
    for percent in (50, 99):
        found = report.percentile(delays, percent)
        page.figure(f"a fact to {size} sockets: delay p{percent}", found, "ms")
    each = ", ".join(f"{cost:.1f}" for cost in cpu)
    page.note(f"{size} sockets, all rounds: {each} µs.")


def main() -> int:
    """Measure, print, write the page."""
    page = report.begin("fanout", "Telling a fact to everybody in a room")
    uvloop.run(measure(page))
    page.note(
        f"A fact is a chat message; medians of {ROUNDS} rounds of {FACTS} facts, one every "
        f"{EVERY:g} s. Storing it and its event is in the cost, no webhook is registered; what "
        "the server spends at rest is taken off."
    )
    page.note(
        "Delay is from sending the message to having the fact's frame on each socket; all "
        "listeners are one Python process on the same two cores, and its own time is in it."
    )
    return page.write()


if __name__ == "__main__":
    raise SystemExit(main())
